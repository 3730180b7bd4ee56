/**
 * Tokens: where access tokens come from. However many sessions want one at the same time, it is
 * fetched once, and kept for as long as it is good.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"

/** An access token, and for how long it is good, if that is known. */
export interface Token {
  readonly value: Redacted.Redacted<string>
  readonly lifetime?: Duration.DurationInput
}

/** No token is to be had. `cause` is what the caller's program failed with. */
export class TokenUnavailable extends Data.TaggedError("TokenUnavailable")<{
  readonly cause: unknown
}> {
  override get message(): string {
    return `no token: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

/**
 * - `get`: a token that is good as far as is known;
 * - `replace`: a token other than that one, which the server has turned down; the same one where no
 *   other is to be had.
 */
export interface Tokens {
  readonly get: Effect.Effect<Redacted.Redacted<string>, TokenUnavailable>
  readonly replace: (
    rejected: Redacted.Redacted<string>
  ) => Effect.Effect<Redacted.Redacted<string>, TokenUnavailable>
}

/** This token and no other. */
export const fromToken = (token: Redacted.Redacted<string>): Tokens => ({
  get: Effect.succeed(token),
  replace: () => Effect.succeed(token)
})

/** A token counts as expired this long before it does, so that it gets to the server in time. */
export const margin = Duration.seconds(30)

/** Whether two tokens are the same one. */
export const same = Redacted.getEquivalence<string>((one, other) => one === other)

interface Kept {
  readonly value: Redacted.Redacted<string>
  readonly until: number
}

/** How many fetches have ended, and how the last one did. */
interface State {
  readonly fetches: number
  readonly last: Option.Option<Either.Either<Kept, TokenUnavailable>>
}

/**
 * Tokens from a program that fetches one. Those who ask while it runs wait for it and share what it
 * comes to, a failure too; who asks after a failure has it run again. A token without a lifetime is
 * kept until a server turns it down. When the one for whom the program runs is interrupted, the next
 * one in line starts it again.
 */
export const make = <E, R>(fetch: Effect.Effect<Token, E, R>): Effect.Effect<Tokens, never, R> =>
  Effect.gen(function*() {
    const context = yield* Effect.context<R>()
    const state = yield* Ref.make<State>({ fetches: 0, last: Option.none() })
    const gate = yield* Effect.makeSemaphore(1)

    const renew = Effect.gen(function*() {
      const last = yield* Effect.either(Effect.provide(Effect.flatMap(fetch, keep), context))
      const outcome = Either.mapLeft(last, (cause) => new TokenUnavailable({ cause }))
      yield* Ref.update(state, ({ fetches }) => ({
        fetches: fetches + 1,
        last: Option.some(outcome)
      }))
      return yield* outcome
    })

    const ask = (good: (kept: Kept, now: number) => boolean) =>
      Effect.gen(function*() {
        const before = yield* Ref.get(state)
        const { value } = yield* gate.withPermits(1)(Effect.gen(function*() {
          const { fetches, last } = yield* Ref.get(state)
          const now = yield* Clock.currentTimeMillis
          const waited = fetches > before.fetches
          const usable = Option.filter(
            last,
            Either.match({ onLeft: () => waited, onRight: (kept) => good(kept, now) })
          )
          return yield* Option.getOrElse(usable, () => renew)
        }))
        return value
      })

    return {
      get: ask((kept, now) => now < kept.until),
      replace: (rejected) => ask((kept, now) => now < kept.until && !same(kept.value, rejected))
    }
  })

const keep = ({ lifetime, value }: Token): Effect.Effect<Kept> =>
  Effect.map(Clock.currentTimeMillis, (now) => ({
    value,
    until: lifetime === undefined
      ? Number.POSITIVE_INFINITY
      : now + Duration.toMillis(lifetime) - Duration.toMillis(margin)
  }))
