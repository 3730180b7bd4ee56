/** Where the parts of a message are (RFC 2046 section 5.1): one pass over its lines, no recursion. */
import * as Either from "effect/Either"
import type { Limits, Options, Part } from "../Parts.js"
import { ReadError } from "../ReadError.js"
import * as Octets from "./octets.js"
import { describe } from "./part.js"

/**
 * What is told of the parts. The line end before a delimiter belongs to that; a part that only the message's
 * end ends has all of its body.
 */
export interface Listener {
  readonly begin: (part: Part) => void
  readonly piece: (part: Part, bytes: Uint8Array) => void
  readonly end: (part: Part) => void
}

/** Takes a message piece by piece. Once there was too much of something, nothing more is to be given. */
export interface Finder {
  readonly more: (bytes: Uint8Array) => Either.Either<void, ReadError>
  readonly end: () => Either.Either<void, ReadError>
}

/**
 * A part that has parts: `--` and its boundary, if it is a multipart; what its parts are unless they say;
 * and how many there are.
 */
interface Open {
  readonly part: Part
  readonly delimiter: Uint8Array | undefined
  readonly usual: string
  count: number
}

/** What is being read: a header, or the body of a leaf; neither between the parts. */
type Place = "Header" | "Body" | "Between"

/** A delimiter in a line: which of the open parts it is of, and whether it is the last one. */
interface Delimiter {
  readonly level: number
  readonly isLast: boolean
}

const LF = 0x0a
const CR = 0x0d
const DASH = 0x2d

/** A line may have so many octets besides its delimiter (RFC 5322 section 2.1.1). */
const padding = 998

const nothing = new Uint8Array(0)
const crLf = Uint8Array.of(CR, LF)

const isBlank = (octet: number): boolean => octet === 0x20 || octet === 0x09

const isMessage = (type: string): boolean => type === "message/rfc822" || type === "message/global"

/** Whether that many octets from the start on are the same as those. */
const startsWith = (bytes: Uint8Array, those: Uint8Array): boolean => {
  for (let at = 0; at < those.length; at++) {
    if (bytes[at] !== those[at]) return false
  }
  return true
}

/** Which delimiter the text of a line is, of the innermost multipart whose it can be. */
const find = (open: ReadonlyArray<Open>, line: Uint8Array): Delimiter | undefined => {
  for (let level = open.length - 1; level >= 0; level--) {
    const { delimiter } = open[level]
    if (delimiter === undefined || !startsWith(line, delimiter)) continue
    const after = delimiter.length
    const isLast = line[after] === DASH && line[after + 1] === DASH
    if (line.subarray(isLast ? after + 2 : after).every(isBlank)) return { level, isLast }
  }
  return undefined
}

/** Whether the line there may be a delimiter, or the empty one behind a header. */
const isTelling = (bytes: Uint8Array, at: number, place: Place): boolean =>
  bytes[at] === DASH
    ? at + 1 === bytes.length || bytes[at + 1] === DASH
    : place === "Header" && (bytes[at] === CR || bytes[at] === LF)

/** Without the line end that the octets end in, or the first half of it. */
const textLength = (bytes: Uint8Array): number => {
  const { length } = bytes
  const last = bytes[length - 1]
  if (last === CR) return length - 1
  return last !== LF ? length : bytes[length - 2] === CR ? length - 2 : length - 1
}

