/**
 * Report: the results as a table.
 *
 * @module
 */
import type * as Contest from "./Contest.js"
import * as Stats from "./Stats.js"

const row = (cells: readonly [string, string, string]): string =>
  `  ${cells[0].padEnd(16)}${cells[1].padStart(16)}${cells[2].padStart(20)}`

const figures = ({ cpuMicros, name, perSecond }: Contest.Figures): string =>
  row([name, perSecond.toFixed(0), cpuMicros.toFixed(0)])

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
  const verdict = reached ? "reached" : "missed"
  return `  target: ${what} ${bound} ${ratio.toFixed(2)} times theirs: ${verdict}, ${
    found.toFixed(2)
  }`
}

/** One contest: the medians of both, and ours divided by theirs. */
export const print = ({ ours, theirs, title }: Contest.Result): string =>
  [
    title,
    row(["", "messages/s", "CPU µs/message"]),
    figures(ours),
    figures(theirs),
    row([
      "ours / theirs",
      Stats.ratio(ours.perSecond, theirs.perSecond).toFixed(2),
      Stats.ratio(ours.cpuMicros, theirs.cpuMicros).toFixed(2)
    ])
  ].join("\n")
