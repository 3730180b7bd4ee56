import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** A decision that is there already needs no services, and no time. */
export const isMade = <A, E, R>(decision: Effect.Effect<A, E, R>): decision is Exit.Exit<A, E> =>
  Exit.isExit(decision)
