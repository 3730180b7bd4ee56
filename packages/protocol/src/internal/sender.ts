import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Outbox from "./outbox.js"

/** What leaves, over a transport. */
export class Sender<E> {
  private readonly outbox = new Outbox.Outbox()
  private posted = false
  /** From when something posted begins to leave until all has left: for good, if that goes wrong. */
  private leaving = false
  private writer: Option.Option<Fiber.RuntimeFiber<void, E>> = Option.none()

  constructor(private readonly write: (bytes: Uint8Array) => Effect.Effect<void, E>) {}

  /** Takes bytes in; true when it is time to let them leave. */
  add(bytes: Uint8Array): boolean {
    return this.outbox.add(bytes)
  }

  /** Takes bytes in that leave by themselves. */
  post(bytes: Uint8Array, leaving?: () => void): void {
    this.posted = true
    this.outbox.add(bytes, leaving)
  }

  /** Something that began to leave has not left, and may never have. */
  isBusy(): boolean {
    return Option.exists(this.writer, isBusy)
  }

  /** What there is to do until everything was taken by the transport. */
  flush(): Effect.Effect<void, E> {
    return Option.match(Option.filter(this.writer, isBusy), {
      onNone: () => this.rest(),
      // Nothing leaves before what was to leave earlier has left.
      onSome: (writer) => Effect.flatMap(Fiber.join(writer), () => this.rest())
    })
  }

  /** What there is to do before one listens. */
  turn(): Effect.Effect<void, E> {
    return this.posted ? this.begin() : this.outbox.isEmpty() ? Effect.void : this.flush()
  }

  /** Fails with what went wrong behind the back of the one who listens, if anything did. */
  check(): Effect.Effect<void, E> {
    return Option.match(Option.flatMapNullable(this.writer, (fiber) => fiber.unsafePoll()), {
      onNone: () => Effect.void,
      onSome: (exit) => exit
    })
  }

  /** Stops what is on its way. */
  stop(): Effect.Effect<void> {
    return Option.match(this.writer, {
      onNone: () => Effect.void,
      onSome: Fiber.interruptFork
    })
  }

  private rest(): Effect.Effect<void, E> {
    this.posted = false
    const parcels = this.outbox.take()
    return parcels.length === 1
      ? this.writeOne(parcels[0])
      : Effect.forEach(parcels, (parcel) => this.writeOne(parcel), { discard: true })
  }

  private writeOne({ bytes, leaving }: Outbox.Parcel): Effect.Effect<void, E> {
    for (const tell of leaving) tell()
    return this.write(bytes)
  }

  /** What is posted while something leaves, leaves behind it. */
  private all(): Effect.Effect<void, E> {
    return Effect.flatMap(this.rest(), () => {
      if (this.posted) return this.all()
      this.leaving = false
      return Effect.void
    })
  }

  /** It waits for nothing: the peer may take no more before somebody listens to it again. */
  private begin(): Effect.Effect<void> {
    if (this.leaving) return Effect.void
    this.leaving = true
    const all = Effect.interruptible(Effect.suspend(() => this.all()))
    return Effect.map(Effect.forkDaemon(all), (fiber) => {
      this.writer = Option.some(fiber)
    })
  }
}

const isBusy = (fiber: Fiber.RuntimeFiber<void, unknown>): boolean => {
  const exit = fiber.unsafePoll()
  return exit === null || Exit.isFailure(exit)
}
