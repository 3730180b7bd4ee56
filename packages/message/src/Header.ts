/**
 * Header: the fields of a message (RFC 5322 section 2.2), and what they say. Whoever asks for a field says
 * how to read it; what cannot be read so is never an error, and never lost: the text of every field is
 * there, and {@link problems} tells what was wrong.
 *
 * @module
 */
import type { DateTime } from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import * as Address from "./Address.js"
import { phrase } from "./internal/addressParser.js"
import * as Dates from "./internal/dates.js"
import * as Blocks from "./internal/headerBlock.js"
import * as Octets from "./internal/octets.js"
import { tokens } from "./internal/tokens.js"
import * as Words from "./internal/words.js"
import type { MailingList } from "./MailingList.js"
import * as MessageId from "./MessageId.js"
import { ReadError } from "./ReadError.js"

/**
 * A field: its name as written; its value, unfolded, without white space around, as UTF-8 or, if it is
 * none, as Windows-1252; and where it begins, in octets from the start of the message.
 */
export interface Field {
  readonly name: string
  readonly value: string
  readonly offset: number
}

/**
 * - `fields`: all of them, in order;
 * - `malformed`: lines that are no fields, with where they are;
 * - `utf8`: whether it holds more than ASCII, and that in UTF-8 (RFC 6532), so that only servers that offer
 *   SMTPUTF8 may have it;
 * - `length`: how many octets the header has, with the empty line that ends it: there the body begins.
 */
export interface Header {
  readonly fields: ReadonlyArray<Field>
  readonly malformed: ReadonlyArray<{ readonly text: string; readonly offset: number }>
  readonly utf8: boolean
  readonly length: number
}

/** How many octets of header are read, unless told otherwise: 1 MiB. */
export const defaultLimit = 1_048_576

/**
 * Reads the header of a message. It ends at the first empty line, or where the octets do; lines may end
 * in CR LF or LF.
 */
export const decode = (
  bytes: Uint8Array,
  limit: number = defaultLimit
): Either.Either<Header, ReadError> => {
  const length = Blocks.length(bytes)
  return length > limit
    ? Either.left(new ReadError({ reason: "HeaderTooLong", limit }))
    : Either.right({ ...Blocks.fields(bytes.subarray(0, length)), length })
}

/** Reads the header of a message and no more of the stream than the piece in which it ends. */
export const fromStream = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>,
  limit: number = defaultLimit
): Effect.Effect<Header, E | ReadError, R> =>
  Effect.flatMap(
    Octets.collect(stream, {
      start: Blocks.start,
      more: Blocks.more,
      isEnough: ({ ended, octets }) => ended || octets > limit
    }),
    (bytes) => decode(bytes, limit)
  )

/** The values of the fields of that name, in any case, in order. */
export const values = (self: Header, name: string): ReadonlyArray<string> => {
  const lower = name.toLowerCase()
  return self.fields.flatMap((field) => field.name.toLowerCase() === lower ? [field.value] : [])
}

/** The value of the first field of that name. */
export const value = (self: Header, name: string): Option.Option<string> =>
  Option.fromNullable(values(self, name)[0])

/** The first field of that name as text for people: encoded words decoded (RFC 2047). */
export const text = (self: Header, name: string): Option.Option<string> =>
  Option.map(value(self, name), Words.decode)

/** What the message is about. */
export const subject = (self: Header): Option.Option<string> => text(self, "Subject")

/** All addresses in the fields of that name, such as `From`, `To` or `Cc`. */
export const addresses = (self: Header, name: string): ReadonlyArray<Address.Address> =>
  values(self, name).flatMap((text) => Address.find(text).addresses)

/**
 * The first date in the field of that name, if it is one (RFC 5322 section 3.3): `Zoned` if it tells its
 * zone, else `Utc`.
 */
export const date = (self: Header, name = "Date"): Option.Option<DateTime> =>
  Option.flatMap(value(self, name), (text) => Either.getRight(Dates.parse(text)))

/** What the message is called. */
export const messageId = (self: Header): Option.Option<MessageId.MessageId> =>
  Option.fromNullable(messageIds(self, "Message-ID")[0])

/** All identifiers in the fields of that name, such as `References` or `In-Reply-To`. */
export const messageIds = (self: Header, name: string): ReadonlyArray<MessageId.MessageId> =>
  values(self, name).flatMap(MessageId.findAll)

/**
 * The messages this one follows, from the one that began the thread to the one it answers (RFC 5322
 * section 3.6.4), each once.
 */
export const thread = (self: Header): ReadonlyArray<MessageId.MessageId> => [
  ...new Set([...messageIds(self, "References"), ...messageIds(self, "In-Reply-To")])
]

const urls = (self: Header, name: string): ReadonlyArray<URL> =>
  values(self, name).flatMap((text) => text.split("<").slice(1)).flatMap((piece) => {
    const close = piece.indexOf(">")
    const url = close < 0 ? "" : piece.slice(0, close).replace(/[ \t]/g, "")
    return URL.canParse(url) ? [new URL(url)] : []
  })

/** What the mailing list that sent the message says of itself. */
export const mailingList = (self: Header): MailingList => {
  const id = Option.getOrElse(value(self, "List-Id"), () => "")
  const open = id.lastIndexOf("<")
  const end = id.indexOf(">", open)
  const named = open >= 0 && end > open
  const name = Option.getOrElse(
    phrase(tokens(named ? id.slice(0, open) : "")),
    () => id.slice(0, open).trim()
  )
  const nobodyPosts = Option.exists(
    value(self, "List-Post"),
    (text) => text.toUpperCase().startsWith("NO")
  )
  const oneClick = Option.exists(
    value(self, "List-Unsubscribe-Post"),
    (text) => text.toLowerCase() === "list-unsubscribe=one-click"
  )
  return {
    ...id === "" ? {} : { id: { id: named ? id.slice(open + 1, end) : id, name } },
    help: urls(self, "List-Help"),
    subscribe: urls(self, "List-Subscribe"),
    post: nobodyPosts ? "No" : urls(self, "List-Post"),
    owner: urls(self, "List-Owner"),
    archive: urls(self, "List-Archive"),
    unsubscribe: urls(self, "List-Unsubscribe"),
    oneClick
  }
}

/** What could not be read, and where it is. `field` is empty for a line that is no field. */
export interface Problem {
  readonly field: string
  readonly offset: number
  readonly expected: string
}

const addressFields = ["from", "sender", "reply-to", "to", "cc", "bcc"]

/** Everything that is wrong with the lines, the addresses, the date and the identifier, in order. */
export const problems = (self: Header): ReadonlyArray<Problem> =>
  [
    ...self.malformed.map(({ offset }) => ({ field: "", offset, expected: "a field" })),
    ...self.fields.flatMap(({ name, offset, value }) => {
      const of = (expected: string): Problem => ({ field: name, offset, expected })
      const lower = name.toLowerCase()
      if (addressFields.includes(lower)) {
        return Address.find(value).malformed.map(({ expected }) => of(expected))
      }
      if (lower === "date") {
        return Either.match(Dates.parse(value), {
          onLeft: ({ expected }) => [of(expected)],
          onRight: () => []
        })
      }
      return lower === "message-id" && MessageId.findAll(value).length !== 1
        ? [of("one identifier in angle brackets")]
        : []
    })
  ].sort((one, other) => one.offset - other.offset)
