/**
 * Domain: where a mailbox is, or who a host says it is (RFC 5321 sections 4.1.2 and 4.1.3, RFC 6531
 * section 3.3). A name, or an address literal in brackets.
 *
 * @module
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Arr from "effect/Array"
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type * as Equ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Ord from "effect/Order"
import type { AddressError } from "./AddressError.js"
import type { AddressMode } from "./AddressMode.js"
import { strict } from "./AddressMode.js"
import * as Chars from "./internal/characters.js"
import { toALabel } from "./internal/idna.js"
import * as Ip from "./internal/ip.js"
import * as Text from "./internal/text.js"
import type { From, Prefix } from "./Prefix.js"

/**
 * - `Name`: the labels of a domain name, as written, no empty one. Labels beyond ASCII are U-labels.
 * - `IPv4`: dotted decimal, without leading zeros.
 * - `IPv6`: the canonical text of RFC 5952, no zone.
 * - `General`: a tagged literal of some later standard. The tag is never `IPv6`.
 *
 * The constructors of this module check; a value written by hand is checked by nobody.
 */
export type Domain = Data.TaggedEnum<{
  Name: { readonly labels: NonEmptyReadonlyArray<string> }
  IPv4: { readonly address: string }
  IPv6: { readonly address: string }
  General: { readonly tag: string; readonly content: string }
}>

const { $is, $match, General, IPv4, IPv6, Name } = Data.taggedEnum<Domain>()

/** Whether a domain has that shape. */
export const is = $is

/** One function for each shape. */
export const match = $match

/** Limits in octets, of UTF-8 where there is more than ASCII (RFC 5321 section 4.5.3.1.2, RFC 1035). */
export const limits = { label: 63, domain: 255 } as const

const fail = (text: string, from: From, expected: string): Either.Either<never, AddressError> =>
  Chars.unexpected(text, { ...from, part: "domain", expected })

const checkLength = (domain: Domain, offset: number): Either.Either<Domain, AddressError> =>
  Text.octets(print(domain)) <= limits.domain
    ? Either.right(domain)
    : Chars.tooLong("domain", offset, `a domain of at most ${limits.domain} octets`)

/** The end of the run of characters that may stand in a label. */
const labelEnd = (text: string, { mode, offset }: From): number => {
  let end = offset
  while (end < text.length && end - offset <= limits.domain) {
    const code = Chars.codePointAt(text, end)
    const fits = code < 0x80
      ? Chars.isLetDig(code) || code === 0x2d || (code === 0x5f && mode.leniency === "lenient")
      : mode.utf8 && Chars.isInternational(code)
    if (!fits) break
    end += Chars.unitsOf(code)
  }
  return end
}

const readLabel = (text: string, from: From): Either.Either<Prefix<string>, AddressError> => {
  const end = labelEnd(text, from)
  const label = text.slice(from.offset, end)
  if (label === "" || label.startsWith("-")) return fail(text, from, "a letter or digit")
  if (Text.octets(label) > limits.label) {
    return Chars.tooLong("domain", from.offset, `a label of at most ${limits.label} octets`)
  }
  if (label.endsWith("-")) {
    return fail(text, { ...from, offset: end - 1 }, "a letter or digit at the end of a label")
  }
  if (!Chars.isAscii(label) && Option.isNone(toALabel(label))) {
    return fail(text, from, "a label of an internationalised domain name")
  }
  return Either.right({ value: label, end })
}

const readName = (text: string, from: From): Either.Either<Prefix<Domain>, AddressError> => {
  const first = readLabel(text, from)
  if (Either.isLeft(first)) return Either.left(first.left)
  const labels: Arr.NonEmptyArray<string> = [first.right.value]
  let end = first.right.end
  while (text[end] === "." && end - from.offset <= limits.domain) {
    const next = { ...from, offset: end + 1 }
    if (from.mode.leniency === "lenient" && labelEnd(text, next) === next.offset) {
      end = next.offset
      break
    }
    const label = readLabel(text, next)
    if (Either.isLeft(label)) return Either.left(label.left)
    labels.push(label.right.value)
    end = label.right.end
  }
  return Either.map(checkLength(Name({ labels }), from.offset), (value) => ({ value, end }))
}

