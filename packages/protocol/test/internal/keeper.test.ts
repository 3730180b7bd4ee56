import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import type { Kept } from "../../src/internal/keeper.js"
import * as Keeper from "../../src/internal/keeper.js"

/** A keeper that goes by the test's clock, how many sleep by that, and who was looked at when. */
const open = Effect.map(Effect.clock, (clock) => {
  const sleeping = MutableRef.make(0)
  const watched: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis(),
    unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
    currentTimeMillis: clock.currentTimeMillis,
    currentTimeNanos: clock.currentTimeNanos,
    sleep: (time) =>
      Effect.acquireUseRelease(
        Effect.sync(() => MutableRef.increment(sleeping)),
        () => clock.sleep(time),
        () => Effect.sync(() => MutableRef.decrement(sleeping))
      )
  }
  const keeper = Keeper.of(watched)
  const looks: Array<string> = []
  const keep = (name: string, due: number, again: Option.Option<number>): Kept => {
    const look = (now: number) => {
      looks.push(`${name} at ${now}`)
      return again
    }
    const kept = { look, due, place: -1 }
    keeper.keep(kept)
    return kept
  }
  return { watched, keeper, keep, looks, sleeping }
})

describe("Keeper", () => {
  it.effect("looks at each when it is time, and again when that was asked for", () =>
    Effect.gen(function*() {
      const { keep, looks } = yield* open
      keep("once", 30, Option.none())
      keep("often", 20, Option.some(25))
      keep("first", 10, Option.none())
      expect(looks).toEqual([])
      yield* TestClock.adjust("100 millis")
      expect(looks).toEqual([
        "first at 10",
        "often at 20",
        "once at 30",
        "often at 45",
        "often at 70",
        "often at 95"
      ])
    }))

  it.effect("sleeps once for all of them, and not at all for nobody", () =>
    Effect.gen(function*() {
      const { keep, keeper, sleeping } = yield* open
      const all = [50, 40, 30, 60].map((due) => keep(`${due}`, due, Option.some(10)))
      yield* Effect.yieldNow()
      expect(sleeping.current).toBe(1)
      yield* TestClock.adjust("1 second")
      expect(sleeping.current).toBe(1)
      all.forEach((kept) => keeper.drop(kept))
      yield* Effect.yieldNow()
      expect(sleeping.current).toBe(0)
    }))

  it.effect("begins again after the last one has left", () =>
    Effect.gen(function*() {
      const { keep, keeper, looks, sleeping } = yield* open
      keeper.drop(keep("dropped", 10, Option.none()))
      keep("done", 10, Option.none())
      yield* TestClock.adjust("10 millis")
      keep("late", 20, Option.none())
      yield* TestClock.adjust("10 millis")
      expect(looks).toEqual(["done at 10", "late at 20"])
      yield* Effect.yieldNow()
      expect(sleeping.current).toBe(0)
    }))

  it.effect("goes on where one who is looked at sends all others away", () =>
    Effect.gen(function*() {
      const { keep, keeper, looks } = yield* open
      const other = keep("other", 20, Option.none())
      const look = (now: number) => {
        looks.push(`host at ${now}`)
        keeper.drop(other)
        return Option.some(10)
      }
      keeper.keep({ look, due: 10, place: -1 })
      yield* TestClock.adjust("30 millis")
      expect(looks).toEqual(["host at 10", "host at 20", "host at 30"])
    }))

  it.effect("one who has no end is never looked at, and does not keep the others waiting", () =>
    Effect.gen(function*() {
      const { keep, looks } = yield* open
      keep("never", Number.POSITIVE_INFINITY, Option.none())
      keep("soon", 10, Option.none())
      yield* TestClock.adjust("365 days")
      expect(looks).toEqual(["soon at 10"])
    }))

  it.effect("is the same for all who go by one clock", () =>
    Effect.gen(function*() {
      const one = yield* open
      const other = yield* open
      expect(Keeper.of(one.watched)).toBe(one.keeper)
      expect(other.keeper).not.toBe(one.keeper)
    }))
})
