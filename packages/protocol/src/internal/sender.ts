import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Outbox from "./outbox.js"

/** What leaves. */
export interface Sender<E> {
  /** Takes bytes in; true when it is time to let them leave. */
  readonly add: Outbox.Outbox["add"]
  /** Takes bytes in that leave by themselves. */
  readonly post: (bytes: Uint8Array, leaving?: () => void) => void
  /** Done when everything was taken by the transport. */
  readonly flush: Effect.Effect<void, E>
  /** What has to be done before one listens, if anything was gathered. */
  readonly turn: Effect.Effect<void, E>
  /** Something that began to leave has not left. */
  readonly isBusy: () => boolean
  /** Fails with what went wrong behind the back of the one who listens, if anything did. */
  readonly check: Effect.Effect<void, E>
  /** Stops what is on its way. */
  readonly stop: Effect.Effect<void>
}

/** A sender with nothing to say, over a transport. */
export const make = <E>(
  write: (bytes: Uint8Array) => Effect.Effect<void, E>
): Sender<E> => {
  const outbox = Outbox.make()
  const posted = MutableRef.make(false)
  /** From when something posted begins to leave until all has left: for good, if that goes wrong. */
  const leaving = MutableRef.make(false)
  const writer = MutableRef.make(Option.none<Fiber.RuntimeFiber<void, E>>())

  const writeOne = ({ bytes, leaving }: Outbox.Parcel) => {
    for (const tell of leaving) tell()
    return write(bytes)
  }
  const writeAll = (parcels: ReadonlyArray<Outbox.Parcel>): Effect.Effect<void, E> =>
    parcels.length === 1
      ? Effect.suspend(() => writeOne(parcels[0]))
      : Effect.forEach(parcels, writeOne, { discard: true })

  /** Nothing leaves before what was to leave earlier has left. */
  const arrived: Effect.Effect<void, E> = Effect.suspend(() =>
    Option.match(Option.filter(writer.current, isBusy), {
      onNone: () => Effect.void,
      onSome: Fiber.join
    })
  )
  const rest = Effect.suspend(() => {
    posted.current = false
    return writeAll(outbox.take())
  })
  const flush = Effect.zipRight(arrived, rest)
  /** What is posted while something leaves, leaves behind it. */
  const all: Effect.Effect<void, E> = Effect.flatMap(rest, () => {
    if (posted.current) return all
    leaving.current = false
    return Effect.void
  })
  /** It waits for nothing: the peer may take no more before somebody listens to it again. */
  const begin = Effect.suspend(() => {
    if (leaving.current) return Effect.void
    leaving.current = true
    return Effect.map(Effect.forkDaemon(Effect.interruptible(all)), (fiber) => {
      writer.current = Option.some(fiber)
    })
  })

  return {
    add: outbox.add,
    post: (bytes, leaving) => {
      posted.current = true
      outbox.add(bytes, leaving)
    },
    flush,
    turn: Effect.suspend(() => posted.current ? begin : outbox.isEmpty() ? Effect.void : flush),
    isBusy: () => Option.exists(writer.current, isBusy),
    check: Effect.suspend(() =>
      Option.match(Option.flatMapNullable(writer.current, (fiber) => fiber.unsafePoll()), {
        onNone: () => Effect.void,
        onSome: (exit) => exit
      })
    ),
    stop: Effect.suspend(() =>
      Option.match(writer.current, {
        onNone: () => Effect.void,
        onSome: Fiber.interruptFork
      })
    )
  }
}

/** It has not done what it was to do, and may never have. */
const isBusy = (fiber: Fiber.RuntimeFiber<void, unknown>): boolean => {
  const exit = fiber.unsafePoll()
  return exit === null || Exit.isFailure(exit)
}
