import * as OnMessage from "@effect-smtp/cli/OnMessage"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as EnhancedStatus from "@effect-smtp/wire/EnhancedStatus"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { mailing, platform, serve, smtp, workshop } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

/** A message of so many lines, up to its final dot, and the answer. */
const mail = (answer: string, lines = 1) => [
  Script.expect(/^220 /),
  Script.send("HELO client.example"),
  Script.expect(/^250 /),
  Script.send("MAIL FROM:<\"it's $(me)\"@client.example>"),
  Script.expect(/^250 /),
  ...["b", "c"].flatMap((name) => [
    Script.send(`RCPT TO:<${name}@mx.example>`),
    Script.expect(/^250 /)
  ]),
  Script.send("DATA"),
  Script.expect(/^354 /),
  Script.send(...Array<string>(lines).fill("x".repeat(70)), "..dots", "."),
  Script.expect(answer)
]

describe("OnMessage", () => {
  describe("verdict", () => {
    const table: ReadonlyArray<readonly [number, string]> = [
      [0, "250 2.0.0"],
      [1, "451 4.3.0"],
      [64, "554 5.3.0"],
      [65, "554 5.6.0"],
      [66, "550 5.3.0"],
      [67, "550 5.1.1"],
      [68, "550 5.1.2"],
      [69, "554 5.3.0"],
      [70, "554 5.3.0"],
      [71, "451 4.3.0"],
      [72, "554 5.3.5"],
      [73, "550 5.3.0"],
      [74, "451 4.3.0"],
      [75, "451 4.3.0"],
      [76, "554 5.5.0"],
      [77, "550 5.7.0"],
      [78, "554 5.3.5"],
      [79, "451 4.3.0"],
      [126, "451 4.3.0"],
      [127, "451 4.3.0"],
      [137, "451 4.3.0"],
      [255, "451 4.3.0"]
    ]
    for (const [code, reply] of table) {
      it(`X3: exit code ${code} is ${reply}`, () => {
        const { reply: { code: number, enhanced } } = OnMessage.verdict(code)
        expect(`${number} ${EnhancedStatus.print(Option.getOrThrow(enhanced))}`).toBe(reply)
      })
    }
  })

  describe("the command", () => {
    it.scopedLive("gets the message and its envelope, in which nothing is run", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const { plain } = yield* serve([
          "--on-message",
          [
            `cat > ${directory}/message`,
            `echo "$SMTP_MESSAGE" > ${directory}/file`,
            `exec 3>&1 > ${directory}/envelope`,
            ...["FROM", "TO", "CLIENT", "HELO", "USER", "TLS", "PASSWORD"].map((name) =>
              `printf '${name}=%s\\n' "$SMTP_${name}"`
            ),
            "exec >&3"
          ].join("\n")
        ])
        yield* ScriptedPeer.dial(plain, mail("250 2.0.0 Delivered", 3000))
        const fs = yield* FileSystem.FileSystem
        expect(yield* fs.readFileString(`${directory}/message`))
          .toBe(`${"x".repeat(70)}\r\n`.repeat(3000) + ".dots\r\n")
        const envelope = yield* fs.readFileString(`${directory}/envelope`)
        expect(envelope.replace(/(CLIENT=127.0.0.1:)\d+/, "$1")).toBe([
          "FROM=\"it's $(me)\"@client.example",
          "TO=b@mx.example",
          "c@mx.example",
          "CLIENT=127.0.0.1:",
          "HELO=client.example",
          "USER=",
          "TLS=",
          "PASSWORD=",
          ""
        ].join("\n"))
        const file = yield* fs.readFileString(`${directory}/file`)
        expect(yield* fs.exists(file.trim())).toBe(false)
      })))

    it.scopedLive("may leave the message unread", () =>
      on(Effect.gen(function*() {
        const { plain } = yield* serve(["--on-message", "true"])
        yield* ScriptedPeer.dial(plain, mail("250 2.0.0 Delivered", 3000))
      })))

    const cases: ReadonlyArray<readonly [string, string]> = [
      ["exit 67", "550 5.1.1 User unknown"],
      ["exit 75", "451 4.3.0 Local error in processing"],
      ["kill -9 $$", "451 4.3.0 Local error in processing"],
      ["no-such-command-anywhere 2>&-", "451 4.3.0 Local error in processing"],
      ["if", "451 4.3.0 Local error in processing"]
    ]
    for (const [command, answer] of cases) {
      it.scopedLive(`its end is the answer: ${command}`, () =>
        on(Effect.gen(function*() {
          const { plain } = yield* serve(["--on-message", `exec 2>&-\n${command}`])
          yield* ScriptedPeer.dial(plain, mail(answer))
        })))
    }

    it.scopedLive("that takes too long is stopped, and the message not lost", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const { plain } = yield* serve([
          ...["--on-message-timeout", "0.3"],
          ...["--on-message", `trap 'echo > ${directory}/stopped; exit 0' TERM; sleep 60 & wait`]
        ])
        yield* ScriptedPeer.dial(plain, mail("451 4.3.0 Local error in processing"))
        const fs = yield* FileSystem.FileSystem
        expect(yield* fs.exists(`${directory}/stopped`)).toBe(true)
      })))

    it.scopedLive("never sees a message that is refused, or not all there", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const { plain, stop } = yield* serve([
          ...["--max-size", "1000", "--on-message", `echo > ${directory}/seen`]
        ])
        yield* ScriptedPeer.dial(plain, mail("552 5.3.4 Message size exceeds the fixed limit", 100))
        const cut = [...mail("").slice(0, -2), Script.send("half a message"), Script.reset]
        yield* ScriptedPeer.dial(plain, cut)
        yield* stop
        const fs = yield* FileSystem.FileSystem
        expect(yield* fs.exists(`${directory}/seen`)).toBe(false)
      })))

    it.scoped("decides, however long the clean-up behind it takes", () =>
      on(Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const cleaning = yield* Deferred.make<void>()
        const handler = yield* Effect.provideService(
          OnMessage.handler({ command: "true", timeout: "1 minute", parallel: 1 }),
          FileSystem.FileSystem,
          {
            ...fs,
            remove: (...args) =>
              Deferred.succeed(cleaning, undefined).pipe(
                Effect.zipRight(Effect.sleep("5 minutes")),
                Effect.zipRight(fs.remove(...args))
              )
          }
        )
        const heard = yield* mailing(handler, "250 2.0.0 Delivered")
        yield* Deferred.await(cleaning)
        yield* TestClock.adjust("5 minutes")
        yield* Fiber.join(heard)
      })))

    it.scopedLive("works with our own client", () =>
      on(Effect.gen(function*() {
        const { port } = yield* serve(["--on-message", "grep -q hello || exit 65"])
        const send = (stdin: string) =>
          smtp(
            [
              ...["send", "--host", "127.0.0.1", "--port", port, "--tls", "none"],
              ...["--from", "", "--to", "b@mx.example"]
            ],
            { stdin }
          )
        expect((yield* send("hello\n")).code).toBe(0)
        expect((yield* send("goodbye\n")).out).toEqual([
          "refused b@mx.example 554 5.6.0 Data format error"
        ])
      })))
  })
})
