/**
 * Address: who a message says it is from and for, as its header has it (RFC 5322 section 3.4, RFC 6532):
 * mailboxes with display names, and groups of them. What is in the angle brackets is a `Mailbox` of
 * `wire`, so an envelope is built from these values and never from text that is read again.
 *
 * `parse` reads what the grammar and its obsolete forms allow: quoted strings, comments, encoded words,
 * folding, source routes (which are ignored, as RFC 5322 section 4.4 says), empty list elements. It takes
 * time in proportion to the text, however deep anything is nested.
 *
 * @module
 */
import type { AddressError } from "@effect-smtp/wire/AddressError"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Equ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Parser from "./internal/addressParser.js"
import * as Words from "./internal/words.js"

/**
 * - `Person`: a mailbox, and the name to show for it, if there is one. The name is text, without
 *   quotes and encoded words, and may be anything: it proves nothing.
 * - `Group`: a name for several persons, or for none, as in `undisclosed-recipients:;`.
 */
export type Address = Data.TaggedEnum<{
  Person: { readonly name: Option.Option<string>; readonly mailbox: Mailbox.Mailbox }
  Group: { readonly name: string; readonly members: ReadonlyArray<Person> }
}>

/** A mailbox with or without a name. */
export type Person = Extract<Address, { readonly _tag: "Person" }>

/** Several under one name. */
export type Group = Extract<Address, { readonly _tag: "Group" }>

const { $is, $match, Group, Person } = Data.taggedEnum<Address>()

/** Whether an address has that shape. */
export const is = $is

/** One function for each shape. */
export const match = $match

/**
 * The text is no list of addresses; the fault is with whoever wrote it. `offset` counts UTF-16 units from
 * the start of the text. The text itself is not in here, so this can be logged.
 */
export class MalformedAddress extends Data.TaggedError("MalformedAddress")<{
  readonly offset: number
  readonly expected: string
}> {
  override get message(): string {
    return `address: expected ${this.expected} at offset ${this.offset}`
  }
}

/** A mailbox, with a name to show for it; an empty one is none. */
export const person = (mailbox: Mailbox.Mailbox, name?: string): Person =>
  Person({ mailbox, name: Option.filter(Option.fromNullable(name), (text) => text !== "") })

/** Several persons, or none, under one name. */
export const group = (name: string, members: ReadonlyArray<Person>): Group =>
  Group({ name, members })

/** An element of a list that is no address: its text, and what is wrong with it, where. */
export interface Malformed {
  readonly text: string
  readonly offset: number
  readonly expected: string
}

/** What could be read of a list, and what not. Nothing is lost. */
export interface Found {
  readonly addresses: ReadonlyArray<Address>
  readonly malformed: ReadonlyArray<Malformed>
}

/**
 * Everything that can be read in the value of an address field, element by element: one that is no
 * address does not hide the others.
 */
export const find = (text: string): Found => {
  const addresses: Array<Address> = []
  const malformed: Array<Malformed> = []
  for (const element of Parser.elements(text)) {
    if (element._tag === "Person") addresses.push(Person(element))
    else if (element._tag === "Group") {
      addresses.push(Group({ name: element.name, members: element.members.map((_) => Person(_)) }))
    } else {
      const { expected, offset, text } = element
      malformed.push({ text, offset, expected })
    }
  }
  return { addresses, malformed }
}

/** The value of an address field: a list, perhaps empty, in which every element is an address. */
export const parse = (text: string): Either.Either<ReadonlyArray<Address>, MalformedAddress> => {
  const { addresses, malformed: [first] } = find(text)
  return first === undefined
    ? Either.right(addresses)
    : Either.left(new MalformedAddress({ offset: first.offset, expected: first.expected }))
}

/** One mailbox, with or without a name: `Jörg <jorg@example.org>`, `jorg@example.org`. */
export const parsePerson = (text: string): Either.Either<Person, MalformedAddress> =>
  Either.flatMap(
    parse(text),
    ([first, ...more]) =>
      first !== undefined && first._tag === "Person" && more.length === 0
        ? Either.right(first)
        : Either.left(new MalformedAddress({ offset: 0, expected: "one mailbox" }))
  )

