import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { clear, connect, converse, play, refused } from "./harness.js"

describe("Greeting", () => {
  describe("a welcome", () => {
    for (
      const greeting of ["S: 220 mx.example ready", "S: 220-mx.example\nS: 220-\nS: 220 ready"]
    ) {
      it.effect(`goes on after ${JSON.stringify(greeting)}`, () =>
        converse(
          `${greeting}
           C: EHLO client.example
           S: 250 mx.example
           C: QUIT
           S: 221 bye`,
          connect()
        ))
    }
  })

  describe("a refusal", () => {
    it.effect("M8: 554 is Refused for good, and QUIT is said", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `S: 554-5.3.2 no service
           S: 554 5.3.2 go away
           C: QUIT
           S: 221 bye`,
          refused()
        )
        expect(value).toMatchObject({
          _tag: "Refused",
          phase: "Greeting",
          reply: { code: 554, lines: ["no service", "go away"] },
          fate: "NotDelivered",
          retry: "Elsewhere"
        })
      }))

    it.effect("421 is Refused for now, and nothing is said to a server that leaves", () =>
      Effect.gen(function*() {
        const { value } = yield* converse("S: 421 4.3.2 too busy", refused())
        expect(value).toMatchObject({
          _tag: "Refused",
          phase: "Greeting",
          reply: { code: 421 },
          retry: "Later"
        })
      }))

    it.effect("a greeting that asks for more is none, and nothing is said to it", () =>
      Effect.gen(function*() {
        const { value } = yield* converse("S: 334 VXNlcm5hbWU6", refused())
        expect(value).toMatchObject({ _tag: "Refused", phase: "Greeting", reply: { code: 334 } })
      }))
  })

  describe("no greeting", () => {
    for (const line of ["HTTP/1.1 400 Bad Request", "SSH-2.0-OpenSSH_9.9", "999 what", "2200 x"]) {
      it.effect(`${line} is Unintelligible`, () =>
        Effect.gen(function*() {
          const { value } = yield* converse(`S: ${line}`, refused())
          expect(value).toMatchObject({
            _tag: "ConnectionFailed",
            cause: { _tag: "Unintelligible", phase: "Greeting" },
            retry: "Later"
          })
        }))
    }

    it.effect("a server that closes at once is PeerClosed", () =>
      Effect.gen(function*() {
        const { value } = yield* play([Script.close], refused())
        expect(value).toMatchObject({
          _tag: "ConnectionFailed",
          cause: { _tag: "PeerClosed", phase: "Greeting", held: 0 }
        })
      }))

    it.effect("silence is TimedOut after five minutes", () =>
      Effect.gen(function*() {
        const silent = [Script.wait("ever", Effect.never)]
        const fiber = yield* Effect.fork(Effect.flip(play(silent, connect(clear))))
        yield* TestClock.adjust("299 seconds")
        expect(fiber.unsafePoll()).toBe(null)
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(fiber)).toMatchObject({
          _tag: "ConnectionFailed",
          cause: { _tag: "TimedOut", phase: "Greeting" },
          fate: "NotDelivered",
          retry: "Later"
        })
      }))

    it.effect("half a line is no greeting, however long it takes", () =>
      Effect.gen(function*() {
        const half = [
          Script.sendBytes(new TextEncoder().encode("220 mx")),
          Script.wait("ever", Effect.never)
        ]
        const fiber = yield* Effect.fork(Effect.flip(play(half, connect(clear))))
        yield* TestClock.adjust("5 minutes")
        expect(yield* Fiber.join(fiber)).toMatchObject({
          cause: { _tag: "TimedOut", phase: "Greeting" }
        })
      }))
  })
})
