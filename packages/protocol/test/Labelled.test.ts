import { describe, expect, it } from "@effect/vitest"
import * as Metric from "effect/Metric"
import * as MetricLabel from "effect/MetricLabel"
import * as Labelled from "../src/Labelled.js"

describe("Labelled", () => {
  it("counts by its own labels and by those that it is given, which are put together once", () => {
    const seen: Array<Labelled.Labels> = []
    const counter = Metric.counter("protocol_labelled_test")
    const watched = Metric.make(
      counter.keyType,
      (input: number, labels) => {
        seen.push(labels)
        counter.unsafeUpdate(input, labels)
      },
      (labels) => counter.unsafeValue(labels),
      (input, labels) => counter.unsafeModify(input, labels)
    )
    const count = Labelled.make(watched, { outcome: "accepted" })
    const [here, there] = ["here", "there"].map((place) => [MetricLabel.make("place", place)])
    count(1, here)
    count(2, here)
    count(4, there)
    const [first, second, third] = seen
    expect(second).toBe(first)
    expect(first.map(({ key, value }) => `${key}=${value}`))
      .toEqual(["outcome=accepted", "place=here"])
    expect([first, third].map((labels) => counter.unsafeValue(labels).count)).toEqual([3, 4])
  })
})