/** For one message. */
export const finder = (
  { limits, messages }: { readonly limits: Limits } & Required<Pick<Options, "messages">>,
  { begin, end, piece }: Listener
): Finder => {
  const open: Array<Open> = []
  let parts = 0
  let headerOctets = 0
  let place: Place = "Header"
  const header = Octets.gathered()
  let path: ReadonlyArray<number> = []
  let usual = "text/plain"
  let leaf: Part | undefined
  /** The start of a line of which it is not known yet what it is, or whether one is being passed over. */
  const line = Octets.gathered()
  let isWithin = false
  /** How long a line is at most that may be a delimiter. None is if no multipart is open. */
  let longest = 0
  /** What may be the line end before a delimiter. */
  let lineEnd = nothing
  let fault: ReadError | undefined

  const atMost = (count: number, limit: number, reason: ReadError["reason"]): void => {
    if (count > limit) fault ??= new ReadError({ reason, limit })
  }

  const watch = (): void => {
    const lengths = open.flatMap(({ delimiter }) => delimiter === undefined ? [] : delimiter.length)
    longest = lengths.length === 0 ? 0 : Math.max(...lengths) + padding
  }

  const enter = (part: Part, delimiter: Uint8Array | undefined, inside: string): Open => {
    const entered = { part, delimiter, usual: inside, count: 0 }
    open.push(entered)
    watch()
    return entered
  }

  const next = (parent: Open): void => {
    atMost(++parts, limits.parts, "TooManyParts")
    atMost(open.length, limits.depth, "TooDeep")
    path = [...parent.part.path, ++parent.count]
    usual = parent.usual
    place = "Header"
  }

  const endHeader = (): void => {
    const octets = header.take()
    headerOctets += octets.length
    const { boundary, ...described } = describe(path, octets, usual)
    const { encoding, type } = described
    if (type.startsWith("multipart/") && boundary !== "") {
      const part: Part = { ...described, kind: "Multipart" }
      const inside = type === "multipart/digest" ? "message/rfc822" : "text/plain"
      begin(part)
      enter(part, new TextEncoder().encode(`--${boundary}`), inside)
      place = "Between"
    } else if (messages === "Entered" && isMessage(type) && encoding === "Identity") {
      const part: Part = { ...described, kind: "Message" }
      begin(part)
      next(enter(part, undefined, "text/plain"))
    } else {
      leaf = { ...described, kind: "Leaf" }
      begin(leaf)
      place = "Body"
    }
  }

  /** The header is over, and so is the part: the one in a message, too. */
  const endPart = (): void => {
    while (place === "Header" && fault === undefined) endHeader()
    if (leaf !== undefined && fault === undefined) end(leaf)
    leaf = undefined
    lineEnd = nothing
  }

  const endDown = (level: number): void => {
    while (open.length > level && fault === undefined) {
      const last = open.pop()
      if (last !== undefined) end(last.part)
    }
    watch()
  }

  const delimit = ({ isLast, level }: Delimiter): void => {
    endPart()
    endDown(isLast ? level : level + 1)
    if (isLast) place = "Between"
    else if (fault === undefined) next(open[level])
  }

  const toBody = (part: Part, bytes: Uint8Array): void => {
    const isHalf = lineEnd.length === 1 && lineEnd[0] === CR && bytes[0] === LF
    if (isHalf) lineEnd = crLf
    const rest = isHalf ? bytes.subarray(1) : bytes
    if (rest.length === 0) return
    if (lineEnd.length > 0) piece(part, lineEnd)
    const length = textLength(rest)
    if (length > 0) piece(part, rest.subarray(0, length))
    lineEnd = rest.slice(length)
  }

  /** Octets that are of no delimiter. */
  const pass = (bytes: Uint8Array): void => {
    if (place === "Header") {
      header.add(bytes)
      atMost(headerOctets + header.length(), limits.headerOctets, "HeaderTooLong")
    } else if (leaf !== undefined) toBody(leaf, bytes)
  }

  /** The line that is held, or what there is of it if it is too long for a delimiter, or the last one. */
  const takeLine = (): void => {
    const octets = line.take()
    const isWhole = octets.at(-1) === LF
    const text = isWhole ? octets.subarray(0, textLength(octets)) : octets
    const found = text.length > longest ? undefined : find(open, text)
    isWithin = !isWhole
    if (found !== undefined) return delimit(found)
    pass(octets)
    if (place === "Header" && isWhole && text.length === 0 && fault === undefined) endHeader()
  }

  const outcome = (): Either.Either<void, ReadError> =>
    fault === undefined ? Either.void : Either.left(fault)

  return {
    more: (bytes) => {
      let passed = 0
      let at = 0
      // Once a body is read and nothing is open, all that is left is of that body.
      while (at < bytes.length && (place === "Header" || longest > 0) && fault === undefined) {
        const lf = bytes.indexOf(LF, at)
        const after = lf < 0 ? bytes.length : lf + 1
        if (isWithin || (line.length() === 0 && !isTelling(bytes, at, place))) {
          isWithin = lf < 0
        } else {
          pass(bytes.subarray(passed, at))
          line.add(bytes.subarray(at, after))
          if (lf >= 0 || line.length() > longest + 1) takeLine()
          passed = after
        }
        at = after
      }
      if (fault === undefined) pass(bytes.subarray(passed))
      return outcome()
    },
    end: () => {
      if (line.length() > 0) takeLine()
      if (leaf !== undefined && lineEnd.length > 0) piece(leaf, lineEnd)
      endPart()
      endDown(0)
      return outcome()
    }
  }
}
