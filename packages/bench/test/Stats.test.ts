import { describe, expect, it } from "@effect/vitest"
import * as Stats from "../src/Stats.js"

describe("Stats", () => {
  describe("median", () => {
    it("is the value in the middle, in whatever order they come", () => {
      expect(Stats.median([30, 1, 2])).toBe(2)
      expect(Stats.median([7])).toBe(7)
    })

    it("is the mean of the two in the middle of an even number", () => {
      expect(Stats.median([10, 1, 3, 2])).toBe(2.5)
    })

    it("compares numbers, not their texts", () => {
      expect(Stats.median([9, 10, 100])).toBe(10)
    })
  })

  describe("ratio", () => {
    it("is ours divided by theirs", () => {
      expect(Stats.ratio(3, 2)).toBe(1.5)
    })
  })
})
