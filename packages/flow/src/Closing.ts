/**
 * Closing: how connections end with their scopes, for those who make flows or hold several things
 * open together.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"

/**
 * The two ways a connection ends on this side. Both may be called on one that is closed already.
 *
 * - `close`: in order; what was written is still sent.
 * - `cut`: at once; the peer sees a reset, where the transport has such a thing.
 */
export interface Closing {
  readonly close: Effect.Effect<void>
  readonly cut: Effect.Effect<void>
}

/**
 * When the scope closes: in order after a success or an interruption, cut after a failure. (Added to
 * the scope itself: `Effect.addFinalizer` would also carry the fiber's state into the closing fiber,
 * which grows with each connection that one fiber opens and closes.)
 */
export const withScope = (closing: Closing): Effect.Effect<void, never, Scope.Scope> =>
  Effect.scopeWith((scope) =>
    Scope.addFinalizerExit(
      scope,
      (exit) =>
        Exit.isFailure(exit) && !Cause.isInterruptedOnly(exit.cause) ? closing.cut : closing.close
    )
  )

/**
 * All that the effect acquires lives in the caller's scope, or none of it: what was acquired on the way
 * to a failure or an interruption is released at once.
 */
export const allOrNothing = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | Scope.Scope> =>
  Effect.scopeWith((scope) =>
    Effect.flatMap(Scope.fork(scope, ExecutionStrategy.sequential), (own) =>
      Effect.onError(
        Scope.extend(effect, own),
        (cause) => Scope.close(own, Exit.failCause(cause))
      ))
  )
