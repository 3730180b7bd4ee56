import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as HashSet from "effect/HashSet"
import * as Option from "effect/Option"
import * as RuntimeFlags from "effect/RuntimeFlags"
import type { Phase } from "../Phase.js"

/** Who interrupts a part to leave it behind: nobody else does so by that name. */
const us = FiberId.unsafeMake()

/** An interruption by somebody else stays. */
const takeBack = FiberRef.update(FiberRef.interruptedCause, (cause) =>
  HashSet.reduce(
    Cause.interruptors(cause),
    Cause.empty,
    (kept, by) => by === us ? kept : Cause.sequential(kept, Cause.interrupt(by))
  ))

/** A part of what a fiber does that is given so much time, and what the fiber goes on without. */
export class Excuse {
  private stage: "Due" | "Overdue" | "Left" | "Hopeless" | "Over" = "Due"

  constructor(
    readonly phase: Phase,
    private readonly fiber: Fiber.RuntimeFiber<unknown, unknown>
  ) {}

  /** Whether it could not be stopped in all the time it had, so that the fiber is lost with it. */
  get isHopeless(): boolean {
    return this.stage === "Hopeless"
  }

  /** What there is to do when its time is over; true if it is given as much again. */
  get late(): Effect.Effect<boolean> {
    return Effect.map(this.fiber.runtimeFlags, (flags) => {
      // Asking takes its time, too.
      if (this.stage === "Over") return false
      if (this.stage !== "Left" && RuntimeFlags.interruptible(flags)) {
        this.stage = "Left"
        this.fiber.unsafeInterruptAsFork(us)
      } else {
        this.stage = this.stage === "Due" ? "Overdue" : "Hopeless"
      }
      return this.stage !== "Hopeless"
    })
  }

  /** What its end comes to: none where it was left. */
  end<A, E>(exit: Exit.Exit<A, E>): Effect.Effect<Option.Option<A>, E> {
    const { stage } = this
    this.stage = "Over"
    const answer = Exit.map(exit, Option.some)
    if (stage !== "Left") return answer
    return Effect.zipRight(takeBack, isCut(exit) ? Effect.succeedNone : answer)
  }
}

const isCut = <A, E>(exit: Exit.Exit<A, E>): boolean =>
  Exit.isFailure(exit) && HashSet.has(Cause.interruptors(exit.cause), us)
