import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as RuntimeFlags from "effect/RuntimeFlags"
import { Expired, TimedOut, TooSlow } from "../ChannelError.js"
import type { MinimumRate } from "../MinimumRate.js"
import type { Phase } from "../Phase.js"
import type { Timeouts } from "../Timeouts.js"
import { Pace } from "./pace.js"

/** Why a conversation is over before it has come to its end. */
type Late = TimedOut | TooSlow | Expired

/** What is done about a phase that lasts too long, in place of an end to it all. */
interface Excuse {
  readonly phase: Phase
  readonly late: Effect.Effect<void>
}

/** Timeouts in milliseconds, and the shortest of them. */
interface Millis {
  readonly of: { readonly [P in Phase]: number }
  readonly shortest: number
}

/** Thousands of conversations go by the same timeouts. */
const known = new WeakMap<Timeouts, Millis>()

const toMillis = (timeouts: Timeouts): Millis => {
  const found = known.get(timeouts)
  if (found !== undefined) return found
  const of: { [P in Phase]: number } = Record.map(timeouts, Duration.toMillis)
  const millis = { of, shortest: Math.min(...Object.values(of)) }
  known.set(timeouts, millis)
  return millis
}

/**
 * The clock of one conversation: which phase it is in, and until when.
 *
 * Phases change with every line, so entering one only moves the deadline; a single sleeper looks at it.
 * It never sleeps longer than the shortest timeout, and so cannot miss a deadline set meanwhile.
 */
export class Watch {
  private readonly millis: Millis
  private readonly pace: Option.Option<Pace>
  private current: Phase
  private entered = 0
  private end = Number.POSITIVE_INFINITY
  private excused: Option.Option<Excuse> = Option.none()

  constructor(
    private readonly clock: Clock.Clock,
    options: {
      readonly phase: Phase
      readonly timeouts: Timeouts
      readonly minimumRate?: MinimumRate | undefined
    }
  ) {
    this.current = options.phase
    this.millis = toMillis(options.timeouts)
    this.pace = Option.map(
      Option.fromNullable(options.minimumRate),
      (rate) => new Pace(clock, rate)
    )
  }

  phase(): Phase {
    return this.current
  }

  enter(next: Phase): void {
    if (next !== "Content" && next !== "Handler" && Option.isSome(this.pace)) {
      this.pace.value.reset()
    }
    this.current = next
    this.entered = this.clock.unsafeCurrentTimeMillis()
  }

  /** When the conversation as a whole is to end; the peer is not at fault while a handler decides. */
  expire(at: number): void {
    this.end = at
  }

  /** The same wait, for the peer to take what it is sent; of message data it counts towards the rate. */
  time<A, E, R>(octets: number, wait: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    if (Option.isNone(this.pace) || this.current !== "Content") return wait
    const pace = this.pace.value
    pace.begin(octets)
    return Effect.map(wait, (taken) => {
      pace.end()
      return taken
    })
  }

  /** The same wait, for what the peer sends. */
  hear<E, R>(
    wait: Effect.Effect<Option.Option<Uint8Array>, E, R>
  ): Effect.Effect<Option.Option<Uint8Array>, E, R> {
    if (Option.isNone(this.pace) || this.current !== "Content") return wait
    const pace = this.pace.value
    pace.begin(0)
    return Effect.map(wait, (bytes) => {
      pace.end()
      if (Option.isSome(bytes)) pace.gain(bytes.value.length)
      return bytes
    })
  }

