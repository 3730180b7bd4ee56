import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/TestClock"
import * as Tokens from "../src/Tokens.js"

/** A program that fetches `token-1`, `token-2`, ..., and how often it has run. */
const counted = (lifetime?: Tokens.Token["lifetime"]) =>
  Effect.gen(function*() {
    const count = yield* Ref.make(0)
    const tokens = yield* Tokens.make(Effect.map(
      Ref.updateAndGet(count, (n) => n + 1),
      (n): Tokens.Token => ({
        value: Redacted.make(`token-${n}`),
        ...(lifetime === undefined ? {} : { lifetime })
      })
    ))
    return { tokens, count: Ref.get(count) }
  })

/** A program that waits for its outcome, and how often it was started. */
const waiting = Effect.gen(function*() {
  const outcome = yield* Deferred.make<Tokens.Token, string>()
  const started = yield* Deferred.make<void>()
  const count = yield* Ref.make(0)
  const tokens = yield* Tokens.make(Effect.zipRight(
    Effect.zip(Ref.update(count, (n) => n + 1), Deferred.succeed(started, undefined)),
    Deferred.await(outcome)
  ))
  return { tokens, outcome, started: Deferred.await(started), count: Ref.get(count) }
})

const shown = Effect.map(Redacted.value<string>)

describe("Tokens", () => {
  it.effect("keeps a token while it is good, and fetches another before it ends", () =>
    Effect.gen(function*() {
      const { tokens } = yield* counted("10 minutes")
      expect(yield* shown(tokens.get)).toBe("token-1")
      yield* TestClock.adjust("9 minutes")
      expect(yield* shown(tokens.get)).toBe("token-1")
      yield* TestClock.adjust("30 seconds")
      expect(yield* shown(tokens.get)).toBe("token-2")
    }))

  it.effect("keeps a token without a lifetime until it is turned down", () =>
    Effect.gen(function*() {
      const { count, tokens } = yield* counted()
      const first = yield* tokens.get
      yield* TestClock.adjust("1000 days")
      expect(Redacted.value(yield* tokens.get)).toBe("token-1")
      expect(yield* shown(tokens.replace(first))).toBe("token-2")
      expect(yield* shown(tokens.replace(first))).toBe("token-2")
      expect(yield* count).toBe(2)
    }))

  it.effect("fetches once for all who wait", () =>
    Effect.gen(function*() {
      const { count, outcome, started, tokens } = yield* waiting
      const waiters = yield* Effect.fork(
        Effect.all(Array.from({ length: 20 }, () => tokens.get), { concurrency: "unbounded" })
      )
      yield* started
      yield* Effect.yieldNow()
      yield* Deferred.succeed(outcome, { value: Redacted.make("one") })
      const got = yield* Fiber.join(waiters)
      expect(new Set(got.map(Redacted.value))).toEqual(new Set(["one"]))
      expect(yield* count).toBe(1)
    }))

  it.effect("fails once for all who wait, and tries again for who comes later", () =>
    Effect.gen(function*() {
      const { count, outcome, started, tokens } = yield* waiting
      const waiters = yield* Effect.fork(Effect.all(
        Array.from({ length: 20 }, () => Effect.flip(tokens.get)),
        { concurrency: "unbounded" }
      ))
      yield* started
      yield* Effect.yieldNow()
      yield* Deferred.fail(outcome, "the identity provider is away")
      for (const error of yield* Fiber.join(waiters)) {
        expect(error.message).toBe("no token: the identity provider is away")
      }
      expect(yield* count).toBe(1)
      yield* Effect.flip(tokens.get)
      expect(yield* count).toBe(2)
    }))

  it.effect("goes on for the others when the first in line is interrupted", () =>
    Effect.gen(function*() {
      const { count, outcome, started, tokens } = yield* waiting
      const first = yield* Effect.fork(tokens.get)
      yield* started
      const second = yield* Effect.fork(tokens.get)
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(first)
      yield* Deferred.succeed(outcome, { value: Redacted.make("one") })
      expect(yield* shown(Fiber.join(second))).toBe("one")
      expect(yield* count).toBe(2)
    }))

  it.effect("has one token where there is but one", () =>
    Effect.gen(function*() {
      const token = Redacted.make("one")
      const tokens = Tokens.fromToken(token)
      expect(Tokens.same(yield* tokens.get, yield* tokens.replace(token))).toBe(true)
    }))
})
