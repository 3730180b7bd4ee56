/**
 * Stats: what is made of the measurements of several rounds.
 *
 * @module
 */
import * as Arr from "effect/Array"
import * as Number from "effect/Number"

/** The middle one, or the mean of the two in the middle: a round that was disturbed has no say. */
export const median = (values: Arr.NonEmptyReadonlyArray<number>): number => {
  const sorted = Arr.sort(values, Number.Order)
  const upper = Math.floor(sorted.length / 2)
  const lower = Math.floor((sorted.length - 1) / 2)
  return (sorted[lower] + sorted[upper]) / 2
}

/** How many times the second the first is. */
export const ratio = (ours: number, theirs: number): number => ours / theirs
