import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import { Expired, TimedOut, TooSlow } from "../ChannelError.js"
import type { MinimumRate } from "../MinimumRate.js"
import type { Phase } from "../Phase.js"
import type { Timeouts } from "../Timeouts.js"
import { Excuses } from "./excuse.js"
import * as Interrupted from "./interrupted.js"
import type { Kept } from "./keeper.js"
import * as Keeper from "./keeper.js"
import { Pace } from "./pace.js"

/** Why a conversation is over before it has come to its end. */
type Late = TimedOut | TooSlow | Expired

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
 * Phases change with every line, so entering one only moves the deadline; a keeper looks at it, never
 * later than after the shortest timeout, and so cannot miss a deadline set meanwhile.
 */
export class Watch {
  private readonly millis: Millis
  private readonly pace: Option.Option<Pace>
  private current: Phase
  private entered = 0
  private end = Number.POSITIVE_INFINITY
  private excuses: Excuses | undefined
  private readonly keeper: Keeper.Keeper

  constructor(
    private readonly clock: Clock.Clock,
    options: {
      readonly phase: Phase
      readonly timeouts: Timeouts
      readonly minimumRate?: MinimumRate | undefined
    }
  ) {
    this.current = options.phase
    this.keeper = Keeper.of(clock)
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
      const over = Effect.unsafeMakeLatch(false)
      const late = MutableRef.make<Exit.Exit<never, Late>>(Exit.interrupt(FiberId.none))
      const kept = this.kept((error) => {
        late.current = Exit.fail(error)
        over.unsafeOpen()
      })
      this.keeper.keep(kept)
      const running = Effect.forkDaemon(Effect.exit(Effect.interruptible(program)))
      return Effect.flatMap(running, (fiber) => {
        fiber.addObserver(() => over.unsafeOpen())
        return Effect.matchCauseEffect(restore(over.await), {
          onFailure: (cause) => {
            this.keeper.drop(kept)
            return Effect.zipRight(Fiber.interrupt(fiber), end(Exit.failCause(cause)))
          },
          onSuccess: () => {
            this.keeper.drop(kept)
            const exit = fiber.unsafePoll()
            return exit === null
              ? Effect.zipRight(Fiber.interrupt(fiber), end(late.current))
              : Effect.zipRight(Fiber.inheritAll(fiber), end(Exit.flatten(exit)))
          }
        })
      })
    })
  }

  /**
   * The same in the fiber at hand, which is interrupted when the time is over, and all that was forked in
   * it: for a program that is all its fiber does.
   */
  runHere<A, E, R>(
    program: Effect.Effect<A, E, R>,
    learn: (exit: Exit.Exit<A, E | Late>) => Effect.Effect<void>
  ): Effect.Effect<A, E | Late, R> {
    const all = Effect.withFiberRuntime<A, E | Late, R>((fiber) => {
      const late = MutableRef.make(Option.none<Late>())
      const kept = this.kept((error) => {
        late.current = Option.some(error)
        Interrupted.interrupt(fiber)
      })
      const end = (exit: Exit.Exit<A, E>) => {
        this.keeper.drop(kept)
        const result: Exit.Exit<A, E | Late> =
          Option.isSome(late.current) && Interrupted.isCut(exit)
            ? Exit.fail(late.current.value)
            : exit
        return Interrupted.takeBack.pipe(Effect.zipRight(learn(result)), Effect.zipRight(result))
      }
      this.keeper.keep(kept)
      return Effect.matchCauseEffect(Effect.interruptible(program), {
        onFailure: (cause) => end(Exit.failCause(cause)),
        onSuccess: (value) => end(Exit.succeed(value))
      })
    })
    return Effect.checkInterruptible((can) => can ? Effect.uninterruptible(all) : all)
  }

  /**
   * Within either: a part that is left behind, interrupted, where the phase it has to be done in lasts
   * too long. None then, and the program goes on. An `awaited` part that cannot be interrupted at that moment
   * has the time of the phase once more, and what it comes to counts: an interruption that waits for the
   * end of what it cannot stop would only take the answer away.
   */
  excuse<A, E, R>(
    phase: Phase,
    part: Effect.Effect<A, E, R>,
    awaited: boolean
  ): Effect.Effect<Option.Option<A>, E, R> {
    this.excuses ??= new Excuses()
    return this.excuses.wait(phase, part, awaited)
  }

  /** How a conversation that begins now is looked after: `end` is called where its time is over. */
  private kept(end: (error: Late) => void): Kept {
    this.enter(this.current)
    const look = (now: number) =>
      Either.match(this.left(now), {
        onLeft: (error) => {
          end(error)
          return Option.none()
        },
        onRight: Option.some
      })
    const now = this.clock.unsafeCurrentTimeMillis()
    return { look, due: now + Either.getOrElse(this.left(now), () => 0), place: -1 }
  }

  /** Milliseconds to the next look at the latest, or why it is over. Who has an excuse is told. */
  private left(now: number): Either.Either<number, Late> {
    const phase = this.current
    const late = Option.flatMap(this.pace, (_) => _.late(now))
    if (Option.isSome(late)) return Either.left(new TooSlow({ phase, ...late.value }))
    const allowed = this.millis.of[phase]
    const left = this.entered + allowed - now
    const excuse = Option.filter(
      this.excuses === undefined ? Option.none() : this.excuses.excuse(),
      (_) => _.phase === phase
    )
    if (left <= 0 && Option.isSome(excuse)) {
      this.enter(phase)
      excuse.value.late()
      return this.left(now)
    }
    if (left <= 0) return Either.left(new TimedOut({ phase, after: Duration.millis(allowed) }))
    const { shortest } = this.millis
    const rest = phase === "Handler" ? shortest : this.end - now
    if (rest <= 0) return Either.left(new Expired({ phase }))
    const next = Option.match(this.pace, { onNone: () => shortest, onSome: (_) => _.next(now) })
    return Either.right(Math.min(left, shortest, next, rest))
  }
}
