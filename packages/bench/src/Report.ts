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
