/**
 * Attachment: what goes along with the text of a message. Its content is bytes, or a recipe for them that
 * every attempt to deliver runs again. A file is read by `FileSystem`, and only by {@link fromFile}: no
 * text in a draft is ever taken for a path or a URL.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import mime from "mime"
import * as Header from "./Header.js"
import type { TransferEncoding } from "./TransferEncoding.js"

/**
 * - `Bytes`: all of it, in memory. They must not be changed from then on.
 * - `Streamed`: a recipe; `size` is how many octets it gives, where known.
 * - `Message`: a whole message, which goes as it is and not in base64 (RFC 2046 section 5.2.1). Where its
 *   header is in UTF-8 it is a `message/global` (RFC 6532 section 3.7), which may go in base64, and does.
 */
export type Content = Data.TaggedEnum<{
  Bytes: { readonly bytes: Uint8Array }
  Streamed: {
    readonly stream: Stream.Stream<Uint8Array, unknown>
    readonly size: Option.Option<number>
  }
  Message: { readonly body: Body.Body }
}>

const { Bytes, Message, Streamed } = Data.taggedEnum<Content>()

/**
 * - `fileName`: what to save it as, in any script; no path;
 * - `type`: its media type, with parameters if need be: `text/csv; charset=utf-8`;
 * - `contentId`: what the HTML part names it by, as in `<img src="cid:logo">` (RFC 2392);
 * - `disposition`: whether it is to be shown in its place or kept beside the text (RFC 2183);
 * - `encoding`: what it goes in, in base64 if nothing is said. Whole messages have none.
 */
export interface Attachment {
  readonly fileName: Option.Option<string>
  readonly type: string
  readonly contentId: Option.Option<string>
  readonly disposition: "Inline" | "Attachment"
  readonly encoding: Option.Option<TransferEncoding>
  readonly content: Content
}

/**
 * What may be said of an attachment.
 *
 * - `fileName`: none by default, and that of the file for a file;
 * - `type`: by default what the end of the file name tells, or else `application/octet-stream`;
 * - `contentId`: makes it a part of the HTML, without angle brackets. None by default.
 * - `disposition`: `Inline` by default for what has a `contentId`, and else `Attachment`;
 * - `encoding`: base64 by default. What goes as it is, in 7bit or 8bit, is to be fit for that: bytes that
 *   are not cannot be composed, and a stream fails with `ComposeError` at the first one.
 */
export interface Options {
  readonly fileName?: string
  readonly type?: string
  readonly contentId?: string
  readonly disposition?: Attachment["disposition"]
  readonly encoding?: TransferEncoding
}

/** The media type that is usual for files of that name. */
export const typeOf = (fileName: string): string =>
  mime.getType(fileName) ?? "application/octet-stream"

const make = (
  content: Content,
  { contentId, disposition, encoding, fileName, type }: Options
): Attachment => ({
  content,
  fileName: Option.fromNullable(fileName),
  contentId: Option.fromNullable(contentId),
  type: type ?? typeOf(fileName ?? ""),
  encoding: Option.fromNullable(encoding),
  disposition: disposition ?? (contentId === undefined ? "Attachment" : "Inline")
})

const isMessage = (type: string): boolean => /^message\/(?:rfc822|global) *(?:;|$)/i.test(type)

/** What is in memory. A `message/rfc822`, as files named `.eml` are, goes as {@link fromMessage} says. */
export const fromBytes = (bytes: Uint8Array, options: Options = {}): Attachment => {
  const attachment = make(Bytes({ bytes }), options)
  if (!isMessage(attachment.type)) return attachment
  const header = Either.getOrThrow(Header.decode(bytes, bytes.length))
  return fromMessage(Body.fromBytes(bytes, { utf8Header: header.utf8 }), options)
}

/**
 * What is read while the message is sent, anew for each attempt. `size`: how many octets, if known. What
 * is said to be a `message/rfc822` goes as {@link fromMessage} says, and may hold 8-bit octets.
 */
export const fromStream = <E>(
  stream: Stream.Stream<Uint8Array, E>,
  options: Options & { readonly size?: number } = {}
): Attachment => {
  const { size } = options
  const attachment = make(Streamed({ stream, size: Option.fromNullable(size) }), options)
  if (!isMessage(attachment.type)) return attachment
  const utf8Header = attachment.type.toLowerCase().startsWith("message/global")
  const facts = size === undefined ? { utf8Header } : { utf8Header, size }
  return fromMessage(Body.fromStream(stream, facts), options)
}

/** Its size, and whether it needs 8BITMIME or is a `message/global`: that takes reading it. */
const measure = <E>(stream: Stream.Stream<Uint8Array, E>): Effect.Effect<Body.Body, E> =>
  Effect.gen(function*() {
    const { eightBit, size } = Body.facts(yield* Body.fromMeasured(stream))
    const header = yield* Effect.option(Header.fromStream(stream))
    return Body.fromStream(stream, {
      eightBit,
      utf8Header: Option.exists(header, ({ utf8 }) => utf8),
      ...Option.match(size, { onNone: () => ({}), onSome: (size) => ({ size }) })
    })
  })

/**
 * A file, which is read while the message is sent, anew for each attempt. Its size is taken now: a file
 * that grows or shrinks before it is sent has announced the wrong one. One that is a message, by its name
 * or type, is read now, too, to see what it needs. What is no file but can be read all the same, such as a
 * pipe, is read now, once, and held.
 */
export const fromFile = Effect.fn("Attachment.fromFile")(
  function*(path: string, given: Options = {}) {
    const fs = yield* FileSystem.FileSystem
    const { size, type } = yield* fs.stat(path)
    const fileName = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1)
    const options = { fileName, ...given }
    if (type !== "File") return fromBytes(yield* fs.readFile(path), options)
    const stream = fs.stream(path)
    return isMessage(options.type ?? typeOf(options.fileName))
      ? fromMessage(yield* measure(stream), options)
      : fromStream(stream, { ...options, size: Number(size) })
  }
)

/**
 * A whole message, as a forwarded or a returned one is: what is known of its body decides what the
 * message it is attached to needs of a server.
 */
export const fromMessage = (body: Body.Body, options: Omit<Options, "type"> = {}): Attachment =>
  make(Message({ body }), {
    ...options,
    type: body.utf8Header ? "message/global" : "message/rfc822"
  })
