/** Work on what a stream gives, some of it at a time, in several places side by side. */
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as Given from "./given.js"

/**
 * - `lanes`: how many places there are;
 * - `atATime`: how many things may be in them together;
 * - `ordered`: whether the results come in the order of the things;
 * - `work`: what is done in one place with those that came together; one result for each.
 */
export interface Options<A, B> {
  readonly lanes: number
  readonly atATime: number
  readonly ordered: boolean
  readonly work: (some: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>>
}

/** What comes of it; a failure or a defect of the stream comes last. */
export const run = <A, B, E, R>(
  things: Stream.Stream<A, E, R>,
  options: Options<A, B>
): Stream.Stream<B, E, R> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const lanes = Math.min(options.lanes, options.atATime)
    const share = Math.ceil(options.atATime / lanes)
    const given = Given.make<A, E>(options.atATime)
    const results = yield* Queue.bounded<Effect.Effect<Chunk.Chunk<B>, Option.Option<E>>>(lanes)
    const one = yield* Effect.makeSemaphore(1)

    /** What is at hand; the others shall have something to do, too. */
    const take = given.take((held) => Math.min(share, Math.max(1, Math.ceil(held / lanes))))

    /** Whether there was anything to do. */
    const step = Effect.gen(function*() {
      const promise = yield* Deferred.make<Chunk.Chunk<B>>()
      const some = yield* one.withPermits(1)(Effect.tap(take, (some) =>
        options.ordered && some.length > 0
          ? Queue.offer(results, Deferred.await(promise))
          : Effect.void))
      if (some.length === 0) {
        return false
      }
      const work = Effect.map(options.work(some), Chunk.unsafeFromArray)
      yield* options.ordered
        ? Deferred.complete(promise, work)
        : Effect.flatMap(Effect.exit(work), (done) =>
          Queue.offer(results, done))
      return true
    })
    const lane = Effect.repeat(step, { while: (goOn) => goOn })

    const finish = Effect.flatMap(given.end, (end) => Queue.offer(results, end))
    yield* Effect.forkScoped(given.feed(things))
    yield* Effect.forkScoped(Effect.zipRight(
      Effect.replicateEffect(lane, lanes, { concurrency: "unbounded", discard: true }),
      finish
    ))
    return Stream.repeatEffectChunkOption(Effect.flatten(Queue.take(results)))
  }))
