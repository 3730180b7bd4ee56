import * as Send from "@effect-smtp/cli/Send"
import * as Body from "@effect-smtp/client/Body"
import * as Credentials from "@effect-smtp/client/Credentials"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"

const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })

const security = Security.ClearText({ credentials: "ExposedToEveryone" })

const config = (given: Partial<Send.Config>): Send.Config => ({
  endpoint,
  session: { security },
  envelope: Either.getOrThrow(Envelope.parse({ from: "", to: ["b@mx.example"] })),
  body: Body.fromString("Subject: x\n\ntext\n"),
  timeout: Option.none(),
  transcript: Option.none(),
  ...given
})

const opened = [
  Script.send("220 mx.example"),
  Script.expect("EHLO [127.0.0.1]"),
  Script.send("250-mx.example", "250 AUTH PLAIN")
]
const addressed = [
  Script.expect("MAIL FROM:<>"),
  Script.send("250 ok"),
  Script.expect("RCPT TO:<b@mx.example>"),
  Script.send("250 ok"),
  Script.expect("DATA"),
  Script.send("354 go")
]
const text = Script.expectData("Subject: x\r\n\r\ntext\r\n")

/** Sends with a minute's time to a server that falls silent after the script. */
const late = (script: Script.Script) =>
  Effect.gen(function*() {
    const silent = yield* Deferred.make<void>()
    return yield* ScriptedPeer.against(
      {
        endpoint,
        scripts: [[
          ...script,
          Script.wait("silence", Effect.asVoid(Deferred.succeed(silent, undefined))),
          Script.expectEnd
        ]]
      },
      () =>
        Effect.gen(function*() {
          const sending = yield* Effect.fork(
            Effect.either(Send.run(config({ timeout: Option.some("1 minute") })))
          )
          yield* Deferred.await(silent)
          yield* TestClock.adjust("59 seconds")
          expect(Option.isNone(yield* Fiber.poll(sending))).toBe(true)
          yield* TestClock.adjust("1 second")
          return yield* Fiber.join(sending)
        })
    )
  }).pipe(Effect.provide(MemoryNetwork.layer()))

describe("Send", () => {
  describe("timeout", () => {
    it.effect("leaves nothing in doubt before the message is written", () =>
      Effect.gen(function*() {
        for (const script of [[], opened.slice(0, 2), [...opened, ...addressed.slice(0, 3)]]) {
          expect(yield* late(script)).toMatchObject({
            left: { _tag: "OutOfTime", fate: "NotDelivered" }
          })
        }
      }))

    it.effect("leaves the fate unknown after the final dot", () =>
      Effect.gen(function*() {
        expect(yield* late([...opened, ...addressed, text])).toMatchObject({
          left: { _tag: "OutOfTime", fate: "Unknown" }
        })
      }))

    it.effect("leaves the fate unknown once a whole transaction is written at once", () =>
      Effect.gen(function*() {
        const pipelined = [
          ...opened.slice(0, 2),
          Script.send("250-mx.example", "250-PIPELINING", "250 CHUNKING"),
          Script.expect("MAIL FROM:<>"),
          Script.expect("RCPT TO:<b@mx.example>"),
          Script.expect("BDAT 20 LAST"),
          Script.expectBytes(new TextEncoder().encode("Subject: x\r\n\r\ntext\r\n"))
        ]
        expect(yield* late(pipelined)).toMatchObject({
          left: { _tag: "OutOfTime", fate: "Unknown" }
        })
      }))

    it.effect("does not forget what the server has answered when only QUIT hangs", () =>
      Effect.gen(function*() {
        const silent = yield* Deferred.make<void>()
        const outcome = yield* ScriptedPeer.against(
          {
            endpoint,
            scripts: [[
              ...opened,
              ...addressed,
              text,
              Script.send("250 2.0.0 ok"),
              Script.expect("QUIT"),
              Script.wait("silence", Effect.asVoid(Deferred.succeed(silent, undefined))),
              Script.expectEnd
            ]]
          },
          () =>
            Effect.gen(function*() {
              const sending = yield* Effect.fork(
                Send.run(config({ timeout: Option.some("1 second") }))
              )
              yield* Deferred.await(silent)
              yield* TestClock.adjust("1 second")
              const outcome = yield* Fiber.join(sending)
              yield* TestClock.adjust("10 seconds")
              return outcome
            })
        )
        expect(outcome.accepted).toHaveLength(1)
      }).pipe(Effect.provide(MemoryNetwork.layer())))
  })

  describe("transcript", () => {
    it.effect("N19: shows the conversation, and no secret", () =>
      Effect.gen(function*() {
        const lines: Array<string> = []
        const password = Redacted.make("open sesame")
        const secret = btoa("\0alice\0open sesame")
        yield* ScriptedPeer.against(
          {
            endpoint,
            scripts: [[
              ...opened,
              Script.expect(`AUTH PLAIN ${secret}`),
              Script.send("235 welcome"),
              ...addressed,
              text,
              Script.send("250 ok"),
              Script.expect("QUIT"),
              Script.send("221 bye")
            ]]
          },
          () =>
            Send.run(config({
              session: {
                security,
                credentials: Credentials.fromPassword({ username: "alice", password })
              },
              transcript: Option.some((line) => Effect.sync(() => lines.push(line)))
            }))
        )
        expect(lines).toContain("S: 220 mx.example")
        expect(lines).toContain("C: AUTH PLAIN <redacted>")
        expect(lines).toContain("C: RCPT TO:<b@mx.example>")
        expect(lines.join("\n")).not.toContain(secret)
        expect(lines.join("\n")).not.toContain("text")
      }).pipe(Effect.provide(MemoryNetwork.layer())))
  })
})
