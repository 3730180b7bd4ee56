/**
 * Idle: what a receiver grows by for each connection that is open and says nothing.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Bench from "./Bench.js"
import { Miscounted } from "./Contest.js"
import * as Held from "./Held.js"
import type { WorkerFailed } from "./Worker.js"

/** As many come and go first, so that what every process has once is not counted. */
const warmUp = 500

/**
 * Octets for each of so many connections. The clients have read the greeting; they are raw sockets in
 * another process, and all of them must still be open when the memory has been measured.
 */
export const grow = (
  program: string,
  connections: number
): Effect.Effect<Held.Held, WorkerFailed | Miscounted> =>
  Effect.scoped(Effect.gen(function*() {
    const receiver = yield* Bench.receiver(program)
    const { port } = yield* receiver("Count")
    yield* Effect.scoped(
      Effect.flatMap(Bench.holder, (holder) => holder({ port, more: warmUp }))
    )
    const before = yield* receiver("Settle")
    const holder = yield* Bench.holder
    yield* holder({ port, more: connections })
    const after = yield* receiver("Settle")
    const { open } = yield* holder({ port, more: 0 })
    if (open !== connections) {
      return yield* new Miscounted({
        name: program,
        expected: `${connections} open connections`,
        found: `${open}`
      })
    }
    return Held.per(Held.growth(before.held, after.held), connections)
  }))
