import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Contest from "../src/Contest.js"
import * as Report from "../src/Report.js"
import type * as Task from "../src/Task.js"

const rules = {
  title: "Receiving",
  messages: 10,
  octets: 100,
  recipients: 1,
  connections: 1,
  perConnection: "All",
  atATime: 1,
  warmUps: 1,
  rounds: 3
} as const

const nothing = { resident: 0, program: 0 }

/** A receiver and a sender that agree, but for `lost` messages; each round takes as long as told. */
const contestant = (
  name: string,
  { lost, seconds }: { readonly lost: number; readonly seconds: ReadonlyArray<number> },
  order: Array<string> = []
): Contest.Contestant => {
  const total = { messages: 0, octets: 0, cpuMicros: 0 }
  let round = 0
  return {
    name,
    role: "receiver",
    receiver: () =>
      Effect.sync((): Task.Tally => ({ port: 1, ...total, held: nothing, most: nothing })),
    sender: ({ messages, octets }) =>
      Effect.sync(() => {
        order.push(name)
        total.messages += messages - lost
        total.octets += (messages - lost) * octets
        total.cpuMicros += 1000
        return { seconds: seconds[round++], cpuMicros: 7 }
      })
  }
}

describe("Contest", () => {
  describe("hold", () => {
    it.effect("takes turns, and gives the medians of what came after the warm-up", () =>
      Effect.gen(function*() {
        const order: Array<string> = []
        const result = yield* Contest.hold({
          ours: contestant("a", { lost: 0, seconds: [100, 2, 1, 4] }, order),
          theirs: contestant("b", { lost: 0, seconds: [1, 10, 10, 10] }, order)
        }, rules)
        expect(order).toEqual(["a", "b", "a", "b", "a", "b", "a", "b"])
        expect(result.ours).toEqual({ name: "a", perSecond: 5, cpuMicros: 100 })
        expect(result.theirs).toEqual({ name: "b", perSecond: 1, cpuMicros: 100 })
        expect(Report.print(result).split("\n").at(-1)).toMatch(/^ *ours \/ theirs +5\.00 +1\.00$/)
      }))

    it.effect("fails when a message is lost", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Contest.hold({
          ours: contestant("a", { lost: 1, seconds: [1, 1, 1, 1] }),
          theirs: contestant("b", { lost: 0, seconds: [1, 1, 1, 1] })
        }, rules))
        expect(error.message).toBe(
          "a: expected 10 messages with 1000 octets, found 9 messages with 900 octets"
        )
      }))
  })
})
