/**
 * Report: the results as a table.
 *
 * @module
 */
import * as Option from "effect/Option"
import type * as Contest from "./Contest.js"
import type * as Growth from "./Growth.js"
import * as Stats from "./Stats.js"

const row = (cells: readonly [string, string, string]): string =>
  `  ${cells[0].padEnd(16)}${cells[1].padStart(16)}${cells[2].padStart(20)}`

/** What each figure of a contestant is called, and how many decimals it has. */
interface Columns<F extends string> {
  readonly figures: readonly [F, F]
  readonly titles: readonly [string, string]
  readonly decimals: number
}

/** A title, the figures of both, and ours divided by theirs. */
const table = <F extends string>(
  title: string,
  { decimals, figures: [first, second], titles }: Columns<F>,
  { ours, theirs }: Record<"ours" | "theirs", Record<F, number> & { readonly name: string }>
): string => {
  const figures = (of: typeof ours) =>
    row([of.name, of[first].toFixed(decimals), of[second].toFixed(decimals)])
  return [
    title,
    row(["", ...titles]),
    figures(ours),
    figures(theirs),
    row([
      "ours / theirs",
      Stats.ratio(ours[first], theirs[first]).toFixed(2),
      Stats.ratio(ours[second], theirs[second]).toFixed(2)
    ])
  ].join("\n")
}

const printVerdict = (wanted: string, reached: boolean, found: number): string =>
  `  target: ${wanted}: ${reached ? "reached" : "missed"}, ${found.toFixed(2)}`

/** What is to be reached in one of the figures: that many times theirs, or more of it, or less. */
export interface Target {
  readonly figure: "perSecond" | "cpuMicros"
  readonly ratio: number
}

/** Whether it was reached. More messages in a second are better, and less processor time. */
export const printTarget = (
  { ours, theirs }: Contest.Result,
  { figure, ratio }: Target
): string => {
  const found = Stats.ratio(ours[figure], theirs[figure])
  const [what, bound, reached] = figure === "perSecond"
    ? ["messages/s", "at least", found >= ratio] as const
    : ["CPU", "at most", found <= ratio] as const
  return printVerdict(`${what} ${bound} ${ratio.toFixed(2)} times theirs`, reached, found)
}

/** One contest: the medians of both, and ours divided by theirs. */
export const print = (result: Contest.Result): string =>
  table(result.title, {
    figures: ["perSecond", "cpuMicros"],
    titles: ["messages/s", "CPU µs/message"],
    decimals: 0
  }, result)

/** One contest of memory, and whether ours grew by no more than `most` resident, in its unit, if it must not. */
export const printGrowth = (result: Growth.Result, most: Option.Option<number>): string =>
  [
    table(result.title, {
      figures: ["resident", "program"],
      titles: [`resident ${result.unit}`, `program ${result.unit}`],
      decimals: 1
    }, result),
    ...Option.toArray(Option.map(most, (bound) =>
      printVerdict(
        `resident at most ${bound.toFixed(2)} ${result.unit}`,
        result.ours.resident <= bound,
        result.ours.resident
      )))
  ].join("\n")
