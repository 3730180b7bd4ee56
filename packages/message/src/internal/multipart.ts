/** Where the parts of a message are (RFC 2046 section 5.1): one pass over its lines, no recursion. */
import * as Either from "effect/Either"
import * as MimeFuncs from "nodemailer/lib/mime-funcs"
import type { Field } from "../Header.js"
import { ReadError } from "../ReadError.js"
import * as Blocks from "./headerBlock.js"

/**
 * A part that has none in it: its fields, its media type in lower case, without parameters, and its body.
 * The line end before a delimiter belongs to that; a part that only the message's end ends has all.
 */
export interface Leaf {
  readonly fields: ReadonlyArray<Field>
  readonly type: string
  readonly body: Uint8Array
}

/** At most so many octets of headers, levels and parts. */
export interface Limits {
  readonly headerOctets: number
  readonly depth: number
  readonly parts: number
}

/** A multipart that is not over yet: `--` and its boundary, and what its parts are unless they say. */
interface Open {
  readonly delimiter: Uint8Array
  readonly usual: string
}

/** A delimiter in a line: how many multiparts are open around it, and whether it is the last of its own. */
interface Found {
  readonly level: number
  readonly isLast: boolean
}

const LF = 0x0a
const CR = 0x0d
const DASH = 0x2d

const isBlank = (octet: number): boolean => octet === 0x20 || octet === 0x09

/** Whether that many octets from there on are the same as those. */
const holds = (bytes: Uint8Array, at: number, those: Uint8Array): boolean => {
  for (let index = 0; index < those.length; index++) {
    if (bytes[at + index] !== those[index]) return false
  }
  return true
}

/** Which delimiter the text of a line is, of the innermost multipart whose it can be. */
const find = (open: ReadonlyArray<Open>, line: Uint8Array): Found | undefined => {
  for (let level = open.length - 1; level >= 0; level--) {
    const { delimiter } = open[level]
    if (!holds(line, 0, delimiter)) continue
    const after = delimiter.length
    const isLast = line[after] === DASH && line[after + 1] === DASH
    if (line.subarray(isLast ? after + 2 : after).every(isBlank)) return { level, isLast }
  }
  return undefined
}

/** Without the line end it has, if any. */
const withoutEnd = (bytes: Uint8Array): Uint8Array => {
  const { length } = bytes
  if (bytes[length - 1] !== LF) return bytes
  return bytes.subarray(0, bytes[length - 2] === CR ? length - 2 : length - 1)
}

/** The value of the first field of that name, of which other ones are copies (RFC 2045 section 3). */
export const field = (fields: ReadonlyArray<Field>, name: string): string =>
  fields.find((one) => one.name.toLowerCase() === name)?.value ?? ""

/** A value and its parameters (RFC 2045 section 5.1, RFC 2231), without comments. */
export const structured = (text: string) =>
  MimeFuncs.parseHeaderValue(text, { stripComments: true })

/** All single parts, in order. What is before the first delimiter and after the last is no part. */
export const split = (
  bytes: Uint8Array,
  limits: Limits
): Either.Either<ReadonlyArray<Leaf>, ReadError> => {
  const leaves: Array<Leaf> = []
  const open: Array<Open> = []
  let usual = "text/plain"
  let parts = 0
  let headerOctets = 0
  /** The header being read, or the leaf whose body is; neither between the parts. */
  let place: "Header" | "Body" | "Between" = "Header"
  let start = 0
  let leaf: Omit<Leaf, "body"> | undefined

  const tooMuch = (reason: ReadError["reason"], limit: number) =>
    Either.left(new ReadError({ reason, limit }))

  const endHeader = (end: number, bodyAt: number): void => {
    headerOctets += bodyAt - start
    const { fields } = Blocks.fields(bytes.subarray(start, end))
    const { params, value } = structured(field(fields, "content-type"))
    const type = value.trim().toLowerCase() || usual
    const { boundary = "" } = params
    start = bodyAt
    if (type.startsWith("multipart/") && boundary !== "") {
      open.push({
        delimiter: new TextEncoder().encode(`--${boundary}`),
        usual: type === "multipart/digest" ? "message/rfc822" : "text/plain"
      })
      place = "Between"
    } else {
      leaf = { fields, type }
      place = "Body"
    }
  }

  const endPart = (body: Uint8Array): void => {
    if (leaf !== undefined) leaves.push({ ...leaf, body })
    leaf = undefined
  }

  // Once a body is read and nothing is open, all that is left is of that body.
  for (let at = 0; at < bytes.length && (place === "Header" || open.length > 0);) {
    const lineEnd = bytes.indexOf(LF, at)
    const next = lineEnd < 0 ? bytes.length : lineEnd + 1
    const isDashed = bytes[at] === DASH && bytes[at + 1] === DASH
    const found = isDashed ? find(open, withoutEnd(bytes.subarray(at, next))) : undefined
    if (found !== undefined) {
      if (place === "Header") endHeader(at, at)
      endPart(withoutEnd(bytes.subarray(start, Math.max(start, at))))
      open.length = found.isLast ? found.level : found.level + 1
      if (!found.isLast) {
        if (++parts > limits.parts) return tooMuch("TooManyParts", limits.parts)
        if (open.length > limits.depth) return tooMuch("TooDeep", limits.depth)
        usual = open[found.level].usual
      }
      place = found.isLast ? "Between" : "Header"
      start = next
    } else if (place === "Header" && (bytes[at] === LF || (bytes[at] === CR && next === at + 2))) {
      endHeader(at, next)
    }
    if (headerOctets > limits.headerOctets) return tooMuch("HeaderTooLong", limits.headerOctets)
    at = next
  }
  if (place === "Header") endHeader(bytes.length, bytes.length)
  if (headerOctets > limits.headerOctets) return tooMuch("HeaderTooLong", limits.headerOctets)
  endPart(bytes.subarray(start))
  return Either.right(leaves)
}
