import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import { TimedOut } from "../ChannelError.js"
import type { Phase } from "../Phase.js"
import type { Timeouts } from "../Timeouts.js"

/** The clock of one conversation: which phase it is in, and until when. */
export interface Watch {
  readonly phase: () => Phase
  readonly enter: (phase: Phase) => void
  /**
   * Fails with `TimedOut` when a phase entered by the program lasts too long, also where nothing else
   * may interrupt it: the last words of a session are said while its scope closes.
   */
  readonly run: <A, E, R>(program: Effect.Effect<A, E, R>) => Effect.Effect<A, E | TimedOut, R>
}

/**
 * Phases change with every line, so entering one only moves the deadline; a single sleeper looks at it.
 * It never sleeps longer than the shortest timeout, and so cannot miss a deadline set meanwhile.
 */
export const make = (
  clock: Clock.Clock,
  options: { readonly phase: Phase; readonly timeouts: Timeouts }
): Watch => {
  const millis = Object.fromEntries(
    Object.entries(options.timeouts).map(([phase, timeout]) => [phase, Duration.toMillis(timeout)])
  )
  const shortest = Math.min(...Object.values(millis))
  const phase = MutableRef.make(options.phase)
  const entered = MutableRef.make(0)

  const enter = (next: Phase) => {
    phase.current = next
    entered.current = clock.unsafeCurrentTimeMillis()
  }

  const sleeper: Effect.Effect<never, TimedOut> = Effect.suspend(() => {
    const allowed = millis[phase.current]
    const left = entered.current + allowed - clock.unsafeCurrentTimeMillis()
    return left <= 0
      ? Effect.fail(new TimedOut({ phase: phase.current, after: Duration.millis(allowed) }))
      : Effect.zipRight(Effect.sleep(Math.min(left, shortest)), sleeper)
  })

  return {
    phase: () => phase.current,
    enter,
    run: (program) =>
      Effect.suspend(() => {
        enter(phase.current)
        return Effect.raceFirst(Effect.interruptible(program), Effect.interruptible(sleeper))
      })
  }
}
