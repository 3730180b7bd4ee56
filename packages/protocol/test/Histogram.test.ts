import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Histogram from "../src/Histogram.js"

describe("Histogram", () => {
  describe("milliseconds", () => {
    it.effect("has buckets up to a minute and a bit, and one for all that takes longer", () =>
      Effect.gen(function*() {
        const histogram = Histogram.milliseconds("histogram_test", "A test")
        yield* Effect.forEach(
          [0, 1, 1.5, 60_000, 70_000, 1e9],
          (time) => Metric.update(histogram, time)
        )
        const { buckets, count } = yield* Metric.value(histogram)
        expect(count).toBe(6)
        expect(buckets.map(([boundary]) => boundary)).toEqual([
          ...Array.from({ length: 17 }, (_, index) => 2 ** index),
          Number.POSITIVE_INFINITY
        ])
        expect(buckets.filter(([boundary]) => [1, 2, 65_536].includes(boundary)))
          .toEqual([[1, 2], [2, 3], [65_536, 4]])
      }))
  })
})
