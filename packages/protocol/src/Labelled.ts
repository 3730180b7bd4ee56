/**
 * Labelled: metrics with labels of their own, in the same way on both sides.
 *
 * @module
 */
import * as Arr from "effect/Array"
import type * as Metric from "effect/Metric"
import * as MetricLabel from "effect/MetricLabel"

/** Labels of a metric, or those that a fiber adds to all of its metrics. */
export type Labels = ReadonlyArray<MetricLabel.MetricLabel>

/**
 * Updates a metric that has these labels, and those of the fiber. The same labels are the same array each
 * time: Effect looks the metric up once for every array that it is given, and does not forget it before
 * the next long garbage collection. `Metric.tagged` makes a new array for each update.
 */
export const make = <Type, In, Out>(
  metric: Metric.Metric<Type, In, Out>,
  own: Readonly<Record<string, string>>
): (input: In, labels: Labels) => void => {
  const first = Object.entries(own).map(([key, value]) => MetricLabel.make(key, value))
  const known = new WeakMap<Labels, Labels>()
  const all = (labels: Labels): Labels => {
    const before = known.get(labels)
    if (before !== undefined) return before
    const union = Arr.union(first, labels)
    known.set(labels, union)
    return union
  }
  return (input, labels) => metric.unsafeUpdate(input, all(labels))
}
