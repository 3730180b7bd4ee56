/**
 * Message: a message that came, as something to look into: its header, its text in the forms it has, and
 * what is attached. `Parts` finds what it is made of; postal-mime reads charsets.
 *
 * Nothing a message may hold makes reading fail, and what makes no sense is left as it is. Only one that
 * is over a limit is not read.
 *
 * @module
 */
import * as Octets from "@effect-smtp/wire/Octets"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { Header } from "./Header.js"
import * as Leaf from "./internal/leaf.js"
import { collect } from "./internal/octets.js"
import * as Parts from "./Parts.js"
import { ReadError } from "./ReadError.js"

/**
 * What is attached, or belongs to the HTML.
 *
 * - `type`: its media type, in lower case, without parameters;
 * - `fileName`: as the sender has it, in any script: it may hold a path, or anything else;
 * - `disposition`: what is to be done with it, where that is said (RFC 2183): `attachment`, `inline` or
 *   something of the sender's own, in lower case;
 * - `contentId`: what the HTML names it by, without angle brackets;
 * - `method`: of an event for a calendar, in capitals (RFC 6047);
 * - `bytes`: its content, out of its transfer encoding: to the octet what was sent, but for a calendar,
 *   which is in UTF-8, with LF line ends and one at its end.
 */
export interface Attachment {
  readonly type: string
  readonly fileName: Option.Option<string>
  readonly disposition: Option.Option<string>
  readonly contentId: Option.Option<string>
  readonly method: Option.Option<string>
  readonly description: Option.Option<string>
  readonly bytes: Uint8Array
}

/**
 * - `header`: the fields, to be asked by the functions of `Header`;
 * - `text`, `html`: what the message says, in one form or both, to the character, but with LF line ends.
 *   Of several parts of one form, all, one after the other, each on lines of its own. None is turned into
 *   the other form: `html` has no footer that is plain text. None where nothing is said;
 * - `attachments`: everything else, in order, messages too.
 */
export interface Message {
  readonly header: Header
  readonly text: Option.Option<string>
  readonly html: Option.Option<string>
  readonly attachments: ReadonlyArray<Attachment>
}

/** Those of `Parts`, and `octets`: of the whole message. Default 64 MiB; all of it is in memory, twice. */
export interface Limits extends Parts.Limits {
  readonly octets: number
}

/** Room for what people send. */
export const defaultLimits: Limits = { ...Parts.defaultLimits, octets: 67_108_864 }

/** The leaves, each with all of its body. */
const leaves = (events: ReadonlyArray<Parts.Event>): ReadonlyArray<Leaf.Leaf> => {
  const found: Array<Leaf.Leaf> = []
  let pieces: Array<Uint8Array> = []
  for (const event of events) {
    if (event._tag === "Piece") pieces.push(event.bytes)
    else if (event._tag === "End" && event.part.kind === "Leaf") {
      found.push({ part: event.part, body: Octets.concat(pieces) })
      pieces = []
    }
  }
  return found
}

/** Several texts as one; none if there is nothing in them. */
const join = (
  read: ReadonlyArray<Leaf.Read>,
  form: "Text" | "Html"
): Option.Option<string> =>
  Option.liftPredicate(
    read.flatMap((part) => part._tag === form ? [part.text] : []).reduce(
      (all, text) => all === "" || all.endsWith("\n") ? all + text : `${all}\n${text}`,
      ""
    ),
    (text) => text !== ""
  )

/** Reads a whole message. */
export const decode = Effect.fn("Message.decode")(function*(
  bytes: Uint8Array,
  given: Partial<Limits> = {}
) {
  const limits = { ...defaultLimits, ...given }
  if (bytes.length > limits.octets) {
    return yield* new ReadError({ reason: "TooLong", limit: limits.octets })
  }
  const events = yield* Parts.decode(bytes, { limits })
  const read = yield* Effect.forEach(leaves(events), Leaf.read)
  return {
    header: events[0].part.header,
    text: join(read, "Text"),
    html: join(read, "Html"),
    attachments: read.flatMap((part) => part._tag === "Attached" ? [part.attachment] : [])
  } satisfies Message
})

/** Reads a whole message from a stream, which is ended as soon as it is too long. */
export const fromStream = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>,
  limits: Partial<Limits> = {}
): Effect.Effect<Message, E | ReadError, R> => {
  const { octets } = { ...defaultLimits, ...limits }
  return Effect.flatMap(
    collect(stream, {
      start: 0,
      more: (before, bytes) => before + bytes.length,
      isEnough: (length) => length > octets
    }),
    (bytes) => decode(bytes, limits)
  )
}

/** The messages among what is attached; `decode` reads their bytes. */
export const messages = (self: Message): ReadonlyArray<Attachment> =>
  self.attachments.filter(({ type }) => type === "message/rfc822" || type === "message/global")

/** What is said to calendars (RFC 6047): the method, where it is told, and the event (RFC 5545). */
export interface Calendar {
  readonly method: Option.Option<string>
  readonly text: string
}

/** The events for a calendar in the message. */
export const calendars = (self: Message): ReadonlyArray<Calendar> =>
  self.attachments.flatMap(({ bytes, method, type }) =>
    type === "text/calendar" ? [{ method, text: new TextDecoder().decode(bytes) }] : []
  )
