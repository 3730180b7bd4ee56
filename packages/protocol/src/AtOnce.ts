/**
 * AtOnce: going on in plain code where there is nothing to wait for.
 *
 * An effect that is an exit already needs no runtime to be known. In hot paths, where most are, that is
 * most of the work. What is said here runs when it is called, so it belongs inside a part that is
 * suspended as a whole.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** Whether it is there already: it needs no services, and no time. */
export const isMade = <A, E, R>(self: Effect.Effect<A, E, R>): self is Exit.Exit<A, E> =>
  Exit.isExit(self)

/** `Effect.flatMap`, which for one that is there calls the function now. */
export const flatMap = <A, E, R, B, E2, R2>(
  self: Effect.Effect<A, E, R>,
  f: (value: A) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> =>
  isMade(self)
    ? Exit.match(self, { onFailure: Effect.failCause, onSuccess: f })
    : Effect.flatMap(self, f)

/** `Effect.map`, which for one that is there calls the function now. */
export const map = <A, E, R, B>(
  self: Effect.Effect<A, E, R>,
  f: (value: A) => B
): Effect.Effect<B, E, R> =>
  isMade(self)
    ? Exit.map(self, f)
    : Effect.map(self, f)
