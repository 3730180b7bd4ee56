/**
 * Mailbox: `local@domain` (RFC 5321 section 4.1.2, RFC 6531 section 3.3). Never a display name: a
 * mailbox is read whole or not at all.
 *
 * @module
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import type * as Equ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Ord from "effect/Order"
import type { AddressError } from "./AddressError.js"
import type { AddressMode } from "./AddressMode.js"
import * as Domain from "./Domain.js"
import * as Chars from "./internal/characters.js"
import * as Text from "./internal/text.js"
import type { From, Prefix } from "./Prefix.js"

/**
 * - `local`: what the local part means, without quotes and backslashes: `a.b` and `"a.b"` and
 *   `"a\.b"` on the wire are all `a.b` here. May be empty, and may hold spaces, `@` and `>`.
 * - `domain`: where it is.
 */
export interface Mailbox {
  readonly local: string
  readonly domain: Domain.Domain
}

/**
 * Limits in octets (RFC 5321 section 4.5.3.1): of the local part in its shortest written form, and of
 * the whole, which is what a path leaves between its brackets.
 */
export const limits = { local: 64, mailbox: 254 } as const

const quote = 0x22
const backslash = 0x5c

/** The local part with as little quoting as possible. */
const printLocal = (local: string): string =>
  Chars.isDotString(local) ? local : `"${local.replace(/["\\]/g, "\\$&")}"`

const fail = (text: string, from: From, expected: string): Either.Either<never, AddressError> =>
  Chars.unexpected(text, { ...from, part: "local", expected })

const localTooLong = (offset: number): Either.Either<never, AddressError> =>
  Chars.tooLong("local", offset, `a local part of at most ${limits.local} octets`)

/** Written out, a local part is at most twice as long as it need be, and two quotes. */
const longest = 2 * limits.local + 2

const atomEnd = (text: string, { mode, offset }: From): number => {
  let end = offset
  while (end < text.length && end - offset <= longest) {
    const code = Chars.codePointAt(text, end)
    const fits = code < 0x80 ? Chars.isAtext(code) : mode.utf8 && Chars.isInternational(code)
    if (!fits) break
    end += Chars.unitsOf(code)
  }
  return end
}

const readDotString = (text: string, from: From): Either.Either<Prefix<string>, AddressError> => {
  let end = from.offset
  while (end - from.offset <= longest) {
    const start = end
    end = atomEnd(text, { ...from, offset: start })
    if (end === start) return fail(text, { ...from, offset: end }, "a character of an atom")
    if (text[end] !== ".") return Either.right({ value: text.slice(from.offset, end), end })
    end++
  }
  return localTooLong(from.offset)
}

const readQuotedString = (
  text: string,
  from: From
): Either.Either<Prefix<string>, AddressError> => {
  let value = ""
  let at = from.offset + 1
  while (at - from.offset <= longest) {
    const code = Chars.codePointAt(text, at)
    if (code === quote) return Either.right({ value, end: at + 1 })
    if (code === backslash) {
      const escaped = Chars.codePointAt(text, at + 1)
      if (escaped !== 0x20 && !Chars.isVisible(escaped)) {
        return fail(text, { ...from, offset: at + 1 }, "a printable character after the backslash")
      }
      at++
      value += text[at]
      at++
    } else if (
      code === 0x20 || Chars.isVisible(code) || (from.mode.utf8 && Chars.isInternational(code))
    ) {
      value += String.fromCodePoint(code)
      at += Chars.unitsOf(code)
    } else {
      return fail(text, { ...from, offset: at }, "a printable character or the closing quote")
    }
  }
  return localTooLong(from.offset)
}

/** Reads the mailbox that starts at the offset. */
export const parsePrefix = (
  text: string,
  from: From
): Either.Either<Prefix<Mailbox>, AddressError> => {
  const quoted = text.charCodeAt(from.offset) === quote
  const local = quoted ? readQuotedString(text, from) : readDotString(text, from)
  if (Either.isLeft(local)) return Either.left(local.left)
  const { end, value } = local.right
  if (Text.octets(printLocal(value)) > limits.local) return localTooLong(from.offset)
  if (text[end] !== "@") return fail(text, { ...from, offset: end }, "an at sign")
  const domain = Domain.parsePrefix(text, { ...from, offset: end + 1 })
  if (Either.isLeft(domain)) return Either.left(domain.left)
  const mailbox: Mailbox = { local: value, domain: domain.right.value }
  return Text.octets(print(mailbox)) <= limits.mailbox
    ? Either.right({ value: mailbox, end: domain.right.end })
    : Chars.tooLong("path", from.offset, `a mailbox of at most ${limits.mailbox} octets`)
}

/** A mailbox: all of the text. */
export const parse: (text: string, mode?: AddressMode) => Either.Either<Mailbox, AddressError> =
  Chars.whole("local", parsePrefix)

/** As on the wire, with as little quoting as possible. */
export const print = (mailbox: Mailbox): string =>
  `${printLocal(mailbox.local)}@${Domain.print(mailbox.domain)}`

/**
 * Checks both parts, which may come from anywhere. An error's offset counts in the printed form of the
 * mailbox, or of the part of the domain that is wrong.
 */
export const make = (
  mailbox: Mailbox,
  mode?: AddressMode
): Either.Either<Mailbox, AddressError> =>
  Either.flatMap(
    Domain.make(mailbox.domain, mode),
    (domain) => parse(print({ local: mailbox.local, domain }), mode)
  )

/** The atoms of a local part that needs no quotes; none for one that does. */
export const localAtoms = (mailbox: Mailbox): Option.Option<NonEmptyReadonlyArray<string>> => {
  const atoms = mailbox.local.split(".")
  return Arr.isNonEmptyReadonlyArray(atoms) && Chars.isDotString(mailbox.local)
    ? Option.some(atoms)
    : Option.none()
}

/** Whether the mailbox can be sent only where SMTPUTF8 was agreed on, as it is written. */
export const needsUtf8 = ({ domain, local }: Mailbox): boolean =>
  !Chars.isAscii(local) || !Domain.isAscii(domain)

const foldLocal = (local: string): string =>
  local.toLowerCase() === "postmaster" ? "postmaster" : local

/** Whether this is somebody's postmaster (RFC 5321 section 4.5.1): the one local part without case. */
export const isPostmaster = (mailbox: Mailbox): boolean => foldLocal(mailbox.local) === "postmaster"

/** By domain, then by local part, in which case counts. */
export const Order: Ord.Order<Mailbox> = Ord.combine(
  Ord.mapInput(Domain.Order, (mailbox: Mailbox) => mailbox.domain),
  Ord.mapInput(Ord.string, (mailbox: Mailbox) => foldLocal(mailbox.local))
)

/** Equal in {@link Order}: however it was quoted, whatever the case of the domain. */
export const Equivalence: Equ.Equivalence<Mailbox> = (self, that) => Order(self, that) === 0
