/**
 * Parameter: what extensions add to MAIL and RCPT, `keyword[=value]` (RFC 5321 section 4.1.2), as
 * written. What the known ones mean is in `MailParameters` and `RcptParameters`.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { AddressError } from "./AddressError.js"
import type { AddressMode } from "./AddressMode.js"
import { strict } from "./AddressMode.js"
import * as Chars from "./internal/characters.js"
import * as Text from "./internal/text.js"
import type { From, Prefix } from "./Prefix.js"

/** The keyword in upper case, and the value as written, never empty. */
export interface Parameter {
  readonly keyword: string
  readonly value: Option.Option<string>
}

/**
 * Limits of our own, well over what extensions need: octets of a keyword and of a value, and how many
 * parameters one command may have.
 */
export const limits = { keyword: 64, value: 1024, count: 32 } as const

const fail = (text: string, from: From, expected: string): Either.Either<never, AddressError> =>
  Chars.unexpected(text, { ...from, part: "parameter", expected })

const keywordEnd = (text: string, offset: number): number => {
  let end = offset
  while (Chars.isLetDig(text.charCodeAt(end)) || (end > offset && text[end] === "-")) end++
  return end
}

const valueEnd = (text: string, { mode, offset }: From): number => {
  let end = offset
  while (end < text.length) {
    const code = Chars.codePointAt(text, end)
    const fits = code < 0x80
      ? Chars.isVisible(code) && text[end] !== "="
      : mode.utf8 && Chars.isInternational(code)
    if (!fits) break
    end += Chars.unitsOf(code)
  }
  return end
}

/** Reads the parameter that starts at the offset. */
export const parsePrefix = (
  text: string,
  from: From
): Either.Either<Prefix<Parameter>, AddressError> => {
  const end = keywordEnd(text, from.offset)
  if (end === from.offset) return fail(text, from, "a keyword")
  if (end - from.offset > limits.keyword) {
    return Chars.tooLong("parameter", from.offset, `a keyword of at most ${limits.keyword} octets`)
  }
  const keyword = text.slice(from.offset, end).toUpperCase()
  if (text[end] !== "=") return Either.right({ value: { keyword, value: Option.none() }, end })
  const start = end + 1
  const close = valueEnd(text, { ...from, offset: start })
  if (close === start) return fail(text, { ...from, offset: start }, "a value")
  const value = text.slice(start, close)
  return Text.octets(value) <= limits.value
    ? Either.right({ value: { keyword, value: Option.some(value) }, end: close })
    : Chars.tooLong("parameter", start, `a value of at most ${limits.value} octets`)
}

/** One parameter: all of the text. */
export const parse: (text: string, mode?: AddressMode) => Either.Either<Parameter, AddressError> =
  Chars.whole("parameter", parsePrefix)

/** As on the wire. */
export const print = ({ keyword, value }: Parameter): string =>
  Option.isNone(value) ? keyword : `${keyword}=${value.value}`

/** Checks a parameter that may come from anywhere. An error's offset counts in the printed form. */
export const check = (
  parameter: Parameter,
  mode: AddressMode = strict
): Either.Either<Parameter, AddressError> => {
  const { keyword } = parameter
  const end = keywordEnd(keyword, 0)
  return end < keyword.length
    ? fail(keyword, { offset: end, mode }, "a letter, digit or dash of a keyword")
    : parse(print(parameter), mode)
}

/** A parameter of parts that may come from anywhere. */
export const make = (
  parts: { readonly keyword: string; readonly value?: string },
  mode?: AddressMode
): Either.Either<Parameter, AddressError> =>
  check({ keyword: parts.keyword, value: Option.fromNullable(parts.value) }, mode)

/** The offset of the next parameter, after the one space (strict) or all of them (lenient). */
const skipSpaces = (text: string, { mode, offset }: From): number => {
  let at = offset
  while (mode.leniency === "lenient" && text[at] === " ") at++
  return at
}

/**
 * Reads parameters from the offset to the end of the text; the offset is that of the first keyword. None
 * may be given twice (RFC 3461 section 4.5, and no extension that wants it otherwise).
 */
export const parseListFrom = (
  text: string,
  from: From
): Either.Either<ReadonlyArray<Parameter>, AddressError> => {
  const { mode } = from
  const list: Array<Parameter> = []
  const seen = new Set<string>()
  let at = skipSpaces(text, from)
  while (at < text.length || (mode.leniency === "strict" && list.length > 0)) {
    const read = parsePrefix(text, { mode, offset: at })
    if (Either.isLeft(read)) return Either.left(read.left)
    const { end, value } = read.right
    if (seen.has(value.keyword)) {
      return fail(text, { mode, offset: at }, "each parameter only once")
    }
    if (list.length === limits.count) {
      return Chars.tooLong("parameter", at, `at most ${limits.count} parameters`)
    }
    seen.add(value.keyword)
    list.push(value)
    if (end === text.length) break
    if (text[end] !== " ") return fail(text, { mode, offset: end }, "a space or the end")
    at = skipSpaces(text, { mode, offset: end + 1 })
  }
  return Either.right(list)
}

/** Parameters with a space between: all of the text. No text, no parameters. */
export const parseList = (
  text: string,
  mode: AddressMode = strict
): Either.Either<ReadonlyArray<Parameter>, AddressError> => parseListFrom(text, { offset: 0, mode })

/** Parameters as on the wire, with one space between. */
export const printList = (parameters: ReadonlyArray<Parameter>): string =>
  parameters.reduce((text, each, at) => at === 0 ? print(each) : `${text} ${print(each)}`, "")
