import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import { TimedOut, TooSlow } from "../ChannelError.js"
import type { MinimumRate } from "../MinimumRate.js"
import type { Phase } from "../Phase.js"
import type { Timeouts } from "../Timeouts.js"
import * as Pace from "./pace.js"

/** The clock of one conversation: which phase it is in, and until when. */
export interface Watch {
  readonly phase: () => Phase
  readonly enter: (phase: Phase) => void
  /** The same wait for the peer; while message data is sent it counts towards the minimum rate. */
  readonly time: <A, E, R>(octets: number, wait: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /**
   * Fails with `TimedOut` when a phase entered by the program lasts too long, or with `TooSlow`, also
   * where nothing else may interrupt it: the last words of a session are said while its scope closes.
   */
  readonly run: <A, E, R>(
    program: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | TimedOut | TooSlow, R>
}

/**
 * Phases change with every line, so entering one only moves the deadline; a single sleeper looks at it.
 * It never sleeps longer than the shortest timeout, and so cannot miss a deadline set meanwhile.
 */
export const make = (
  clock: Clock.Clock,
  options: {
    readonly phase: Phase
    readonly timeouts: Timeouts
    readonly minimumRate?: MinimumRate | undefined
  }
): Watch => {
  const millis = Object.fromEntries(
    Object.entries(options.timeouts).map(([phase, timeout]) => [phase, Duration.toMillis(timeout)])
  )
  const shortest = Math.min(...Object.values(millis))
  const phase = MutableRef.make(options.phase)
  const entered = MutableRef.make(0)
  const pace = Option.map(
    Option.fromNullable(options.minimumRate),
    (rate) => Pace.make(clock, rate)
  )

  const enter = (next: Phase) => {
    if (next !== "Content" && Option.isSome(pace)) pace.value.reset()
    phase.current = next
    entered.current = clock.unsafeCurrentTimeMillis()
  }

  const sleeper: Effect.Effect<never, TimedOut | TooSlow> = Effect.suspend(() => {
    const now = clock.unsafeCurrentTimeMillis()
    const late = Option.flatMap(pace, (_) => _.late(now))
    if (Option.isSome(late)) {
      return Effect.fail(new TooSlow({ phase: phase.current, ...late.value }))
    }
    const allowed = millis[phase.current]
    const left = entered.current + allowed - now
    if (left <= 0) {
      return Effect.fail(new TimedOut({ phase: phase.current, after: Duration.millis(allowed) }))
    }
    const next = Option.match(pace, { onNone: () => shortest, onSome: (_) => _.next(now) })
    return Effect.zipRight(Effect.sleep(Math.min(left, shortest, next)), sleeper)
  })

  return {
    phase: () => phase.current,
    enter,
    time: Option.match(pace, {
      onNone: () => (_, wait) => wait,
      onSome: ({ time }) => (octets, wait) =>
        Effect.suspend(() => phase.current === "Content" ? time(octets, wait) : wait)
    }),
    run: (program) =>
      Effect.suspend(() => {
        enter(phase.current)
        return Effect.raceFirst(Effect.interruptible(program), Effect.interruptible(sleeper))
      })
  }
}
