import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Growth from "../src/Growth.js"

/** Grows by each of these in turn. */
const contestant = (name: string, resident: ReadonlyArray<number>, order: Array<string>) => {
  let round = 0
  return {
    name,
    grow: Effect.sync(() => {
      order.push(name)
      return { resident: resident[round++], program: -round }
    })
  }
}

describe("Growth", () => {
  describe("hold", () => {
    it.effect("takes turns, and gives the medians", () =>
      Effect.gen(function*() {
        const order: Array<string> = []
        const result = yield* Growth.hold({
          ours: contestant("a", [1, 9, 2], order),
          theirs: contestant("b", [5, 4, 6], order)
        }, { title: "idle", unit: "KiB", rounds: 3 })
        expect(order).toEqual(["a", "b", "a", "b", "a", "b"])
        expect(result).toEqual({
          title: "idle",
          unit: "KiB",
          ours: { name: "a", resident: 2, program: -2 },
          theirs: { name: "b", resident: 5, program: -2 }
        })
      }))
  })
})
