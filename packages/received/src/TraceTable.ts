/**
 * TraceTable: a trace as a table for a terminal. No control and no invisible character of a message gets
 * into it, whatever is in its fields.
 *
 * @module
 */
import * as DateTime from "@effect-smtp/wire/DateTime"
import * as Option from "effect/Option"
import type { Facts } from "./Facts.js"
import * as Hop from "./Hop.js"
import * as Host from "./Host.js"
import * as Lexer from "./internal/lexer.js"
import * as Protocol from "./Protocol.js"
import type { Trace } from "./Trace.js"

/** How many columns of a cell are shown unless told otherwise; what is longer ends in an ellipsis. */
export const widest = 40

const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u
const mark = /^[\p{M}\u200c\u200d]$/u

/** The columns that a character takes on a terminal. */
const columnsOf = (char: string): number => mark.test(char) ? 0 : wide.test(char) ? 2 : 1

const columns = (text: string): number =>
  Array.from(text).reduce((sum, char) => sum + columnsOf(char), 0)

/** Characters for each column that a cell may have at most: letters may have marks, but not any number. */
const densest = 8

/** The text in no more columns than that. */
const clip = (text: string, most: number): string => {
  const dense = text.slice(0, most * densest)
  if (dense === text && columns(text) <= most) return text
  let clipped = ""
  let at = 0
  for (const char of dense) {
    at += columnsOf(char)
    if (at > most - 1) break
    clipped += char
  }
  return `${clipped}…`
}

const heading = ["#", "delay", "from", "by", "with", "date"]

const hostText = (host: Option.Option<Host.Host>): string =>
  Option.match(host, {
    onNone: () => "",
    onSome: (host) => {
      const label = Option.getOrElse(Host.label(host), () => "")
      const address = Option.getOrElse(host.address, () => "")
      return address === "" || label.includes(address) ? label : `${label} [${address}]`
    }
  })

const protocolText = ({ tls, with: protocol }: Facts): string =>
  [
    ...Option.toArray(protocol).map(Protocol.print),
    ...Option.toArray(tls).map(({ version }) => Option.getOrElse(version, () => "TLS"))
  ].join(" ")

/** A clock that goes the other way is marked. */
const delayText = (hop: Hop.Hop): string =>
  Option.match(hop.delay, {
    onNone: () => "",
    onSome: (millis) => `${Hop.printDelay(millis)}${Hop.isSkewed(hop) ? " !" : ""}`
  })

const row = (hop: Hop.Hop, index: number): ReadonlyArray<string> => [
  String(index + 1),
  delayText(hop),
  ...Option.match(hop.facts, {
    onNone: () => [`? ${Lexer.unfold(hop.raw.slice(0, 200))}`, "", "", ""],
    onSome: (facts) => [
      hostText(facts.from),
      hostText(facts.by),
      protocolText(facts),
      Option.match(facts.date, { onNone: () => "", onSome: DateTime.print })
    ]
  })
]

/** A line for the heading and one for each hop, the first one first; a delay less than none ends in `!`. */
export const print = ({ hops }: Trace, most: number = widest): ReadonlyArray<string> => {
  const rows = [heading, ...hops.map(row)].map((cells) => cells.map((cell) => clip(cell, most)))
  const widths = heading.map((_, at) =>
    rows.reduce((widest, cells) => Math.max(widest, columns(cells[at] ?? "")), 0)
  )
  return rows.map((cells) =>
    cells.map((cell, at) => {
      const space = " ".repeat((widths[at] ?? 0) - columns(cell))
      return at < 2 ? `${space}${cell}` : `${cell}${space}`
    }).join("  ").trimEnd()
  )
}
