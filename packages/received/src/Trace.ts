/**
 * Trace: the way that a message has come, as its `Received:` fields tell it. Only those of hosts that one
 * trusts, the last ones, are to be believed: everything before them is text that came with the message.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import * as Hop from "./Hop.js"
import * as HeaderFields from "./internal/headerFields.js"

/**
 * - `hops`: in the order of the way, the first one first: the other way round than in the message. Those
 *   that cannot be read are among them;
 * - `others`: the other fields of the header, in their order, as they are;
 * - `end`: what came behind the header: the empty line, nothing, or more than the limit, which has not
 *   been read then.
 */
export interface Trace {
  readonly hops: ReadonlyArray<Hop.Hop>
  readonly others: ReadonlyArray<string>
  readonly end: HeaderFields.HeaderFields["end"]
}

/** `header`: how much of a header is read unless told otherwise, in octets. */
export const limits = { header: 1024 * 1024 } as const

/** How many fields of that kind a message may have before it loops (RFC 5321 section 6.3). */
export const manyHops = 100

const isReceived = (field: string): boolean => /^received[ \t]*:/i.test(field)

/** The trace of a header that has been cut into fields, in the order of the message. */
export const fromFields = (
  fields: ReadonlyArray<string>,
  end: Trace["end"] = "EmptyLine"
): Trace => ({
  hops: Hop.fromFields(fields.filter(isReceived).reverse()),
  others: fields.filter((field) => !isReceived(field)),
  end
})

/**
 * Reads the header of a message and not its body: the stream is not pulled again behind the empty line,
 * nor behind `limit` octets. Lines may end in CR LF or LF. Octets are read as UTF-8.
 */
export const read = <E, R>(
  message: Stream.Stream<Uint8Array, E, R>,
  limit: number = limits.header
): Effect.Effect<Trace, E, R> =>
  Effect.map(HeaderFields.read(message, limit), ({ end, fields }) => fromFields(fields, end))

/** Milliseconds from the first date to the last; none with less than two. */
export const duration = ({ hops }: Trace): Option.Option<number> => {
  const dates = hops.flatMap((hop) => Option.toArray(Hop.date(hop)))
  const [first] = dates
  const last = dates[dates.length - 1]
  return first !== undefined && last !== undefined && dates.length > 1
    ? Option.some(last.millis - first.millis)
    : Option.none()
}

/** The hops at which dates go backwards, by their index. */
export const skewed = ({ hops }: Trace): ReadonlyArray<number> =>
  hops.flatMap((hop, at) => Hop.isSkewed(hop) ? [at] : [])

/** Whether all dates that there are come in order. */
export const isOrdered = (trace: Trace): boolean => skewed(trace).length === 0

/** Fields that could not be read, as they are. */
export const unread = ({ hops }: Trace): ReadonlyArray<Hop.Hop> =>
  hops.filter(({ received }) => received._tag === "Left")

/** How often each host took the message, by its name in lower case (`Hop.host`). */
export const visits = ({ hops }: Trace): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const hop of hops) {
    Option.map(Hop.host(hop), (name) => counts.set(name, (counts.get(name) ?? 0) + 1))
  }
  return counts
}

/** How often the message has been at that host: 0 for one that it has not been at. */
export const timesAt = (trace: Trace, host: string): number =>
  visits(trace).get(host.toLowerCase()) ?? 0

/** The hosts that took the message more than once, and how often. A filter makes for two; a loop for more. */
export const revisited = (trace: Trace): ReadonlyArray<readonly [host: string, times: number]> =>
  Array.from(visits(trace)).filter(([, times]) => times > 1)

/** Whether there are so many hops that the message must be in a loop (RFC 5321 section 6.3). */
export const loops = ({ hops }: Trace, many: number = manyHops): boolean => hops.length >= many
