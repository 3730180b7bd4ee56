import * as Progress from "@effect-smtp/cli/Progress"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/TestClock"

describe("Progress", () => {
  describe("print", () => {
    it("draws how much is done, and never too much of it", () => {
      expect(Progress.print(0, 3)).toBe(`[${".".repeat(30)}] 0% 0 of 3`)
      expect(Progress.print(1, 3)).toBe(`[${"#".repeat(10)}${".".repeat(20)}] 33% 1 of 3`)
      expect(Progress.print(3, 3)).toBe(`[${"#".repeat(30)}] 100% 3 of 3`)
    })
  })

  describe("show", () => {
    it.effect("draws over what it drew, and leaves nothing behind", () =>
      Effect.gen(function*() {
        const drawn: Array<string> = []
        const write = (text: string) => Effect.sync(() => void drawn.push(text))
        const line = yield* Ref.make("one")
        yield* Effect.gen(function*() {
          yield* Progress.show(Ref.get(line))
          yield* TestClock.adjust(0)
          yield* Ref.set(line, "two")
          yield* TestClock.adjust("100 millis")
        }).pipe(
          Effect.scoped,
          Effect.provideService(Progress.Screen, Option.some(write))
        )
        expect(drawn).toEqual(["\r\u001b[Kone", "\r\u001b[Ktwo", "\r\u001b[K"])
        yield* TestClock.adjust("1 second")
        expect(drawn).toHaveLength(3)
      }))

    it.effect("does nothing where there is no terminal", () =>
      Effect.gen(function*() {
        yield* Progress.show(Effect.die("asked"))
        yield* TestClock.adjust("1 second")
      }).pipe(Effect.scoped, Effect.provideService(Progress.Screen, Option.none())))
  })
})
