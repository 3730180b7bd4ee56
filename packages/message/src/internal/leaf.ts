import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import PostalMime from "postal-mime"
import type { Attachment as PostalAttachment, Email } from "postal-mime"
import type { Attachment } from "../Message.js"
import type { Part } from "../Parts.js"
import * as Octets from "./octets.js"
import { field } from "./part.js"

/** What a part is: text in one of two forms, or something else. */
export type Read =
  | { readonly _tag: "Text" | "Html"; readonly text: string }
  | { readonly _tag: "Attached"; readonly attachment: Attachment }

/** A part without parts, and its body, out of its transfer encoding. */
export interface Leaf {
  readonly part: Part
  readonly body: Uint8Array
}

/** The fields besides Content-Type that say what a body is. postal-mime needs no others. */
const telling = ["content-disposition", "content-id", "content-description"]

/** What has a charset, or so postal-mime thinks. Everything else is octets. */
const isWritten = ({ type }: Part): boolean =>
  ["text/plain", "text/html", "text/calendar", "application/ics"].includes(type)

/**
 * The part as a message of its own, with a body if that has a charset. It goes in base64, which postal-mime
 * leaves to the octet: else each line would be ended with LF, the last one too, whether it had an end or not.
 */
const toMessage = ({ body, part }: Leaf): Uint8Array => {
  const { header, type } = part
  const lines = [
    `Content-Type: ${field(header, "content-type") || type}`,
    "Content-Transfer-Encoding: base64",
    ...telling.map((name) => `${name}: ${field(header, name)}`),
    "",
    isWritten(part) ? btoa(Octets.latin1(body)) : ""
  ]
  return new TextEncoder().encode(lines.join("\r\n"))
}

const withLf = (text: string): string => text.replace(/\r\n/g, "\n")

const bytesOf = ({ content }: PostalAttachment): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content)

const attached = ({ body, part }: Leaf, read: PostalAttachment): Read => ({
  _tag: "Attached",
  attachment: {
    type: read.mimeType === "" ? "application/octet-stream" : read.mimeType,
    fileName: part.fileName,
    disposition: part.disposition,
    contentId: part.contentId,
    method: Option.fromNullable(read.method),
    description: Option.fromNullable(read.description),
    bytes: isWritten(part) ? bytesOf(read) : body.slice()
  }
})

/** What no sense can be made of, such as a multipart without a boundary, is there as it came. */
const unread = ({ body, part: { contentId, disposition, fileName, type } }: Leaf): Read => ({
  _tag: "Attached",
  attachment: {
    ...{ type, fileName, disposition, contentId },
    method: Option.none(),
    description: Option.none(),
    bytes: body.slice()
  }
})

const said = ({ type }: Part, { html = "", text = "" }: Email): Read =>
  type === "text/html"
    ? { _tag: "Html", text: withLf(html) }
    : { _tag: "Text", text: withLf(text) }

/** Out of its charset. */
export const read = (leaf: Leaf): Effect.Effect<Read> => {
  const message = toMessage(leaf)
  return Effect.tryPromise(() =>
    PostalMime.parse(message, {
      forceRfc822Attachments: true,
      maxNestingDepth: 0,
      maxHeadersSize: message.length
    })
  ).pipe(
    Effect.map((email) => {
      const [part] = email.attachments
      if (part !== undefined) return attached(leaf, part)
      return leaf.part.type.startsWith("multipart/") ? unread(leaf) : said(leaf.part, email)
    }),
    Effect.orElseSucceed(() => unread(leaf))
  )
}
