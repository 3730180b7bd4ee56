/**
 * Histogram: how long things take, in the same buckets on both sides.
 *
 * @module
 */
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"

const boundaries = MetricBoundaries.exponential({ start: 1, factor: 2, count: 18 })

/** A histogram of milliseconds: from 1 to 65,536, each bucket twice as wide as the one before. */
export const milliseconds = (
  name: string,
  description: string
): Metric.Metric.Histogram<number> => Metric.histogram(name, boundaries, description)
