import { FlowError } from "@effect-smtp/flow/FlowError"
import type { Reason } from "@effect-smtp/flow/FlowError"
import * as HappyEyeballs from "@effect-smtp/node/HappyEyeballs"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"

const v6 = (address: string): HappyEyeballs.Address => ({ family: "ipv6", address })
const v4 = (address: string): HappyEyeballs.Address => ({ family: "ipv4", address })

const error = (reason: Reason, detail: string) => new FlowError({ reason, during: "dial", detail })

/** Attempts that the test decides on, and a log of what happened to them. */
const makeAttempts = (names: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const log: Array<string> = []
    const outcomes = new Map<string, Deferred.Deferred<string, FlowError>>()
    for (const name of names) {
      outcomes.set(name, yield* Deferred.make<string, FlowError>())
    }
    const outcome = (name: string) => Option.getOrThrow(Option.fromNullable(outcomes.get(name)))
    const attempt = (name: string) =>
      Effect.acquireRelease(
        Effect.sync(() => log.push(`open ${name}`)),
        () => Effect.sync(() => log.push(`close ${name}`))
      ).pipe(Effect.zipRight(Deferred.await(outcome(name))))
    return {
      log,
      race: HappyEyeballs.race({ candidates: names, delay: "250 millis", attempt }),
      succeed: (name: string) => Deferred.succeed(outcome(name), name),
      fail: (name: string, reason: Reason) =>
        Deferred.fail(outcome(name), error(reason, `${name} said no`))
    }
  })

describe("HappyEyeballs", () => {
  describe("interleave", () => {
    it("lets the families take turns, the preferred one first", () => {
      const all = [v4("a"), v4("b"), v4("c"), v6("x"), v6("y")]
      expect(HappyEyeballs.interleave(all, "ipv6").map(({ address }) => address))
        .toEqual(["x", "a", "y", "b", "c"])
      expect(HappyEyeballs.interleave(all, "ipv4").map(({ address }) => address))
        .toEqual(["a", "x", "b", "y", "c"])
      expect(HappyEyeballs.interleave([], "ipv4")).toEqual([])
    })

    it.prop("keeps all, in order within a family", [
      FastCheck.array(FastCheck.tuple(FastCheck.boolean(), FastCheck.string()))
    ], ([pairs]) => {
      const all = pairs.map(([six, address]) => six ? v6(address) : v4(address))
      const mixed = HappyEyeballs.interleave(all, "ipv6")
      for (const family of ["ipv4", "ipv6"]) {
        expect(mixed.filter((_) => _.family === family))
          .toEqual(all.filter((_) => _.family === family))
      }
    })
  })

  describe("race", () => {
    it.scoped("starts the next attempt after the delay, and closes the loser", () =>
      Effect.gen(function*() {
        const { log, race, succeed } = yield* makeAttempts(["one", "two", "three"])
        const racing = yield* Effect.fork(race)
        yield* TestClock.adjust("249 millis")
        expect(log).toEqual(["open one"])
        yield* TestClock.adjust("1 millis")
        expect(log).toEqual(["open one", "open two"])
        yield* succeed("two")
        expect(yield* Fiber.join(racing)).toBe("two")
        expect(log).toEqual(["open one", "open two", "close one"])
      }))

    it.scoped("starts the next attempt at once when one fails", () =>
      Effect.gen(function*() {
        const { fail, log, race, succeed } = yield* makeAttempts(["one", "two"])
        const racing = yield* Effect.fork(race)
        yield* fail("one", "Unreachable")
        yield* succeed("two")
        expect(yield* Fiber.join(racing)).toBe("two")
        expect(log).toEqual(["open one", "open two", "close one"])
      }))

    it.scoped("lets an earlier attempt still win", () =>
      Effect.gen(function*() {
        const { log, race, succeed } = yield* makeAttempts(["one", "two"])
        const racing = yield* Effect.fork(race)
        yield* TestClock.adjust("1 seconds")
        yield* succeed("one")
        expect(yield* Fiber.join(racing)).toBe("one")
        expect(log).toEqual(["open one", "open two", "close two"])
      }))

    it.effect("gives the winner to the caller's scope", () =>
      Effect.gen(function*() {
        const { log, race, succeed } = yield* makeAttempts(["one"])
        const scope = yield* Scope.make()
        yield* succeed("one")
        yield* Scope.extend(race, scope)
        expect(log).toEqual(["open one"])
        yield* Scope.close(scope, Exit.void)
        expect(log).toEqual(["open one", "close one"])
      }))

    it.scoped("tells of every failure, and reports the most telling", () =>
      Effect.gen(function*() {
        const { fail, log, race } = yield* makeAttempts(["one", "two"])
        yield* fail("one", "Unreachable")
        yield* fail("two", "Refused")
        const failed = yield* Effect.flip(race)
        expect(failed.reason).toBe("Refused")
        expect(failed.detail).toBe("one said no; two said no")
        expect(failed.cause).toHaveLength(2)
        expect(log.filter((line) => line.startsWith("close"))).toHaveLength(2)
      }))

    it.scoped("fails with NotFound when there is nothing to try", () =>
      Effect.gen(function*() {
        const { race } = yield* makeAttempts([])
        expect((yield* Effect.flip(race)).reason).toBe("NotFound")
      }))

    it.scoped("closes all attempts when it is interrupted", () =>
      Effect.gen(function*() {
        const { log, race } = yield* makeAttempts(["one", "two"])
        const racing = yield* Effect.fork(race)
        yield* TestClock.adjust("1 seconds")
        yield* Fiber.interrupt(racing)
        expect(log).toEqual(["open one", "open two", "close one", "close two"])
      }))
  })
})
