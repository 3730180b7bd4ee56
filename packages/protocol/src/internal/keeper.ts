import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import type { Item } from "./agenda.js"
import { Agenda } from "./agenda.js"

/**
 * Somebody who is looked at when it is time: `look` says in how many milliseconds, at least one, to look
 * again, or none for never.
 */
export interface Kept extends Item {
  readonly look: (now: number) => Option.Option<number>
}

/**
 * Looks at many from time to time. One fiber, of nobody's, sleeps for all of them, as long as there are
 * any: a sleeper for each of thousands of conversations would take more memory than all else about them.
 */
export class Keeper {
  private readonly agenda = new Agenda<Kept>()
  private sleeper: Option.Option<Fiber.RuntimeFiber<void>> = Option.none()
  /** When it looks next: never where there is nobody, and at any time while it does. */
  private wakes = Number.POSITIVE_INFINITY

  constructor(private readonly clock: Clock.Clock) {}

  /** From now on, beginning when it is due. */
  keep(kept: Kept): void {
    this.agenda.add(kept)
    if (kept.due >= this.wakes) return
    this.rest()
    this.sleeper = Option.some(Effect.runFork(this.rounds))
  }

  /** Not any more. */
  drop(kept: Kept): void {
    this.agenda.remove(kept)
    if (this.agenda.isEmpty() && this.wakes !== Number.NEGATIVE_INFINITY) this.rest()
  }

  private rest(): void {
    this.wakes = Number.POSITIVE_INFINITY
    if (Option.isSome(this.sleeper)) {
      this.sleeper.value.unsafeInterruptAsFork(FiberId.none)
      this.sleeper = Option.none()
    }
  }

  /** Looks at those whose time it is, and sleeps until the next one's. */
  private readonly rounds: Effect.Effect<void> = Effect.suspend(() => {
    const now = this.clock.unsafeCurrentTimeMillis()
    this.wakes = Number.NEGATIVE_INFINITY
    for (;;) {
      const first = this.agenda.first()
      if (Option.isNone(first)) {
        this.wakes = Number.POSITIVE_INFINITY
        return Exit.void
      }
      const { due } = first.value
      if (due > now) {
        this.wakes = due
        return Effect.zipRight(this.clock.sleep(Duration.millis(due - now)), this.rounds)
      }
      this.agenda.remove(first.value)
      const left = first.value.look(now)
      if (Option.isSome(left)) {
        first.value.due = now + left.value
        this.agenda.add(first.value)
      }
    }
  })
}

/** One keeper for all who go by the same clock. */
const keepers = new WeakMap<Clock.Clock, Keeper>()

/** The one that goes by that clock. */
export const of = (clock: Clock.Clock): Keeper => {
  const found = keepers.get(clock)
  if (found !== undefined) return found
  const keeper = new Keeper(clock)
  keepers.set(clock, keeper)
  return keeper
}
