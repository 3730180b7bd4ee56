/**
 * Large: what a receiver grows by, at most, while one large message arrives that nobody keeps.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Bench from "./Bench.js"
import { Miscounted } from "./Contest.js"
import * as Held from "./Held.js"
import type { WorkerFailed } from "./Worker.js"

/** What comes first, so that what Node sets apart for any load is there already. */
const warmUp = { messages: 32, octets: 1024 * 1024 }

/** Octets, beyond what the process had before the message. */
export const grow = (
  program: string,
  octets: number
): Effect.Effect<Held.Held, WorkerFailed | Miscounted> =>
  Effect.scoped(Effect.gen(function*() {
    const receiver = yield* Bench.receiver(program)
    const sender = yield* Bench.sender("StepByStep")
    const { port } = yield* receiver("Count")
    const delivery = {
      port,
      recipients: 1,
      connections: 1,
      perConnection: "All",
      atATime: 1
    } as const
    yield* sender({ ...delivery, ...warmUp })
    const before = yield* receiver("Settle")
    yield* sender({ ...delivery, messages: 1, octets })
    const after = yield* receiver("Count")
    if (after.octets - before.octets !== octets) {
      return yield* new Miscounted({
        name: program,
        expected: `${octets} octets`,
        found: `${after.octets - before.octets}`
      })
    }
    return Held.growth(before.held, after.most)
  }))
