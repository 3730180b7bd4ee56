import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { connect, play } from "./harness.js"

const bytes = (text: string) => new TextEncoder().encode(text)

const opening: Script.Script = [
  Script.send("220 mx.example ready"),
  Script.expect("EHLO client.example"),
  Script.send("250 mx.example"),
  Script.expect("QUIT")
]

describe("Quit", () => {
  const endings: ReadonlyArray<readonly [string, Script.Script]> = [
    ["221", [Script.send("221 bye"), Script.expectEnd]],
    ["M18: nothing but the end", [Script.close]],
    ["M18: a cut", [Script.reset]],
    ["something else", [Script.send("500 what?"), Script.expectEnd]],
    ["421", [Script.send("421 closing"), Script.expectEnd]],
    ["354", [Script.send("354 go ahead"), Script.expectEnd]],
    ["nonsense", [Script.send("bye bye"), Script.expectEnd]],
    ["half a line", [Script.sendBytes(bytes("221-bye")), Script.close]],
    ["N18: more than was asked for", [Script.send("221 bye", "250 ok"), Script.expectEnd]]
  ]
  for (const [what, steps] of endings) {
    it.effect(`answered with ${what} is the end of the session`, () =>
      Effect.gen(function*() {
        const { writes } = yield* play([...opening, ...steps], Effect.scoped(connect()))
        expect(writes).toEqual(["EHLO client.example\r\n", "QUIT\r\n"])
      }))
  }

  it.effect("is waited for no longer than ten seconds", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(
        play([...opening, Script.expectEnd], Effect.scoped(connect()))
      )
      yield* TestClock.adjust("9 seconds")
      expect(fiber.unsafePoll()).toBe(null)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
    }))

  it.effect("is said when the fiber that holds an idle session is interrupted", () =>
    Effect.gen(function*() {
      const { writes } = yield* play(
        [...opening, Script.send("221 bye"), Script.expectEnd],
        Effect.gen(function*() {
          const opened = yield* Effect.makeLatch()
          const fiber = yield* Effect.fork(
            Effect.scoped(Effect.zipRight(connect(), Effect.zipRight(opened.open, Effect.never)))
          )
          yield* opened.await
          yield* Fiber.interrupt(fiber)
        })
      )
      expect(writes.at(-1)).toBe("QUIT\r\n")
    }))
})
