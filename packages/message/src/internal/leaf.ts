import * as Octets from "@effect-smtp/wire/Octets"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import PostalMime from "postal-mime"
import type { Attachment as PostalAttachment, Email } from "postal-mime"
import type { Attachment } from "../Message.js"
import type { Leaf } from "./multipart.js"
import * as Multipart from "./multipart.js"
import { latin1 } from "./octets.js"

/** What a part is: text in one of two forms, or something else. */
export type Read =
  | { readonly _tag: "Text" | "Html"; readonly text: string }
  | { readonly _tag: "Attached"; readonly attachment: Attachment }

const LF = 0x0a
const EQUALS = 0x3d

/** The fields besides Content-Type that say what a body is. postal-mime needs no others. */
const telling = ["content-disposition", "content-id", "content-description"]

/** What postal-mime is told of a transfer encoding. */
const encodings = { None: "base64", Base64: "base64", QuotedPrintable: "quoted-printable" } as const

type Transfer = keyof typeof encodings

/** How the body came. */
const encodingOf = ({ fields }: Leaf): Transfer => {
  const { value } = Multipart.structured(Multipart.field(fields, "content-transfer-encoding"))
  const [token = ""] = /[\w-]+/.exec(value) ?? []
  return /base64/i.test(token)
    ? "Base64"
    : /quoted-printable/i.test(token)
    ? "QuotedPrintable"
    : "None"
}

/** What has a charset, or so postal-mime thinks. Everything else is octets. */
const written = ["text/plain", "text/html", "text/calendar", "application/ics"]

/** Whether the body is to be had as it came. */
const isPlain = ({ type }: Leaf, encoding: Transfer): boolean =>
  encoding === "None" && !written.includes(type)

/**
 * The body in a form that postal-mime leaves to the octet: text without a transfer encoding gets one.
 * Else each line would be ended with LF, the last one too, whether it had an end or not. So in
 * quoted-printable, if the end is no soft one.
 */
const toBody = (leaf: Leaf, encoding: Transfer): Uint8Array => {
  const { body } = leaf
  if (isPlain(leaf, encoding)) return new Uint8Array(0)
  if (encoding === "None") return new TextEncoder().encode(btoa(latin1(body)))
  const last = body.at(-1)
  return encoding === "Base64" || last === undefined || last === LF || last === EQUALS
    ? body
    : Octets.concat([body, Uint8Array.of(EQUALS)])
}

/** The part as a message of its own. */
const toMessage = (leaf: Leaf, encoding: Transfer): Uint8Array => {
  const { fields, type } = leaf
  const header = [
    `Content-Type: ${Multipart.field(fields, "content-type") || type}`,
    `Content-Transfer-Encoding: ${encodings[encoding]}`,
    ...telling.map((name) => `${name}: ${Multipart.field(fields, name)}`)
  ]
  const front = new TextEncoder().encode(`${header.join("\r\n")}\r\n\r\n`)
  return Octets.concat([front, toBody(leaf, encoding)])
}

const withLf = (text: string): string => text.replace(/\r\n/g, "\n")

const bytesOf = ({ content }: PostalAttachment): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content)

const attached = (leaf: Leaf, encoding: Transfer, part: PostalAttachment): Read => ({
  _tag: "Attached",
  attachment: {
    type: part.mimeType === "" ? "application/octet-stream" : part.mimeType,
    fileName: Option.fromNullable(part.filename),
    disposition: Option.fromNullable(part.disposition || null),
    contentId: Option.map(Option.fromNullable(part.contentId), (id) => id.replace(/^<|>$/g, "")),
    method: Option.fromNullable(part.method),
    description: Option.fromNullable(part.description),
    bytes: isPlain(leaf, encoding) ? leaf.body.slice() : bytesOf(part)
  }
})

/** What no sense can be made of, such as a multipart without a boundary, is there as it came. */
const unread = ({ body, type }: Leaf): Read => ({
  _tag: "Attached",
  attachment: {
    type,
    fileName: Option.none(),
    disposition: Option.none(),
    contentId: Option.none(),
    method: Option.none(),
    description: Option.none(),
    bytes: body.slice()
  }
})

const said = ({ type }: Leaf, { html = "", text = "" }: Email): Read =>
  type === "text/html"
    ? { _tag: "Html", text: withLf(html) }
    : { _tag: "Text", text: withLf(text) }

/** Out of its transfer encoding and its charset. */
export const read = (leaf: Leaf): Effect.Effect<Read> => {
  const encoding = encodingOf(leaf)
  const message = toMessage(leaf, encoding)
  return Effect.tryPromise(() =>
    PostalMime.parse(message, {
      forceRfc822Attachments: true,
      maxNestingDepth: 0,
      maxHeadersSize: message.length
    })
  ).pipe(
    Effect.map((email) => {
      const [part] = email.attachments
      if (part !== undefined) return attached(leaf, encoding, part)
      return leaf.type.startsWith("multipart/") ? unread(leaf) : said(leaf, email)
    }),
    Effect.orElseSucceed(() => unread(leaf))
  )
}