/**
 * - `Ascii`: names beyond ASCII become encoded words (RFC 2047), and so do those that are hard to quote.
 *   Domains are written in their ASCII form. A local part beyond ASCII has no such form and stays.
 * - `Utf8`: everything is written as it is (RFC 6532).
 */
export type Charset = "Ascii" | "Utf8"

const atoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/

/** A name as atoms, a quoted string or encoded words: no name can end the phrase it is in. */
export const printName = (name: string, charset: Charset): string => {
  if (!Words.goesBare(name, charset === "Utf8")) return Words.encode(name)
  return atoms.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`
}

const printMailbox = (mailbox: Mailbox.Mailbox, charset: Charset): string =>
  Mailbox.print(charset === "Utf8" ? mailbox : toAscii(mailbox))

/** The same mailbox with its domain in ASCII where it has such a form (RFC 5890). */
export const toAscii = (mailbox: Mailbox.Mailbox): Mailbox.Mailbox => ({
  ...mailbox,
  domain: Either.getOrElse(Domain.toAscii(mailbox.domain), () => mailbox.domain)
})

/** One address as a header has it, not folded. What is not a mailbox name is quoted or encoded. */
export const print = (address: Address, charset: Charset = "Ascii"): string => {
  if (address._tag === "Group") {
    return `${printName(address.name, charset)}: ${printAll(address.members, charset)};`
  }
  const mailbox = printMailbox(address.mailbox, charset)
  return Option.match(address.name, {
    onNone: () => mailbox,
    onSome: (name) => `${printName(name, charset)} <${mailbox}>`
  })
}

/** A list of addresses as a header has it, not folded. */
export const printAll = (
  addresses: ReadonlyArray<Address>,
  charset: Charset = "Ascii"
): string => addresses.map((address) => print(address, charset)).join(", ")

/** Everybody who is named, in order, those in groups too. */
export const persons = (addresses: ReadonlyArray<Address>): ReadonlyArray<Person> =>
  addresses.flatMap((address) => address._tag === "Group" ? address.members : [address])

/** Whether the address cannot be written in ASCII: one of its local parts is beyond it (RFC 6531). */
export const needsUtf8 = (address: Address): boolean =>
  persons([address]).some(({ mailbox }) => !Words.isAscii(mailbox.local))

/** Who a message comes from, as the envelope has it. The name is not part of it. */
export const toReversePath = ({ mailbox }: Person): ReversePath.ReversePath =>
  ReversePath.fromMailbox(mailbox)

/**
 * Who a message goes to, as the envelope has it. The name is not part of it. A postmaster at a domain
 * is an ordinary path, of which `ForwardPath.isPostmaster` tells.
 */
export const toForwardPath = ({ mailbox }: Person): ForwardPath.ForwardPath =>
  ForwardPath.fromMailbox(mailbox)

/** The same by way of some hosts (RFC 5321 appendix C); an error if that is too long. */
export const toRoutedPath = (
  { mailbox }: Person,
  route: ReadonlyArray<Domain.Domain>
): Either.Either<ForwardPath.ForwardPath, AddressError> =>
  ForwardPath.make({ route, mailbox }, AddressMode.withUtf8(AddressMode.lenient))

/** The person at the end of a path. The bare postmaster is nobody's address, and neither is `<>`. */
export const fromPath = (
  path: ForwardPath.ForwardPath | ReversePath.ReversePath,
  name?: string
): Option.Option<Person> =>
  path._tag === "Path" ? Option.some(person(path.mailbox, name)) : Option.none()

const PersonEquivalence: Equ.Equivalence<Person> = Equ.struct({
  name: Option.getEquivalence(Equ.string),
  mailbox: Mailbox.Equivalence
})

/** The same names for the same mailboxes, in the same order. */
export const Equivalence: Equ.Equivalence<Address> = Equ.make((self, that) =>
  self._tag === "Person"
    ? that._tag === "Person" && PersonEquivalence(self, that)
    : that._tag === "Group" && self.name === that.name &&
      Equ.array(PersonEquivalence)(self.members, that.members)
)
