/**
 * Xtext: text inside a parameter's value (RFC 3461 section 4), and unitext, its successor for addresses
 * beyond ASCII (RFC 6533 section 3).
 *
 * What is decoded here never holds a control or an invisible character, however it was hidden: it may
 * go into a log or a header.
 *
 * @module
 */
import * as Either from "effect/Either"
import type { AddressError } from "./AddressError.js"
import { strict, withUtf8 } from "./AddressMode.js"
import * as Chars from "./internal/characters.js"
import * as Text from "./internal/text.js"

const mode = withUtf8(strict)

const fail = (
  text: string,
  offset: number,
  expected: string
): Either.Either<never, AddressError> =>
  Chars.unexpected(text, { part: "xtext", offset, expected, mode })

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, "0")

/** The decoded text, unless something in it must not be seen anywhere; the offset is in the result. */
const checked = (text: string): Either.Either<string, AddressError> => {
  for (let at = 0; at < text.length;) {
    const code = Chars.codePointAt(text, at)
    if (Chars.isUnsafe(code)) return fail(text, at, "a visible character or a space once decoded")
    at += Chars.unitsOf(code)
  }
  return Either.right(text)
}

/** Any text as xtext: `+`, `=` and all that is not visible ASCII as `+` and two digits per octet of UTF-8. */
export const encode = (text: string): string => {
  let encoded = ""
  for (const octet of Text.toUtf8(text)) {
    const char = String.fromCharCode(octet)
    encoded += Chars.isVisible(octet) && char !== "+" && char !== "=" ? char : `+${hex(octet)}`
  }
  return encoded
}

const isHex = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46)

/** The text of an xtext, whose octets are to be UTF-8. Hexadecimal digits are upper case. */
export const decode = (text: string): Either.Either<string, AddressError> => {
  const octets = new Uint8Array(text.length)
  let size = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (!Chars.isVisible(code) || text[at] === "=") return fail(text, at, "a character of xtext")
    if (text[at] === "+") {
      if (!isHex(text.charCodeAt(at + 1)) || !isHex(text.charCodeAt(at + 2))) {
        return fail(text, at, "two upper-case hexadecimal digits after the plus sign")
      }
      octets[size] = Number.parseInt(text.slice(at + 1, at + 3), 16)
      at += 2
    } else octets[size] = code
    size++
  }
  const decoded = Text.fromUtf8(octets, 0, size)
  return decoded === undefined
    ? fail(text, 0, "the octets of UTF-8 once decoded")
    : checked(decoded)
}

/** `QCHAR` of RFC 6533: visible ASCII that stands for itself. */
const isQchar = (code: number): boolean =>
  Chars.isVisible(code) && code !== 0x2b && code !== 0x3d && code !== 0x5c

const printUnitext = (text: string, native: boolean): string => {
  let encoded = ""
  for (const char of text) {
    const code = Chars.codePointAt(char, 0)
    encoded += isQchar(code) || (native && code > 0x7f) ? char : `\\x{${hex(code)}}`
  }
  return encoded
}

/** `utf-8-addr-unitext`: characters beyond ASCII as they are, for where SMTPUTF8 was agreed on. */
export const encodeUnitext = (text: string): string => printUnitext(text, true)

/** `utf-8-addr-xtext`: characters beyond ASCII as `\x{...}`, for everywhere. */
export const encodeUnitextAscii = (text: string): string => printUnitext(text, false)

/** The value of `HEXPOINT`; -1 for what must not be written so (surrogates, letters, leading zeros). */
const hexPoint = (digits: string): number => {
  if (!/^[0-9A-F]{2,6}$/.test(digits)) return -1
  const code = Number.parseInt(digits, 16)
  const allowed = !isQchar(code) && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return allowed && digits === hex(code) ? code : -1
}

/** `\x{` + six digits + `}`. */
const longestEscape = 10

/** The text of either form of unitext. */
export const decodeUnitext = (text: string): Either.Either<string, AddressError> => {
  let decoded = ""
  for (let at = 0; at < text.length;) {
    const code = Chars.codePointAt(text, at)
    if (isQchar(code) || Chars.isInternational(code)) {
      decoded += String.fromCodePoint(code)
      at += Chars.unitsOf(code)
    } else {
      const escape = text.slice(at, at + longestEscape)
      const close = escape.indexOf("}")
      const point = escape.startsWith("\\x{") && close > 0 ? hexPoint(escape.slice(3, close)) : -1
      if (point < 0) return fail(text, at, "a character of unitext")
      decoded += String.fromCodePoint(point)
      at += close + 1
    }
  }
  return checked(decoded)
}
