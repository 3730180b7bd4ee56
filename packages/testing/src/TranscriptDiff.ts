/**
 * TranscriptDiff: how one conversation differs from another, entry by entry, as a value and as text:
 *
 * ```
 *   S: 220 mx.example ESMTP
 * - C: EHLO client.example
 * + C: HELO client.example
 *   S: 250 mx.example
 *   ... 12 more alike
 * ```
 *
 * @module
 */
import * as Data from "effect/Data"
import { fits } from "./Script.js"
import type { Entry, Transcript } from "./Transcript.js"
import { linePattern, print as printTranscript } from "./Transcript.js"

/** `Same` is in both transcripts, `Missing` only in what was expected, `Added` only in what came. */
export type Change = Data.TaggedEnum<{
  Same: { readonly entry: Entry }
  Missing: { readonly entry: Entry }
  Added: { readonly entry: Entry }
}>

/** Constructors and matchers of {@link Change}. */
export const Change = Data.taggedEnum<Change>()

/** From the first transcript to the second: all but `Added` is the one, all but `Missing` the other. */
export type TranscriptDiff = ReadonlyArray<Change>

/** Where something was left out of what is expected, anything fits from there on. */
const agree = (expected: Entry, actual: Entry): boolean =>
  expected._tag === "Line" && actual._tag === "Line"
    ? expected.from === actual.from && fits(linePattern(expected.text), actual.text)
    : expected._tag === actual._tag

/** Above this many pairs of entries, what is different is not looked at any closer. */
const mostPairs = 4_000_000

/** How many entries agree, in order, from each pair on: a row for each expected entry, and one more. */
const longest = (expected: Transcript, actual: Transcript): Uint32Array => {
  const width = actual.length + 1
  const lengths = new Uint32Array((expected.length + 1) * width)
  for (let row = expected.length - 1; row >= 0; row--) {
    for (let column = actual.length - 1; column >= 0; column--) {
      const at = row * width + column
      lengths[at] = agree(expected[row], actual[column])
        ? lengths[at + width + 1] + 1
        : Math.max(lengths[at + width], lengths[at + 1])
    }
  }
  return lengths
}

const missing = (entry: Entry): Change => Change.Missing({ entry })
const added = (entry: Entry): Change => Change.Added({ entry })
const same = (entry: Entry): Change => Change.Same({ entry })

/** The parts that begin and end differently. */
const between = (expected: Transcript, actual: Transcript): TranscriptDiff => {
  if (expected.length * actual.length > mostPairs) {
    return [...expected.map(missing), ...actual.map(added)]
  }
  const lengths = longest(expected, actual)
  const width = actual.length + 1
  const changes: Array<Change> = []
  let row = 0
  let column = 0
  while (row < expected.length && column < actual.length) {
    const at = row * width + column
    if (agree(expected[row], actual[column])) {
      changes.push(same(expected[row]))
      row++
      column++
    } else if (lengths[at + width] >= lengths[at + 1]) {
      changes.push(missing(expected[row++]))
    } else {
      changes.push(added(actual[column++]))
    }
  }
  return [...changes, ...expected.slice(row).map(missing), ...actual.slice(column).map(added)]
}

/**
 * Compares what was said; comments are not. A line that something was left out of in what is expected
 * is compared up to there. The work grows with the product of what differs, up to a bound above which
 * the differing part is said to differ as a whole.
 */
export const make = (expected: Transcript, actual: Transcript): TranscriptDiff => {
  const one = expected.filter(({ _tag }) => _tag !== "Comment")
  const other = actual.filter(({ _tag }) => _tag !== "Comment")
  const shorter = Math.min(one.length, other.length)
  let before = 0
  while (before < shorter && agree(one[before], other[before])) before++
  let after = 0
  while (
    after < shorter - before &&
    agree(one[one.length - 1 - after], other[other.length - 1 - after])
  ) after++
  return [
    ...one.slice(0, before).map(same),
    ...between(one.slice(before, one.length - after), other.slice(before, other.length - after)),
    ...one.slice(one.length - after).map(same)
  ]
}

/** Whether nothing differs. */
export const isSame = (self: TranscriptDiff): boolean => self.every(({ _tag }) => _tag === "Same")

/** Entries that are shown around those that differ. */
const context = 3

const marks = { Same: "  ", Missing: "- ", Added: "+ " } as const

/** The differences with what is around them, each line with LF behind it; nothing where all is alike. */
export const print = (self: TranscriptDiff): string => {
  const shown = self.map((_, index) => {
    const near = self.slice(Math.max(0, index - context), index + context + 1)
    return !isSame(near)
  })
  const lines: Array<string> = []
  let hidden = 0
  for (const [index, change] of self.entries()) {
    if (shown[index]) {
      if (hidden > 0) lines.push(alike(hidden))
      hidden = 0
      lines.push(marks[change._tag] + printTranscript([change.entry]))
    } else {
      hidden++
    }
  }
  return hidden > 0 && hidden < self.length ? [...lines, alike(hidden)].join("") : lines.join("")
}

const alike = (count: number): string => `  ... ${count} more alike\n`
