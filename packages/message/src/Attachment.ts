/**
 * Attachment: what goes along with the text of a message. Its content is bytes, or a recipe for them that
 * every attempt to deliver runs again. A file is read by `FileSystem`, and only by {@link fromFile}: no
 * text in a draft is ever taken for a path or a URL.
 *
 * @module
 */
import type * as Body from "@effect-smtp/client/Body"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import mime from "mime"

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
 * - `disposition`: whether it is to be shown in its place or kept beside the text (RFC 2183).
 */
export interface Attachment {
  readonly fileName: Option.Option<string>
  readonly type: string
  readonly contentId: Option.Option<string>
  readonly disposition: "Inline" | "Attachment"
  readonly content: Content
}

/**
 * What may be said of an attachment.
 *
 * - `fileName`: none by default, and that of the file for a file;
 * - `type`: by default what the end of the file name tells, or else `application/octet-stream`;
 * - `contentId`: makes it a part of the HTML, without angle brackets. None by default.
 * - `disposition`: `Inline` by default for what has a `contentId`, and else `Attachment`.
 */
export interface Options {
  readonly fileName?: string
  readonly type?: string
  readonly contentId?: string
  readonly disposition?: Attachment["disposition"]
}

/** The media type that is usual for files of that name. */
export const typeOf = (fileName: string): string =>
  mime.getType(fileName) ?? "application/octet-stream"

const make = (
  content: Content,
  { contentId, disposition, fileName, type }: Options
): Attachment => ({
  content,
  fileName: Option.fromNullable(fileName),
  contentId: Option.fromNullable(contentId),
  type: type ?? typeOf(fileName ?? ""),
  disposition: disposition ?? (contentId === undefined ? "Attachment" : "Inline")
})

/** What is in memory. */
export const fromBytes = (bytes: Uint8Array, options: Options = {}): Attachment =>
  make(Bytes({ bytes }), options)

/** What is read while the message is sent, anew for each attempt. `size`: how many octets, if known. */
export const fromStream = <E>(
  stream: Stream.Stream<Uint8Array, E>,
  options: Options & { readonly size?: number } = {}
): Attachment => make(Streamed({ stream, size: Option.fromNullable(options.size) }), options)

/**
 * A file, which is read while the message is sent, anew for each attempt. Its size is taken now: a file
 * that grows or shrinks before it is sent has announced the wrong one.
 */
export const fromFile = (
  path: string,
  options: Options = {}
): Effect.Effect<Attachment, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (fs) =>
      Effect.map(fs.stat(path), ({ size }) =>
        fromStream(fs.stream(path), {
          fileName: path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1),
          ...options,
          size: Number(size)
        }))
  )

/**
 * A whole message, as a forwarded or a returned one is: what is known of its body decides what the
 * message it is attached to needs of a server.
 */
export const fromMessage = (
  body: Body.Body,
  options: Pick<Options, "fileName" | "disposition"> = {}
): Attachment =>
  make(Message({ body }), {
    ...options,
    type: body.utf8Header ? "message/global" : "message/rfc822"
  })