/** `dcontent` of RFC 5321 section 4.1.3. */
const isContent = (code: number): boolean => Chars.isVisible(code) && (code < 0x5b || code > 0x5d)

const isTag = (tag: string): boolean =>
  tag !== "" && !tag.endsWith("-") && tag.toLowerCase() !== "ipv6" &&
  Arr.every(Array.from(tag), (c) => c === "-" || Chars.isLetDig(c.charCodeAt(0)))

const readLiteral = (text: string, from: From): Either.Either<Prefix<Domain>, AddressError> => {
  if (text[from.offset] !== "[") return fail(text, from, "an address literal in brackets")
  const start = { ...from, offset: from.offset + 1 }
  let end = start.offset
  while (end - from.offset < limits.domain && isContent(text.charCodeAt(end))) end++
  if (end - from.offset >= limits.domain) {
    return Chars.tooLong("domain", from.offset, `a literal of at most ${limits.domain} octets`)
  }
  if (text[end] !== "]") {
    return fail(text, { ...from, offset: end }, "a printable character or a closing bracket")
  }
  const value = readBody(text.slice(start.offset, end))
  return Either.isRight(value)
    ? Either.right({ value: value.right, end: end + 1 })
    : fail(text, start, "an IPv4 address, `IPv6:` and an address, or a tag, colon and text")
}

/** What is between the brackets. */
const readBody = (body: string): Either.Either<Domain, AddressError> => {
  const colon = body.indexOf(":")
  if (colon < 0) return ipv4(body)
  const tag = body.slice(0, colon)
  const content = body.slice(colon + 1)
  return tag.toLowerCase() === "ipv6" ? ipv6(content) : general(tag, content)
}

/** Reads the domain that starts at the offset; the first character tells a literal from a name. */
export const parsePrefix = (
  text: string,
  from: From
): Either.Either<Prefix<Domain>, AddressError> =>
  text[from.offset] === "[" ? readLiteral(text, from) : readName(text, from)

/** A name or a bracketed literal: all of the text. */
export const parse: (text: string, mode?: AddressMode) => Either.Either<Domain, AddressError> =
  Chars
    .whole("domain", parsePrefix)

/** A name: all of the text. Text like `1.2.3.4` is a name here, as the grammar has it. */
export const parseName: (text: string, mode?: AddressMode) => Either.Either<Domain, AddressError> =
  Chars.whole("domain", readName)

/** A literal in its brackets: all of the text. */
export const parseLiteral: (text: string) => Either.Either<Domain, AddressError> = (text) =>
  Chars.whole("domain", readLiteral)(text)

/** The name with these labels. An error's offset is within the label that is wrong. */
export const name = (
  labels: NonEmptyReadonlyArray<string>,
  mode: AddressMode = strict
): Either.Either<Domain, AddressError> => {
  for (const label of labels) {
    const read = Chars.whole("domain", readLabel)(label, mode)
    if (Either.isLeft(read)) return Either.left(read.left)
  }
  return checkLength(Name({ labels }), 0)
}

/** The literal of an IPv4 address, given bare: four decimal numbers (a leading zero means nothing). */
export const ipv4 = (text: string): Either.Either<Domain, AddressError> =>
  Option.match(Ip.readIPv4(text), {
    onNone: () => fail(text, { offset: 0, mode: strict }, "an IPv4 address"),
    onSome: (address) => Either.right(IPv4({ address }))
  })

/**
 * The literal of an IPv6 address, given bare, in any form of RFC 4291 section 2.2 and without a zone.
 * RFC 5321 would not let `::` stand for a single group; RFC 4291 does, and so does this.
 */
export const ipv6 = (text: string): Either.Either<Domain, AddressError> =>
  Option.match(Ip.readIPv6(text), {
    onNone: () => fail(text, { offset: 0, mode: strict }, "an IPv6 address"),
    onSome: (address) => Either.right(IPv6({ address }))
  })

/** The literal of an IPv4 or IPv6 address, given bare: as sockets report addresses. */
export const parseAddress = (text: string): Either.Either<Domain, AddressError> =>
  text.includes(":") ? ipv6(text) : ipv4(text)

