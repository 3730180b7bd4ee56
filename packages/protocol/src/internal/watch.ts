import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import { Expired, TimedOut, TooSlow } from "../ChannelError.js"
import type { MinimumRate } from "../MinimumRate.js"
import type { Phase } from "../Phase.js"
import type { Timeouts } from "../Timeouts.js"
import * as Pace from "./pace.js"

/** The clock of one conversation: which phase it is in, and until when. */
export interface Watch {
  readonly phase: () => Phase
  readonly enter: (phase: Phase) => void
  /** When the conversation as a whole is to end; the peer is not at fault while a handler decides. */
  readonly expire: (at: number) => void
  /** The same wait for the peer; while message data is sent it counts towards the minimum rate. */
  readonly time: <A, E, R>(octets: number, wait: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** The same, for what the peer sends. */
  readonly hear: <E, R>(
    wait: Effect.Effect<Option.Option<Uint8Array>, E, R>
  ) => Effect.Effect<Option.Option<Uint8Array>, E, R>
  /**
   * Fails with `TimedOut` when a phase entered by the program lasts too long, with `TooSlow` or with
   * `Expired`, also where nothing else may interrupt it: the last words of a session are said while its
   * scope closes.
   */
  readonly run: <A, E, R>(
    program: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | TimedOut | TooSlow | Expired, R>
  /**
   * Within `run`: a part that is left behind, interrupted, where the phase it has to be done in lasts
   * too long. None then, and `run` goes on.
   */
  readonly excuse: <A, E, R>(
    phase: Phase,
    part: Effect.Effect<A, E, R>
  ) => Effect.Effect<Option.Option<A>, E, R>
}

/** What is done about a phase that lasts too long, in place of an end to it all. */
interface Excuse {
  readonly phase: Phase
  readonly leave: Effect.Effect<void>
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
  const excused = MutableRef.make(Option.none<Excuse>())
  const end = MutableRef.make(Number.POSITIVE_INFINITY)
  const pace = Option.map(
    Option.fromNullable(options.minimumRate),
    (rate) => Pace.make(clock, rate)
  )

  const enter = (next: Phase) => {
    if (next !== "Content" && next !== "Handler" && Option.isSome(pace)) pace.value.reset()
    phase.current = next
    entered.current = clock.unsafeCurrentTimeMillis()
  }

  const sleeper: Effect.Effect<never, TimedOut | TooSlow | Expired> = Effect.suspend(() => {
    const now = clock.unsafeCurrentTimeMillis()
    const late = Option.flatMap(pace, (_) => _.late(now))
    if (Option.isSome(late)) {
      return Effect.fail(new TooSlow({ phase: phase.current, ...late.value }))
    }
    const allowed = millis[phase.current]
    const left = entered.current + allowed - now
    const excuse = Option.filter(excused.current, (_) => _.phase === phase.current)
    if (left <= 0 && Option.isSome(excuse)) {
      enter(phase.current)
      return Effect.zipRight(excuse.value.leave, sleeper)
    }
    if (left <= 0) {
      return Effect.fail(new TimedOut({ phase: phase.current, after: Duration.millis(allowed) }))
    }
    const rest = phase.current === "Handler" ? shortest : end.current - now
    if (rest <= 0) return Effect.fail(new Expired({ phase: phase.current }))
    const next = Option.match(pace, { onNone: () => shortest, onSome: (_) => _.next(now) })
    return Effect.zipRight(Effect.sleep(Math.min(left, shortest, next, rest)), sleeper)
  })

  return {
    phase: () => phase.current,
    enter,
    expire: (at) => {
      end.current = at
    },
    hear: Option.match(pace, {
      onNone: () => (wait) => wait,
      onSome: ({ gain, time }) => (wait) =>
        Effect.suspend(() =>
          phase.current === "Content"
            ? Effect.map(time(0, wait), (bytes) => {
              if (Option.isSome(bytes)) gain(bytes.value.length)
              return bytes
            })
            : wait
        )
    }),
    time: Option.match(pace, {
      onNone: () => (_, wait) => wait,
      onSome: ({ time }) => (octets, wait) =>
        Effect.suspend(() => phase.current === "Content" ? time(octets, wait) : wait)
    }),
    run: (program) =>
      Effect.suspend(() => {
        enter(phase.current)
        return Effect.raceFirst(Effect.interruptible(program), Effect.interruptible(sleeper))
      }),
    excuse: <A, E, R>(phase: Phase, part: Effect.Effect<A, E, R>) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(Effect.forkDaemon(Effect.exit(restore(part))), (fiber) => {
          const end = Deferred.unsafeMake<Option.Option<A>, E>(FiberId.none)
          fiber.addObserver((exit) =>
            Deferred.unsafeDone(end, Exit.map(Exit.flatten(exit), Option.some))
          )
          const leave = Effect.zipRight(
            Deferred.succeed(end, Option.none()),
            Fiber.interruptFork(fiber)
          )
          excused.current = Option.some({ phase, leave })
          return restore(Deferred.await(end)).pipe(
            Effect.onInterrupt(() => Fiber.interrupt(fiber)),
            Effect.ensuring(Effect.sync(() => {
              excused.current = Option.none()
            }))
          )
        })
      )
  }
}
