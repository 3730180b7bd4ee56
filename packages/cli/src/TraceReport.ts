/**
 * TraceReport: what `smtp trace` says of a message's way, for people and for programs. Nothing that a
 * message holds can do anything to the terminal.
 *
 * @module
 */
import type * as Facts from "@effect-smtp/received/Facts"
import * as Hop from "@effect-smtp/received/Hop"
import type * as HostModule from "@effect-smtp/received/Host"
import * as Protocol from "@effect-smtp/received/Protocol"
import * as Trace from "@effect-smtp/received/Trace"
import * as TraceTable from "@effect-smtp/received/TraceTable"
import * as DateTime from "@effect-smtp/wire/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`

const skew = (hop: Hop.Hop, index: number): string =>
  `hop ${index + 1} is dated ${
    Hop.printDelay(-Option.getOrElse(hop.delay, () => 0))
  } before the one that came before it: the clocks do not agree`

/** What there is to remark, a line for each. */
const remarks = (trace: Trace.Trace): ReadonlyArray<string> => [
  ...trace.hops.flatMap((hop, index) => Hop.isSkewed(hop) ? [skew(hop, index)] : []),
  ...trace.hops.flatMap(({ received }, index) =>
    Either.isLeft(received) ? [`hop ${index + 1} cannot be read: ${received.left.message}`] : []
  ),
  ...Trace.revisited(trace).map(([host, times]) => `${host} took the message ${times} times`),
  ...(Trace.loops(trace) ? ["so many hops mean that the message was in a loop"] : []),
  ...(trace.end === "Limit"
    ? [`only the first ${Trace.limits.header} octets of the header were read`]
    : [])
]

/** The table, a line that sums it up, and what there is to remark. */
export const lines = (trace: Trace.Trace): ReadonlyArray<string> => {
  const total = Option.map(Trace.duration(trace), (millis) => `, ${Hop.printDelay(millis)}`)
  return [
    ...TraceTable.print(trace),
    `${count(trace.hops.length, "hop")}${Option.getOrElse(total, () => "")}`,
    ...remarks(trace)
  ]
}

const hostJson = ({ address, name, reverse }: HostModule.Host) => ({
  name: Option.getOrNull(name),
  reverse: Option.getOrNull(reverse),
  address: Option.getOrNull(address)
})

const factsJson = (facts: Facts.Facts) => ({
  from: Option.getOrNull(Option.map(facts.from, hostJson)),
  by: Option.getOrNull(Option.map(facts.by, hostJson)),
  via: Option.getOrNull(facts.via),
  with: Option.getOrNull(Option.map(facts.with, Protocol.print)),
  tls: Option.getOrNull(Option.map(facts.tls, ({ bits, cipher, version }) => ({
    version: Option.getOrNull(version),
    cipher: Option.getOrNull(cipher),
    bits: Option.getOrNull(bits)
  }))),
  id: Option.getOrNull(facts.id),
  for: facts.for,
  sender: Option.getOrNull(facts.sender),
  user: Option.getOrNull(facts.user),
  date: Option.getOrNull(Option.map(facts.date, DateTime.printIso)),
  notes: facts.notes,
  rest: facts.rest
})

const hopJson = (hop: Hop.Hop) => ({
  raw: hop.raw,
  delay: Option.getOrNull(hop.delay),
  ...Option.match(hop.facts, {
    onSome: factsJson,
    onNone: () => ({
      error: Option.getOrNull(Option.map(Either.getLeft(hop.received), (_) => _.message))
    })
  })
})

/** JSON leaves characters as they are that a terminal acts upon, or that nobody sees. */
const escaped = (json: string): string =>
  json.replace(
    /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) =>
      char.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
  )

/**
 * The trace as JSON: `hops`, the first one first, each with its `raw` text, its `delay` in milliseconds, and
 * what it says, or the `error`; `duration` in milliseconds; the indices of `skewed` hops; `revisited` hosts;
 * whether it `loops`; whether the header was read to its end (`complete`). What is not known is null.
 */
export const toJson = (trace: Trace.Trace): string =>
  escaped(JSON.stringify(
    {
      hops: trace.hops.map(hopJson),
      duration: Option.getOrNull(Trace.duration(trace)),
      skewed: Trace.skewed(trace),
      revisited: Object.fromEntries(Trace.revisited(trace)),
      loops: Trace.loops(trace),
      complete: trace.end !== "Limit"
    },
    null,
    2
  ))
