import * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as HashSet from "effect/HashSet"

/** Who interrupts a fiber whose time is over: nobody else does so by that name. */
const us = FiberId.unsafeMake()

/** Interrupts it in a way that can be taken back. */
export const interrupt = (fiber: Fiber.RuntimeFiber<unknown, unknown>): void => {
  fiber.unsafeInterruptAsFork(us)
}

/** Whether that is what ended it. */
export const isCut = (exit: Exit.Exit<unknown, unknown>): boolean =>
  Exit.isFailure(exit) && HashSet.has(Cause.interruptors(exit.cause), us)

/** The fiber goes on; interruptions by others stay. */
export const takeBack: Effect.Effect<void> = FiberRef.update(
  FiberRef.interruptedCause,
  (cause) =>
    HashSet.reduce(
      Cause.interruptors(cause),
      Cause.empty,
      (kept, by) => by === us ? kept : Cause.sequential(kept, Cause.interrupt(by))
    )
)
