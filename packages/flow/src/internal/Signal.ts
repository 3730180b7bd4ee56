/**
 * Signal: how a fiber waits for a change of some state. Whoever waits is woken by the next `notify`
 * and looks at the state again, so a wake-up carries nothing that an interruption could lose.
 *
 * @module
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"

/** One thing to wait for; `waiting` is there while somebody waits. */
export interface Signal {
  waiting: Deferred.Deferred<void> | undefined
}

/** A signal nobody waits for. */
export const make = (): Signal => ({ waiting: undefined })

/** Until the next {@link notify}. Look at the state, wait, and look again. */
export const wait = (signal: Signal): Effect.Effect<void> =>
  Effect.suspend(() => Deferred.await(signal.waiting ??= Deferred.unsafeMake<void>(FiberId.none)))

/** Wakes all who wait. */
export const notify = (signal: Signal): void => {
  const waiting = signal.waiting
  if (waiting !== undefined) {
    signal.waiting = undefined
    Deferred.unsafeDone(waiting, Exit.void)
  }
}

/**
 * Looks at the state, and again after each {@link notify}, until `look` gives what to do. Only the
 * waiting can be interrupted: what `look` took is handled by the effect it gave.
 */
export const waitUninterrupted = <A, E, R>(
  signal: Signal,
  look: () => Effect.Effect<A, E, R> | undefined
): Effect.Effect<A, E, R> =>
  Effect.uninterruptibleMask((restore) => {
    const loop: Effect.Effect<A, E, R> = Effect.suspend(() =>
      look() ?? Effect.zipRight(restore(wait(signal)), loop)
    )
    return loop
  })
