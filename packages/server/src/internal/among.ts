import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as MutableRef from "effect/MutableRef"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as Take from "effect/Take"
import type { Incoming, IncomingError } from "../Incoming.js"
import { MessageTooLarge, NotReadable } from "../Incoming.js"
import * as Gathered from "./gathered.js"

type Seat = Queue.Queue<Take.Take<Uint8Array, IncomingError>>

/** How many chunks a reader may be ahead of the slowest one. */
const ahead = 4

/**
 * One message for several readers at a time. Each reads all of it, a part or nothing; the slowest of those
 * that have not ended sets the pace.
 */
export const among = <A, E, R>(
  message: Incoming,
  readers: ReadonlyArray<(message: Incoming) => Effect.Effect<A, E, R>>
): Effect.Effect<Array<A>, E, R> =>
  Effect.flatMap(
    Effect.forEach(readers, (read) =>
      Effect.map(
        Queue.bounded<Take.Take<Uint8Array, IncomingError>>(ahead),
        seated(read)
      )),
    (guests) =>
      Effect.acquireUseRelease(
        Effect.fork(Effect.interruptible(serve(message, guests.map(({ seat }) => seat)))),
        () => Effect.forEach(guests, ({ reading }) => reading, { concurrency: "unbounded" }),
        Fiber.interrupt
      )
  )

const seated = <A, E, R>(read: (message: Incoming) => Effect.Effect<A, E, R>) => (seat: Seat) => ({
  seat,
  reading: Effect.ensuring(Effect.suspend(() => read(view(seat))), Queue.shutdown(seat))
})

/** A seat that was left takes nothing any more, and keeps nobody waiting. */
const serve = (message: Incoming, seats: ReadonlyArray<Seat>): Effect.Effect<void> => {
  const put = (take: Take.Take<Uint8Array, IncomingError>) =>
    Effect.forEach(seats, (seat) => Effect.exit(Queue.offer(seat, take)), { discard: true })
  return Stream.runForEach(message.stream, (chunk) => put(Take.of(chunk))).pipe(
    Effect.matchCauseEffect({
      onFailure: (cause) => put(Take.failCause(cause)),
      onSuccess: () => put(Take.end)
    })
  )
}

/** Whoever has begun to read has that reading only: what is behind it may have a gap before it. */
const view = (seat: Seat): Incoming => {
  const isRead = MutableRef.make(false)
  const stream = Stream.unwrap(Effect.suspend(() =>
    MutableRef.getAndSet(isRead, true)
      ? Effect.fail(new NotReadable())
      : Effect.succeed(Stream.flattenTake(Stream.fromQueue(seat, { maxChunkSize: 1 })))
  ))
  return {
    stream,
    collect: (limit) =>
      Effect.suspend(() => {
        const gathered = Gathered.make(limit)
        return stream.pipe(
          Stream.runForEach((chunk) =>
            gathered.add(chunk) ? Effect.void : Effect.fail(new MessageTooLarge({ limit }))
          ),
          Effect.map(gathered.bytes)
        )
      })
  }
}
