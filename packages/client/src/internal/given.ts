/** What a stream has given, and nobody has taken yet. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/**
 * - `feed`: takes what the stream gives, as long as less is held than may be;
 * - `take`: as many as `share` says of those that are held, as soon as there are any: none, once there
 *   will never be. One takes at a time;
 * - `end`: how the stream has ended; only to be asked once nothing was left to take.
 */
export interface Given<A, E> {
  readonly feed: <R>(stream: Stream.Stream<A, E, R>) => Effect.Effect<void, never, R>
  readonly take: (share: (held: number) => number) => Effect.Effect<ReadonlyArray<A>>
  readonly end: Effect.Effect<Exit.Exit<never, Option.Option<E>>>
}

/** Nothing yet. So many may be held before the stream has to wait, and the chunk that it gives then. */
export const make = <A, E>(enough: number): Given<A, E> => {
  const held: Array<A> = []
  const end = MutableRef.make<Exit.Exit<never, Option.Option<E>>>(Exit.fail(Option.none()))
  const ended = MutableRef.make(false)
  const any = Effect.unsafeMakeLatch(false)
  const room = Effect.unsafeMakeLatch(true)

  const finish = (exit: Exit.Exit<never, Option.Option<E>>) =>
    Effect.suspend(() => {
      end.current = exit
      ended.current = true
      return any.open
    })

  return {
    feed: (stream) =>
      Effect.matchCauseEffect(
        Stream.runForEachChunk(stream, (chunk) =>
          Effect.suspend(() => {
            for (const thing of chunk) held.push(thing)
            if (held.length > 0) any.unsafeOpen()
            if (held.length >= enough) room.unsafeClose()
            return room.await
          })),
        {
          onFailure: (cause) => finish(Exit.failCause(Cause.map(cause, Option.some))),
          onSuccess: () => finish(Exit.fail(Option.none()))
        }
      ),
    take: (share) =>
      Effect.zipRight(
        any.await,
        Effect.sync(() => {
          const some = held.splice(0, share(held.length))
          if (held.length === 0 && !ended.current) any.unsafeClose()
          if (held.length < enough) room.unsafeOpen()
          return some
        })
      ),
    end: Effect.sync(() => end.current)
  }
}
