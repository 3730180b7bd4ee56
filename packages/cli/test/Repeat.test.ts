import * as Progress from "@effect-smtp/cli/Progress"
import * as Repeat from "@effect-smtp/cli/Repeat"
import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { platform, serve, smtp, workshop } from "./harness.js"

const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })

const config: Repeat.Config = {
  endpoint,
  session: { security: Security.ClearText({ credentials: "Refused" }) },
  envelope: Either.getOrThrow(
    Envelope.parse({ from: "", to: ["b@mx.example", "c@mx.example"] })
  ),
  body: Body.fromString("text\n"),
  count: 3,
  connections: 1
}

const opened = [
  Script.send("220 mx.example"),
  Script.expect(/^EHLO /),
  Script.send("250 mx.example")
]

const message = (one: string, two: string, verdict: Script.Script) => [
  Script.expect("MAIL FROM:<>"),
  Script.send("250 ok"),
  Script.expect("RCPT TO:<b@mx.example>"),
  Script.send(one),
  Script.expect("RCPT TO:<c@mx.example>"),
  Script.send(two),
  Script.expect("DATA"),
  Script.send("354 go"),
  Script.expectData("text\r\n"),
  ...verdict
]

const taken = [Script.send("250 2.0.0 ok")]
const quit = [Script.expect("QUIT"), Script.send("221 bye")]

const against = (scripts: ReadonlyArray<Script.Script>, given: Partial<Repeat.Config> = {}) =>
  ScriptedPeer.against({ endpoint, scripts }, () => Repeat.run({ ...config, ...given })).pipe(
    Effect.provide(MemoryNetwork.layer()),
    Effect.provideService(Progress.Screen, Option.none())
  )

describe("Repeat", () => {
  describe("run", () => {
    it.effect("sends the message that often in one session", () =>
      Effect.gen(function*() {
        const all = message("250 ok", "250 ok", taken)
        const tally = yield* against([[...opened, ...all, ...all, ...all, ...quit]])
        expect(tally).toMatchObject({ messages: 3, incomplete: 0, code: 0 })
        expect(tally.recipients.accepted?.count).toBe(6)
        expect(Object.keys(tally.recipients)).toEqual(["accepted"])
      }))

    it.effect("goes on after a failure, and counts what became of each recipient", () =>
      Effect.gen(function*() {
        const tally = yield* against([
          [
            ...opened,
            ...message("250 ok", "450 4.2.1 Busy", taken),
            ...message("250 ok", "550 5.1.1 No such mailbox", taken),
            ...message("250 ok", "250 ok", [Script.close])
          ],
          [...opened, ...message("250 ok", "450 4.2.1 Later", taken), ...quit]
        ], { count: 4 })
        expect(tally).toMatchObject({
          messages: 4,
          incomplete: 4,
          code: 1,
          recipients: {
            accepted: { count: 3 },
            deferred: { count: 2, first: { reason: "450 4.2.1 Busy" } },
            refused: { count: 1, first: { reason: "550 5.1.1 No such mailbox" } },
            unknown: { count: 2 }
          }
        })
      }))

    it.effect("is worth trying again only if that can help all of them", () =>
      Effect.gen(function*() {
        const busy = message("250 ok", "450 4.2.1 Busy", taken)
        const fine = message("250 ok", "250 ok", taken)
        const tally = yield* against([[...opened, ...busy, ...fine, ...fine, ...quit]])
        expect(tally).toMatchObject({ incomplete: 1, code: 75 })
      }))

    it.effect("takes the time from the first message to the last answer", () =>
      Effect.gen(function*() {
        const slow = message("250 ok", "250 ok", [
          Script.wait("a second", TestClock.adjust("1 second")),
          ...taken
        ])
        const tally = yield* against([[...opened, ...slow, ...slow, ...quit]], { count: 2 })
        expect(tally.millis).toBe(2000)
      }))

    it.effect("shows how far it is, where there is a terminal", () =>
      Effect.gen(function*() {
        const drawn: Array<string> = []
        const write = (text: string) => Effect.sync(() => void drawn.push(text))
        const fine = message("250 ok", "250 ok", taken)
        const pause = Script.wait("a moment", TestClock.adjust("100 millis"))
        yield* ScriptedPeer.against(
          { endpoint, scripts: [[...opened, ...fine, pause, ...fine, ...quit]] },
          () => Repeat.run({ ...config, count: 2 })
        ).pipe(
          Effect.provide(MemoryNetwork.layer()),
          Effect.provideService(Progress.Screen, Option.some(write))
        )
        expect(drawn.join("")).toContain("50% 1 of 2")
        expect(drawn.at(-1)).toBe("\r\u001b[K")
      }))
  })

  describe("print", () => {
    it("tells the rate, the counts, and the first reason for each", () => {
      const recipient = config.envelope.to[0].path
      expect(Repeat.print({
        messages: 1000,
        incomplete: 10,
        millis: 1250,
        code: 1,
        recipients: {
          refused: { count: 10, first: { word: "refused", recipient, reason: "550 5.1.1 No" } },
          accepted: { count: 990, first: { word: "accepted", recipient, reason: "250 ok" } }
        }
      })).toEqual([
        "1000 messages in 1.25 seconds, 800 a second",
        "accepted 990",
        "refused 10, the first: b@mx.example 550 5.1.1 No"
      ])
      expect(
        Repeat.print({ messages: 1, incomplete: 0, millis: 400, code: 0, recipients: {} })
      ).toEqual(["1 message in 0.40 seconds, 2.5 a second"])
    })
  })

  describe("send", () => {
    const people = ["--from", "a@client.example", "--to", "b@mx.example"]

    it.scopedLive("measures a server over several sessions, a file or standard input", () =>
      Effect.gen(function*() {
        const { cert } = yield* workshop
        const { port } = yield* serve(["--discard"])
        const many = ["send", "--host", "127.0.0.1", "--port", port, ...people, "--repeat", "20"]
        for (const more of [["--connections", "3"], [cert]]) {
          const { code, err, out } = yield* smtp([...many, ...more], { stdin: "text\n" })
          expect(code).toBe(0)
          expect(err).toEqual([])
          expect(out).toHaveLength(2)
          expect(out[0]).toMatch(/^20 messages in [0-9.]+ seconds, [0-9.]+ a second$/)
          expect(out[1]).toBe("accepted 20")
        }
      }).pipe(Effect.provide(platform)))

    it.live("exits 75 when nobody listens", () =>
      Effect.gen(function*() {
        const { code, out } = yield* smtp([
          ...["send", "--host", "127.0.0.1", "--port", "1", ...people, "--repeat", "2"]
        ])
        expect(code).toBe(75)
        expect(out[1]).toMatch(/^deferred 2, the first: b@mx.example Connect: /)
      }).pipe(Effect.provide(platform)))

    const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
      [["--repeat", "0"], "--repeat wants"],
      [["--repeat", "2", "--connections", "0"], "--connections wants"],
      [["--connections", "2"], "--connections is for --repeat"],
      [["--repeat", "2", "--timeout", "1"], "for one session"],
      [["--repeat", "2", "--transcript"], "for one session"]
    ]
    it.live.each(wrong)("exits 2 for %j", ([args, part]) =>
      Effect.gen(function*() {
        const { code, err } = yield* smtp(["send", ...people, ...args])
        expect(code).toBe(2)
        expect(err.join(" ")).toContain(part)
      }).pipe(Effect.provide(platform)))
  })
})
