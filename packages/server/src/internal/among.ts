import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as MutableRef from "effect/MutableRef"
import * as Queue from "effect/Queue"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Stream from "effect/Stream"
import * as Take from "effect/Take"
import type { Incoming, IncomingError } from "../Incoming.js"
import { MessageTooLarge, NotReadable } from "../Incoming.js"
import { Gathered } from "./gathered.js"

/** Where a reader gets its chunks, and is told that it is too late. */
interface Seat {
  readonly chunks: Queue.Queue<Take.Take<Uint8Array, IncomingError>>
  readonly late: Deferred.Deferred<void>
}

/** How many chunks a reader may be ahead of the slowest one. */
const ahead = 4

const seat: Effect.Effect<Seat> = Effect.all({
  chunks: Queue.bounded<Take.Take<Uint8Array, IncomingError>>(ahead),
  late: Deferred.make<void>()
})

/**
 * One message for several readers at a time. Each reads all of it, a part or nothing; the slowest of those
 * that have not ended sets the pace, as long as nobody waits for it longer than `patience`: it is
 * interrupted then, and `late` answers for it. One that cannot be interrupted at that moment is heard, and
 * when none but such are left all of this cannot be interrupted either.
 */
export const among = <A, E, R>(
  message: Incoming,
  readers: ReadonlyArray<(message: Incoming) => Effect.Effect<A, E, R>>,
  { late, patience }: { readonly patience: Duration.DurationInput; readonly late: Effect.Effect<A> }
): Effect.Effect<Array<A>, E, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const readings = yield* Effect.forEach(readers, (read) =>
        Effect.flatMap(seat, (seat) =>
          restore(Effect.suspend(() => read(view(seat)))).pipe(
            Effect.ensuring(Queue.shutdown(seat.chunks)),
            Effect.fork,
            Effect.map((fiber) => ({ fiber, seat }))
          )))
      const seats = readings.map(({ seat }) =>
        seat
      )
      const server = yield* Effect.fork(Effect.interruptible(serve(message, seats, patience)))
      return yield* restore(
        Effect.forEach(readings, (reading) => heard(reading, late), { concurrency: "unbounded" })
      ).pipe(
        Effect.flatMap((answers) => Effect.all(answers, { concurrency: "unbounded" })),
        Effect.ensuring(Fiber.interruptAll([server, ...readings.map(({ fiber }) => fiber)]))
      )
    })
  )

/** How a reader will answer: with what it has come to, or will, or has not in time. */
const heard = <A, E>(
  { fiber, seat }: { readonly fiber: Fiber.RuntimeFiber<A, E>; readonly seat: Seat },
  late: Effect.Effect<A>
): Effect.Effect<Effect.Effect<A, E>> =>
  Effect.raceFirst(
    Effect.as(Fiber.await(fiber), Fiber.join(fiber)),
    Deferred.await(seat.late).pipe(
      Effect.zipRight(fiber.runtimeFlags),
      Effect.flatMap((flags) =>
        RuntimeFlags.interruptible(flags)
          ? Effect.as(Fiber.interruptFork(fiber), late)
          : Effect.succeed(Fiber.join(fiber))
      )
    )
  )

/** A seat that was left takes nothing any more, and keeps nobody waiting. */
const serve = (
  message: Incoming,
  seats: ReadonlyArray<Seat>,
  patience: Duration.DurationInput
): Effect.Effect<void> => {
  const toAll = (one: (seat: Seat) => Effect.Effect<unknown>) =>
    Effect.forEach(seats, one, { concurrency: "unbounded", discard: true })
  const put = (take: Take.Take<Uint8Array, IncomingError>) =>
    toAll(({ chunks, late }) =>
      Effect.exit(Queue.offer(chunks, take)).pipe(
        Effect.timeoutTo({
          duration: patience,
          onSuccess: () => Effect.void,
          onTimeout: () => Deferred.succeed(late, undefined)
        }),
        Effect.flatten
      )
    )
  const end = (take: Take.Take<Uint8Array, IncomingError>) =>
    Effect.zipRight(
      Effect.zip(put(take), Effect.sleep(patience), { concurrent: true }),
      toAll(({ late }) => Deferred.succeed(late, undefined))
    )
  return Stream.runForEach(message.stream, (chunk) => put(Take.of(chunk))).pipe(
    Effect.matchCauseEffect({
      onFailure: (cause) => end(Take.failCause(cause)),
      onSuccess: () => end(Take.end)
    })
  )
}

/** Whoever has begun to read has that reading only: what is behind it may have a gap before it. */
const view = ({ chunks }: Seat): Incoming => {
  const isRead = MutableRef.make(false)
  const stream = Stream.unwrap(Effect.suspend(() =>
    MutableRef.getAndSet(isRead, true)
      ? Effect.fail(new NotReadable())
      : Effect.succeed(Stream.flattenTake(Stream.fromQueue(chunks, { maxChunkSize: 1 })))
  ))
  return {
    stream,
    collect: (limit) =>
      Effect.suspend(() => {
        const gathered = new Gathered(limit)
        return stream.pipe(
          Stream.runForEach((chunk) =>
            gathered.add(chunk) ? Effect.void : Effect.fail(new MessageTooLarge({ limit }))
          ),
          Effect.map(() => gathered.bytes())
        )
      })
  }
}
