import * as Progress from "@effect-smtp/cli/Progress"
import * as Body from "@effect-smtp/client/Body"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
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

  describe("watch", () => {
    const mebi = 1024 * 1024
    const piece = new Uint8Array(mebi / 2)

    const drawing = <A, E>(effect: Effect.Effect<A, E, Progress.Screen | Scope.Scope>) =>
      Effect.gen(function*() {
        const drawn: Array<string> = []
        const write = (text: string) => Effect.sync(() => void drawn.push(text))
        yield* Effect.scoped(effect).pipe(
          Effect.provideService(Progress.Screen, Option.some(write))
        )
        return drawn
      })

    it.effect("shows how much of a long message has been read, anew for each attempt", () =>
      Effect.gen(function*() {
        const stream = Stream.make(piece, piece)
        const drawn = yield* drawing(Effect.gen(function*() {
          const body = yield* Progress.watch(
            Body.fromStream(stream, { size: mebi, eightBit: false })
          )
          expect(Body.facts(body)).toMatchObject({ eightBit: false, size: Option.some(mebi) })
          if (body._tag !== "Streamed") return expect(body._tag).toBe("Streamed")
          yield* TestClock.adjust(0)
          for (let attempt = 0; attempt < 2; attempt++) {
            yield* Stream.runForEach(body.stream, () => TestClock.adjust("100 millis"))
          }
        }))
        expect(drawn.map((text) => /[0-9]+%/.exec(text)?.[0] ?? "")).toEqual(
          ["0%", "50%", "100%", "50%", "100%", ""]
        )
      }))

    it.effect("leaves a short one alone, and one in memory", () =>
      Effect.gen(function*() {
        const short = Body.fromStream(Stream.make(piece), { size: mebi - 1 })
        const unknown = Body.fromStream(Stream.make(piece))
        const inMemory = Body.fromBytes(new Uint8Array(2 * mebi))
        const drawn = yield* drawing(Effect.gen(function*() {
          for (const body of [short, unknown, inMemory]) {
            expect(yield* Progress.watch(body)).toBe(body)
          }
        }))
        expect(drawn).toEqual([])
      }))
  })
})
