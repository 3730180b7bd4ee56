import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"

type Attempt<A> = Effect.Effect<A, FlowError, Scope.Scope>

/**
 * Two ways to connect. The second is tried after a delay, or once the first has failed. Whichever works
 * first lives in the caller's scope, and nothing is left of the other. When neither works the error is
 * that of the first, and tells of both.
 */
export const either = <A, B>(options: {
  readonly first: Attempt<A>
  readonly second: Attempt<B>
  readonly delay: Duration.DurationInput
}): Effect.Effect<A | B, FlowError, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const outer = yield* Effect.scope
      const one = yield* Scope.fork(outer, ExecutionStrategy.sequential)
      const other = yield* Scope.fork(outer, ExecutionStrategy.sequential)
      const failed = yield* Deferred.make<void, FlowError>()

      const first = Scope.extend(options.first, one).pipe(
        Effect.map((value) => ({ value, loser: other })),
        Effect.tapError((error) => Deferred.fail(failed, error))
      )
      const second = Effect.either(Effect.timeoutOption(Deferred.await(failed), options.delay))
        .pipe(
          Effect.zipRight(Scope.extend(options.second, other)),
          Effect.map((value) => ({ value, loser: one }))
        )
      const exit = yield* Effect.exit(restore(Effect.race(first, second)))
      if (Exit.isSuccess(exit)) {
        yield* Scope.close(exit.value.loser, Exit.void)
        return exit.value.value
      }
      yield* Effect.forEach([one, other], (scope) => Scope.close(scope, exit), { discard: true })
      return yield* Effect.failCause(joined(exit.cause))
    })
  )

/** Both errors as one. Anything else stays what it is. */
const joined = (cause: Cause.Cause<FlowError>): Cause.Cause<FlowError> => {
  const errors = Array.from(Cause.failures(cause))
  const [first] = errors
  return first === undefined || Cause.isInterrupted(cause) ? cause : Cause.fail(
    new FlowError({
      reason: first.reason,
      during: "dial",
      detail: errors.map(({ detail }) => detail).join("; "),
      cause: errors
    })
  )
}