/**
 * A general literal: a tag of letters, digits and dashes that does not end in a dash and is not
 * `IPv6`; a content of printable characters without brackets and backslash.
 */
export const general = (tag: string, content: string): Either.Either<Domain, AddressError> => {
  const at = (offset: number): From => ({ offset, mode: strict })
  if (!isTag(tag)) return fail(tag, at(0), "a tag of letters, digits and dashes")
  const bad = Array.from(content).findIndex((c) => !isContent(Chars.codePointAt(c, 0)))
  return content === "" || bad >= 0
    ? fail(content, at(Math.max(bad, 0)), "printable characters without brackets and backslash")
    : checkLength(General({ tag, content }), 0)
}

/** Checks a domain that may come from anywhere, each part as its constructor does. */
export const make = (
  domain: Domain,
  mode?: AddressMode
): Either.Either<Domain, AddressError> =>
  match(domain, {
    Name: ({ labels }) => name(labels, mode),
    IPv4: ({ address }) => ipv4(address),
    IPv6: ({ address }) => ipv6(address),
    General: ({ content, tag }) => general(tag, content)
  })

/** To add up a few strings takes a third of the time of joining them. */
const printLabels = (labels: ReadonlyArray<string>): string =>
  labels.reduce((text, label, at) => at === 0 ? label : `${text}.${label}`, "")

/** As on the wire: literals in brackets. */
export const print = (domain: Domain): string =>
  domain._tag === "Name" ? printLabels(domain.labels) : printLiteral(domain)

const printLiteral: (domain: Domain) => string = match({
  Name: print,
  IPv4: ({ address }) => `[${address}]`,
  IPv6: ({ address }) => `[IPv6:${address}]`,
  General: ({ content, tag }) => `[${tag}:${content}]`
})

/** For people, and for whoever wants the address alone: no brackets, no `IPv6:`. */
export const printBare: (domain: Domain) => string = match({
  Name: ({ labels }) => printLabels(labels),
  IPv4: ({ address }) => address,
  IPv6: ({ address }) => address,
  General: ({ content, tag }) => `${tag}:${content}`
})

/** Whether the domain can be sent without SMTPUTF8. */
export const isAscii = (domain: Domain): boolean =>
  domain._tag === "Name" ? domain.labels.every(Chars.isAscii) : Chars.isAscii(print(domain))

/** The same domain for the DNS and for servers without SMTPUTF8: U-labels become A-labels (RFC 5890). */
export const toAscii = (domain: Domain): Either.Either<Domain, AddressError> => {
  if (domain._tag !== "Name" || isAscii(domain)) return Either.right(domain)
  const ascii = Option.all(
    Arr.map(domain.labels, (label) => Chars.isAscii(label) ? Option.some(label) : toALabel(label))
  )
  return Option.match(Option.filter(ascii, Arr.isNonEmptyReadonlyArray), {
    onNone: () =>
      fail(
        print(domain),
        { offset: 0, mode: strict },
        "labels of an internationalised domain name"
      ),
    onSome: (labels) => checkLength(Name({ labels }), 0)
  })
}

/** A label as it is compared: in lower case, and a U-label as the A-label it stands for. */
const foldLabel = (label: string): string =>
  Chars.isAscii(label)
    ? label.toLowerCase()
    : Option.getOrElse(toALabel(label), () => label.toLowerCase())

const key: (domain: Domain) => ReadonlyArray<string> = match({
  IPv4: ({ address }) => ["1", Ip.sortable(address)],
  IPv6: ({ address }) => ["2", Ip.sortable(address)],
  General: ({ content, tag }) => ["3", tag.toLowerCase(), content],
  Name: ({ labels }) => ["4", ...labels.map(foldLabel)]
})

/**
 * Literals first: IPv4, IPv6, then others; then names, label by label from the left, so that a name
 * sorts after every name it continues. Case in labels and tags does not count, and a U-label is its
 * A-label.
 */
export const Order: Ord.Order<Domain> = Ord.mapInput(Ord.array(Ord.string), key)

/** Equal in {@link Order}. */
export const Equivalence: Equ.Equivalence<Domain> = (self, that) => Order(self, that) === 0
