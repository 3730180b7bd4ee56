/**
 * Held: the memory of a process.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/**
 * Octets.
 *
 * - `resident`: of the process in memory, with what the runtime has not given back to the system;
 * - `program`: of what its program holds, or has not been relieved of yet: heap and buffers.
 */
export const Held = Schema.Struct({ resident: Schema.Number, program: Schema.Number })
export type Held = typeof Held.Type

/** By this process, now. */
export const now = (): Held => {
  const { external, heapUsed, rss } = process.memoryUsage()
  return { resident: rss, program: heapUsed + external }
}

const zip = (f: (a: number, b: number) => number) => (a: Held, b: Held): Held => ({
  resident: f(a.resident, b.resident),
  program: f(a.program, b.program)
})

/** The greater of each figure. */
export const most = zip(Math.max)

/** By how much the second is more than the first. */
export const growth = zip((before, after) => after - before)

/** A part of it: by message, by connection, or in another unit. */
export const per = ({ program, resident }: Held, count: number): Held => ({
  resident: resident / count,
  program: program / count
})

/** How long after the last connection was closed there may still be something to be done for it. */
const settling = "200 millis"

/** Collects garbage, twice: what the first time finalizes is there until the second. */
const collect = Effect.gen(function*() {
  const { gc } = globalThis
  if (gc === undefined) return yield* Effect.dieMessage("started without --expose-gc")
  const once = Effect.zipRight(Effect.sleep(settling), Effect.sync(() => gc()))
  return yield* Effect.zipRight(once, once)
})

/**
 * - `settle`: collects garbage, and begins to look every millisecond;
 * - `most`: the greatest of each figure since then, or now where nobody has looked yet.
 */
export interface Watch {
  readonly settle: Effect.Effect<void>
  readonly most: Effect.Effect<Held>
}

/** Watches this process until the scope closes, once it has settled: to look takes time, too. */
export const watch: Effect.Effect<Watch, never, Scope.Scope> = Effect.gen(function*() {
  const greatest = yield* Ref.make(now())
  const scope = yield* Effect.scope
  const look = Effect.suspend(() => {
    const found = now()
    return Ref.updateAndGet(greatest, (before) => most(before, found))
  })
  const begin = yield* Effect.once(
    Effect.forkIn(Effect.repeat(look, Schedule.spaced("1 millis")), scope)
  )
  const forget = Effect.suspend(() => Ref.set(greatest, now()))
  return { settle: Effect.all([collect, forget, begin], { discard: true }), most: look }
})