  /**
   * Fails with `TimedOut` when a phase entered by the program lasts too long, with `TooSlow` or with
   * `Expired`, also where nothing else may interrupt it: the last words of a session are said while its
   * scope closes. `learn` gets to know how it ended, before anybody else does.
   */
  run<A, E, R>(
    program: Effect.Effect<A, E, R>,
    learn: (exit: Exit.Exit<A, E | Late>) => Effect.Effect<void>
  ): Effect.Effect<A, E | Late, R> {
    const end = (exit: Exit.Exit<A, E | Late>) => Effect.zipRight(learn(exit), exit)
    return Effect.uninterruptibleMask((restore) => {
      this.enter(this.current)
      const over = Effect.unsafeMakeLatch(false)
      const late = MutableRef.make<Exit.Exit<never, Late>>(Exit.interrupt(FiberId.none))
      const sleeping = Effect.flatMap(
        Effect.flip(Effect.interruptible(this.sleeper())),
        (error) => {
          late.current = Exit.fail(error)
          return over.open
        }
      )
      const running = Effect.forkDaemon(Effect.exit(Effect.interruptible(program)))
      return Effect.flatMap(running, (fiber) => {
        fiber.addObserver(() => over.unsafeOpen())
        return Effect.flatMap(
          Effect.forkDaemon(sleeping),
          (sleeper) =>
            Effect.matchCauseEffect(restore(over.await), {
              onFailure: (cause) => {
                sleeper.unsafeInterruptAsFork(FiberId.none)
                return Effect.zipRight(Fiber.interrupt(fiber), end(Exit.failCause(cause)))
              },
              onSuccess: () => {
                sleeper.unsafeInterruptAsFork(FiberId.none)
                const exit = fiber.unsafePoll()
                return exit === null
                  ? Effect.zipRight(Fiber.interrupt(fiber), end(late.current))
                  : Effect.zipRight(Fiber.inheritAll(fiber), end(Exit.flatten(exit)))
              }
            })
        )
      })
    })
  }

  /**
   * Within `run`: a part that is left behind, interrupted, where the phase it has to be done in lasts
   * too long. None then, and `run` goes on. An `awaited` part that cannot be interrupted at that moment
   * has the time of the phase once more, and what it comes to counts: an interruption that waits for the
   * end of what it cannot stop would only take the answer away.
   */
  excuse<A, E, R>(
    phase: Phase,
    part: Effect.Effect<A, E, R>,
    awaited: boolean
  ): Effect.Effect<Option.Option<A>, E, R> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Effect.forkDaemon(Effect.exit(restore(part))), (fiber) => {
        const over = Effect.unsafeMakeLatch(false)
        const answer = MutableRef.make<Exit.Exit<Option.Option<A>, E>>(Exit.succeed(Option.none()))
        let isOver = false
        const leave = Effect.suspend(() => {
          if (isOver) return Effect.void
          isOver = true
          this.excused = Option.none()
          over.unsafeOpen()
          return Fiber.interruptFork(fiber)
        })
        const late = Effect.flatMap(fiber.runtimeFlags, (flags) => {
          if (isOver || RuntimeFlags.interruptible(flags)) return leave
          this.excused = Option.some({ phase, late: leave })
          return Effect.void
        })
        fiber.addObserver((exit) => {
          if (isOver) return
          isOver = true
          answer.current = Exit.map(Exit.flatten(exit), Option.some)
          over.unsafeOpen()
        })
        this.excused = Option.some({ phase, late: awaited ? late : leave })
        return Effect.matchCauseEffect(restore(over.await), {
          onFailure: (cause) => {
            this.excused = Option.none()
            return Effect.zipRight(Fiber.interrupt(fiber), Effect.failCause(cause))
          },
          onSuccess: () => {
            this.excused = Option.none()
            return answer.current
          }
        })
      })
    )
  }

  private sleeper(): Effect.Effect<never, Late> {
    return Effect.suspend(() => {
      const phase = this.current
      const now = this.clock.unsafeCurrentTimeMillis()
      const late = Option.flatMap(this.pace, (_) => _.late(now))
      if (Option.isSome(late)) return Effect.fail(new TooSlow({ phase, ...late.value }))
      const allowed = this.millis.of[phase]
      const left = this.entered + allowed - now
      const excuse = Option.filter(this.excused, (_) => _.phase === phase)
      if (left <= 0 && Option.isSome(excuse)) {
        this.enter(phase)
        return Effect.zipRight(excuse.value.late, this.sleeper())
      }
      if (left <= 0) return Effect.fail(new TimedOut({ phase, after: Duration.millis(allowed) }))
      const { shortest } = this.millis
      const rest = phase === "Handler" ? shortest : this.end - now
      if (rest <= 0) return Effect.fail(new Expired({ phase }))
      const next = Option.match(this.pace, { onNone: () => shortest, onSome: (_) => _.next(now) })
      return Effect.zipRight(
        Effect.sleep(Math.min(left, shortest, next, rest)),
        this.sleeper()
      )
    })
  }
}
