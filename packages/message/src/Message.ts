/**
 * Message: a message that came, as something to look into: its header, its text in the forms it has, and
 * what is attached. postal-mime reads the parts (RFC 2045 to 2049, 2231); the header is read here.
 *
 * Nothing a message may hold makes reading fail, and what makes no sense is left as it is. Only one that
 * is over a limit is not read.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import PostalMime from "postal-mime"
import type { Attachment as PostalAttachment } from "postal-mime"
import * as Header from "./Header.js"
import * as Octets from "./internal/octets.js"
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
 * - `bytes`: its content, out of its transfer encoding; text of a calendar is in UTF-8. What came without
 *   one, as messages do, has LF line ends, and one more at its end.
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
 * - `text`, `html`: what the message says, in one form or both, with LF line ends. Of several parts of
 *   one form, all, one after the other. Each ends with a line end, whether it had one or not;
 * - `attachments`: everything else, in order, messages too.
 */
export interface Message {
  readonly header: Header.Header
  readonly text: Option.Option<string>
  readonly html: Option.Option<string>
  readonly attachments: ReadonlyArray<Attachment>
}

/**
 * - `octets`: of the whole message. Default 64 MiB; all of it is in memory, twice while it is read.
 * - `headerOctets`: of the header, and of those of all parts together. Default 1 MiB.
 * - `depth`: of parts within parts. Default 32.
 * - `delimiters`: lines that begin with two dashes, each of which may begin a part. Default 20 000.
 */
export interface Limits {
  readonly octets: number
  readonly headerOctets: number
  readonly depth: number
  readonly delimiters: number
}

/** Room for what people send. */
export const defaultLimits: Limits = {
  octets: 67_108_864,
  headerOctets: Header.defaultLimit,
  depth: 32,
  delimiters: 20_000
}

const LF = 0x0a
const DASH = 0x2d

/** Whether there are more lines beginning with two dashes than that. */
const hasMoreDelimiters = (bytes: Uint8Array, most: number): boolean => {
  let count = 0
  for (let at = 0; at < bytes.length && count <= most;) {
    if (bytes[at] === DASH && bytes[at + 1] === DASH) count++
    const end = bytes.indexOf(LF, at)
    at = end < 0 ? bytes.length : end + 1
  }
  return count > most
}

const tooMuch = (reason: ReadError["reason"], limit: number) => new ReadError({ reason, limit })

const bytesOf = ({ content }: PostalAttachment): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content)

const toAttachment = (part: PostalAttachment): Attachment => ({
  type: part.mimeType === "" ? "application/octet-stream" : part.mimeType,
  fileName: Option.fromNullable(part.filename),
  disposition: Option.fromNullable(part.disposition),
  contentId: Option.map(Option.fromNullable(part.contentId), (id) => id.replace(/^<|>$/g, "")),
  method: Option.fromNullable(part.method),
  description: Option.fromNullable(part.description),
  bytes: bytesOf(part)
})

/** Reads a whole message. */
export const decode = Effect.fn("Message.decode")(function*(
  bytes: Uint8Array,
  limits: Partial<Limits> = {}
) {
  const { delimiters, depth, headerOctets, octets } = { ...defaultLimits, ...limits }
  if (bytes.length > octets) return yield* tooMuch("TooLong", octets)
  const header = yield* Header.decode(bytes, headerOctets)
  if (hasMoreDelimiters(bytes, delimiters)) return yield* tooMuch("TooManyParts", delimiters)
  const email = yield* Effect.tryPromise({
    try: () =>
      PostalMime.parse(bytes, {
        forceRfc822Attachments: true,
        maxNestingDepth: depth,
        maxHeadersSize: headerOctets
      }),
    catch: (error) =>
      error instanceof Error && error.message.includes("nesting depth")
        ? tooMuch("TooDeep", depth)
        : tooMuch("HeaderTooLong", headerOctets)
  })
  return {
    header,
    text: Option.fromNullable(email.text),
    html: Option.fromNullable(email.html),
    attachments: email.attachments.map(toAttachment)
  } satisfies Message
})

/** Reads a whole message from a stream, which is ended as soon as it is too long. */
export const fromStream = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>,
  limits: Partial<Limits> = {}
): Effect.Effect<Message, E | ReadError, R> => {
  const { octets } = { ...defaultLimits, ...limits }
  return Effect.flatMap(
    Octets.collect(stream, {
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
