/** What a part is, by its header (RFC 2045, RFC 2183). */
import * as Option from "effect/Option"
import * as MimeFuncs from "nodemailer/lib/mime-funcs"
import * as Header from "../Header.js"
import type { Encoding, Part } from "../Parts.js"
import * as Blocks from "./headerBlock.js"
import * as Words from "./words.js"

/** A part whose kind is not told yet, and the boundary that it names, or an empty one. */
export interface Described extends Omit<Part, "kind"> {
  readonly boundary: string
}

/** The first field of that name, of which other ones are copies (RFC 2045 section 3). */
export const field = (header: Header.Header, name: string): string =>
  Option.getOrElse(Header.value(header, name), () => "")

/** A value and its parameters (RFC 2045 section 5.1, RFC 2231), without comments. */
const structured = (text: string) => MimeFuncs.parseHeaderValue(text, { stripComments: true })

const lower = (text: string): string => text.trim().toLowerCase()

/** How the body came. */
const encodingOf = (text: string): Encoding => {
  const [token = ""] = /[\w-]+/.exec(structured(text).value) ?? []
  return /base64/i.test(token)
    ? "Base64"
    : /quoted-printable/i.test(token)
    ? "QuotedPrintable"
    : "Identity"
}

const notEmpty = Option.liftPredicate((text: string) => text !== "")

/** By the octets of its header; of that type if it does not say. */
export const describe = (
  path: ReadonlyArray<number>,
  octets: Uint8Array,
  usual: string
): Described => {
  const header: Header.Header = { ...Blocks.fields(octets), length: octets.length }
  const { params, value } = structured(field(header, "content-type"))
  const disposition = structured(field(header, "content-disposition"))
  const { filename = "" } = disposition.params
  const { boundary = "", name = "" } = params
  return {
    path,
    header,
    type: lower(value) || usual,
    parameters: new Map(
      Object.entries(params).map(([key, text]) => [key, Words.decode(text)] as const)
    ),
    encoding: encodingOf(field(header, "content-transfer-encoding")),
    disposition: notEmpty(lower(disposition.value)),
    fileName: Option.map(notEmpty(filename || name), Words.decode),
    contentId: notEmpty(field(header, "content-id").replace(/^<|>$/g, "")),
    boundary
  }
}
