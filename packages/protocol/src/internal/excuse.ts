import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import type { Phase } from "../Phase.js"

/**
 * A part of a conversation in a fiber of its own, which it is left behind in where it takes too long. An
 * `awaited` one that cannot be interrupted at that moment has as long again.
 */
export interface Excuse {
  readonly phase: Phase
  /** Its time is over. */
  readonly late: () => void
}

/** A part, to whom its answer means nothing. */
interface Running extends Excuse {
  readonly start: () => void
  readonly isOver: () => boolean
  readonly observe: (observer: () => void) => void
  readonly stop: Effect.Effect<void>
}

/** One part after the other, and how its end is waited for. */
export class Excuses {
  private current: Option.Option<Running> = Option.none()

  /** The one that goes on now. */
  excuse(): Option.Option<Excuse> {
    return Option.filter(this.current, (part) => !part.isOver())
  }

  /** Its answer, or none where it was left behind. */
  wait<A, E, R>(
    phase: Phase,
    effect: Effect.Effect<A, E, R>,
    awaited: boolean
  ): Effect.Effect<Option.Option<A>, E, R> {
    return Effect.flatMap(Effect.runtime<R>(), (runtime) => {
      const part = new Part(phase, effect, awaited, runtime)
      this.current = Option.some(part)
      return Effect.flatMap(this.waiting, () => part.answer)
    })
  }

  /**
   * It is one for all parts, and knows nothing of any when that is over: V8 makes the closures of Effect's
   * masks in the old generation, so what they capture lives until the whole heap is collected.
   */
  private readonly waiting = Effect.uninterruptibleMask((restore) =>
    Option.match(this.current, {
      onNone: () => Effect.void,
      onSome: (part) => {
        part.start()
        if (part.isOver()) return this.end
        return Effect.matchCauseEffect(restore(this.ending), {
          onFailure: (cause) =>
            this.end.pipe(Effect.zipRight(part.stop), Effect.zipRight(Effect.failCause(cause))),
          onSuccess: () => this.end
        })
      }
    })
  )

  private readonly ending = Effect.async<void>((resume) => {
    if (Option.isSome(this.current)) this.current.value.observe(() => resume(Effect.void))
  })

  private readonly end = Effect.sync(() => {
    this.current = Option.none()
  })
}

class Part<A, E, R> implements Running {
  private fiber: Option.Option<Fiber.RuntimeFiber<Exit.Exit<A, E>>> = Option.none()
  private exit: Option.Option<Exit.Exit<Option.Option<A>, E>> = Option.none()
  private observer: () => void = () => {}
  private mayGoOn: boolean

  constructor(
    readonly phase: Phase,
    private readonly effect: Effect.Effect<A, E, R>,
    awaited: boolean,
    private readonly runtime: Runtime.Runtime<R>
  ) {
    this.mayGoOn = awaited
  }

  /** Runs it, as far as it gets without waiting, before this returns. */
  start(): void {
    const fiber = Runtime.runFork(this.runtime)(Effect.exit(this.effect))
    this.fiber = Option.some(fiber)
    fiber.addObserver((exit) => this.close(Exit.map(Exit.flatten(exit), Option.some)))
  }

  isOver(): boolean {
    return Option.isSome(this.exit)
  }

  /** Who is told of the end. */
  observe(observer: () => void): void {
    this.observer = observer
    if (this.isOver()) observer()
  }

  get answer(): Effect.Effect<Option.Option<A>, E> {
    return Option.getOrElse(this.exit, () => Effect.succeedNone)
  }

  get stop(): Effect.Effect<void> {
    return Option.match(this.fiber, { onNone: () => Effect.void, onSome: Fiber.interrupt })
  }

  late(): void {
    if (Option.isNone(this.fiber)) return
    const fiber = this.fiber.value
    if (!this.mayGoOn) return this.leave(fiber)
    this.mayGoOn = false
    Runtime.runFork(this.runtime)(Effect.map(fiber.runtimeFlags, (flags) => {
      if (RuntimeFlags.interruptible(flags)) this.leave(fiber)
    }))
  }

  private leave(fiber: Fiber.RuntimeFiber<unknown>): void {
    if (this.isOver()) return
    this.close(Exit.succeed(Option.none()))
    fiber.unsafeInterruptAsFork(FiberId.none)
  }

  private close(exit: Exit.Exit<Option.Option<A>, E>): void {
    if (this.isOver()) return
    this.exit = Option.some(exit)
    this.observer()
  }
}
