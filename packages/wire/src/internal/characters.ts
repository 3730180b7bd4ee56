/**
 * Characters as the address grammars see them, and the one way to say that a text is not as expected.
 */
import * as Either from "effect/Either"
import { AddressError } from "../AddressError.js"
import type { Part } from "../AddressError.js"
import type { AddressMode } from "../AddressMode.js"
import { strict } from "../AddressMode.js"
import type { From, Prefix } from "../Prefix.js"

/** ALPHA / DIGIT. */
export const isLetDig = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)

/** A visible ASCII character: no space, no control. */
export const isVisible = (code: number): boolean => code > 0x20 && code < 0x7f

/** By code: 1 for `atext` of RFC 5322 section 3.2.3. */
const atext = Uint8Array.from(
  { length: 128 },
  (_, code) => isLetDig(code) || "!#$%&'*+-/=?^_`{|}~".includes(String.fromCharCode(code)) ? 1 : 0
)

/** `atext` of RFC 5322 section 3.2.3. */
export const isAtext = (code: number): boolean => code < 0x80 && atext[code] === 1

const dot = 0x2e

/** Whether a text is atoms with one dot between; characters beyond ASCII are taken for `atext`. */
export const isDotString = (text: string): boolean => {
  let before = dot
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === dot ? before === dot : code < 0x80 && !isAtext(code)) return false
    before = code
  }
  return before !== dot
}

const control = /^[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]$/u
const format = /^\p{Cf}$/u
const joiner = /^[\u200c\u200d]$/u

/**
 * What no address may hold, escaped or not: C0 and C1 controls, DEL, line separators, lone
 * surrogates, and the format characters nobody sees (zero-width space, word joiner, byte order mark,
 * bidirectional controls, ...). The two joiners stay: Persian and Indic scripts need them.
 */
export const isUnsafe = (codePoint: number): boolean => {
  if (codePoint < 0x7f) return codePoint < 0x20
  const char = String.fromCodePoint(codePoint)
  return control.test(char) || (format.test(char) && !joiner.test(char))
}

/** `UTF8-non-ascii` of RFC 6532 section 3.1, less what is unsafe. */
export const isInternational = (codePoint: number): boolean =>
  codePoint > 0x7f && !isUnsafe(codePoint)

/** Whether every character is visible ASCII or a space. */
export const isPrintable = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code !== 0x20 && !isVisible(code)) return false
  }
  return true
}

/** The code point at the offset; -1 at the end of the text. */
export const codePointAt = (text: string, offset: number): number => text.codePointAt(offset) ?? -1

/** How many UTF-16 units a code point takes. */
export const unitsOf = (codePoint: number): number => codePoint > 0xffff ? 2 : 1

/** Whether every character is ASCII. */
export const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return false
  }
  return true
}

/** Something else than `expected` stands at the offset: the reason is told by what stands there. */
export const unexpected = (
  text: string,
  { mode, offset, ...rest }: From & { readonly part: Part; readonly expected: string }
): Either.Either<never, AddressError> => {
  const found = codePointAt(text, offset)
  const reason = found < 0
    ? "Syntax"
    : isUnsafe(found)
    ? "Unsafe"
    : found > 0x7f && !mode.utf8
    ? "NotAscii"
    : "Syntax"
  return Either.left(new AddressError({ ...rest, offset, reason }))
}

/** What starts at the offset is over the limit. */
export const tooLong = (
  part: Part,
  offset: number,
  expected: string
): Either.Either<never, AddressError> =>
  Either.left(new AddressError({ part, offset, expected, reason: "TooLong" }))

/** Makes the parser of a whole text from one that stops where its value does. */
export const whole = <A>(
  part: Part,
  read: (text: string, from: From) => Either.Either<Prefix<A>, AddressError>
) =>
(text: string, mode: AddressMode = strict): Either.Either<A, AddressError> =>
  Either.flatMap(
    read(text, { offset: 0, mode }),
    ({ end, value }) =>
      end === text.length
        ? Either.right(value)
        : unexpected(text, { part, offset: end, expected: "nothing more", mode })
  )
