/**
 * HappyEyeballs: which of a host's addresses to use, found by trying (RFC 8305 sections 4 and 5).
 *
 * Not here: asking for the A and AAAA records apart (section 3); the system resolver answers with
 * both at once.
 *
 * @module
 */
import * as FlowError from "@effect-smtp/flow/FlowError"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"

/** An address family. */
export type Family = "ipv4" | "ipv6"

/** One address of a host. */
export interface Address {
  readonly family: Family
  readonly address: string
}

/** Families take turns, the preferred one first; within a family the order stays (section 4). */
export const interleave = (
  addresses: ReadonlyArray<Address>,
  prefer: Family
): ReadonlyArray<Address> => {
  const preferred = addresses.filter(({ family }) => family === prefer)
  const others = addresses.filter(({ family }) => family !== prefer)
  return Array.from({ length: Math.max(preferred.length, others.length) })
    .flatMap((_, i) => [...preferred.slice(i, i + 1), ...others.slice(i, i + 1)])
}

/** What to report when all attempts failed: the first that says more than "no route". */
const combine = (errors: ReadonlyArray<FlowError.FlowError>): FlowError.FlowError => {
  const telling = errors.find(({ reason }) => reason !== "Unreachable") ?? errors[0]
  return new FlowError.FlowError({
    reason: telling?.reason ?? "NotFound",
    during: "dial",
    detail: errors.length === 0
      ? "there is no address to try"
      : errors.map(({ detail }) => detail).join("; "),
    cause: errors.length === 1 ? errors[0]?.cause : errors
  })
}

/**
 * Tries the candidates in order. The next one starts when `delay` has passed, or at once when the one
 * before it failed (section 5). The first that succeeds wins and lives in the caller's scope; the
 * others are interrupted and their scopes closed before this returns. When all fail, the error tells
 * of each: its `detail` joins theirs, in order, and its `cause` is the list of them.
 */
export const race = <C, A>(options: {
  readonly candidates: ReadonlyArray<C>
  readonly delay: Duration.DurationInput
  readonly attempt: (candidate: C) => Effect.Effect<A, FlowError.FlowError, Scope.Scope>
}): Effect.Effect<A, FlowError.FlowError, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const scopes: Array<Scope.CloseableScope> = []
      const errors: Array<FlowError.FlowError> = []

      const from = (
        index: number
      ): Effect.Effect<readonly [A, Scope.CloseableScope], FlowError.FlowError> =>
        Effect.gen(function*() {
          const candidate = options.candidates[index]
          if (candidate === undefined) {
            return yield* combine([])
          }
          const scope = yield* Scope.make()
          scopes.push(scope)
          const failed = yield* Deferred.make<void>()
          const attempt = options.attempt(candidate).pipe(
            Scope.extend(scope),
            Effect.map((value) => [value, scope] as const),
            Effect.tapError((error) => {
              errors[index] = error
              return Deferred.succeed(failed, undefined)
            })
          )
          if (index + 1 === options.candidates.length) {
            return yield* attempt
          }
          const others = Deferred.await(failed).pipe(
            Effect.timeoutOption(options.delay),
            Effect.zipRight(Effect.suspend(() => from(index + 1)))
          )
          return yield* Effect.race(attempt, others)
        })

      const outcome = yield* Effect.exit(restore(from(0)))
      const winner = Exit.isSuccess(outcome) ? outcome.value[1] : undefined
      for (const scope of scopes) {
        if (scope !== winner) {
          yield* Scope.close(scope, Exit.fail("lost the race"))
        }
      }
      if (Exit.isSuccess(outcome)) {
        const [value, scope] = outcome.value
        yield* Effect.scopeWith((outer) =>
          Scope.addFinalizerExit(outer, (exit) => Scope.close(scope, exit))
        )
        return value
      }
      return yield* Chunk.isEmpty(Cause.defects(outcome.cause)) &&
          !Cause.isInterrupted(outcome.cause)
        ? combine(errors)
        : Effect.failCause(outcome.cause)
    })
  )
