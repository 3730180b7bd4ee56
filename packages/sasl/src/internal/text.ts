/**
 * Names and passwords as bytes, with the rules that the mechanisms have in common. An error is a
 * description of what was expected; it never quotes what came.
 *
 * @module
 */
import * as Either from "effect/Either"

/**
 * The most octets a name or a password may have. RFC 4616 asks servers to take 255; nobody needs more
 * than this.
 */
export const maxOctets = 1024

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const loneSurrogate = /[\uD800-\uDFFF]/u

/** C0, DEL, C1, and the line and paragraph separators. */
const isControl = (code: number): boolean =>
  code < 0x20 || (code >= 0x7f && code <= 0x9f) || code === 0x2028 || code === 0x2029

const hasControl = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    if (isControl(text.charCodeAt(i))) return true
  }
  return false
}

/** Well-formed text as UTF-8. */
export const toUtf8 = (text: string): Uint8Array => encoder.encode(text)

/** One behind the other. */
export const concat = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

/** What is the matter with text of so many octets, if anything. */
const fault = (text: string, octets: number, what: string): string | undefined =>
  octets === 0
    ? `${what} that is not empty`
    : octets > maxOctets
    ? `${what} of at most ${maxOctets} octets`
    : text.includes("\0")
    ? `${what} without NUL`
    : undefined

/** Text to UTF-8: not empty, bounded, without NUL. Half a surrogate pair has no UTF-8. */
export const encode = (text: string, what: string): Either.Either<Uint8Array, string> => {
  if (loneSurrogate.test(text)) return Either.left(`${what} in well-formed Unicode`)
  const bytes = encoder.encode(text)
  const expected = fault(text, bytes.length, what)
  return expected === undefined ? Either.right(bytes) : Either.left(expected)
}

/** UTF-8 to text: not empty, bounded, without NUL. */
export const decode = (bytes: Uint8Array, what: string): Either.Either<string, string> =>
  Either.flatMap(
    Either.try({ try: () => decoder.decode(bytes), catch: () => `${what} in UTF-8` }),
    (text) => {
      const expected = fault(text, bytes.length, what)
      return expected === undefined ? Either.right(text) : Either.left(expected)
    }
  )

/** A name may hold no control characters: it ends up in logs and header fields. */
export const checkName = (text: string, what: string): Either.Either<string, string> =>
  hasControl(text) ? Either.left(`${what} without control characters`) : Either.right(text)

/** {@link encode} for a name. */
export const encodeName = (text: string, what: string): Either.Either<Uint8Array, string> =>
  Either.flatMap(checkName(text, what), (name) => encode(name, what))

/** {@link decode} for a name. */
export const decodeName = (bytes: Uint8Array, what: string): Either.Either<string, string> =>
  Either.flatMap(decode(bytes, what), (name) => checkName(name, what))
