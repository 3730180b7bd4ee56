import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Token } from "./tokens.js"
import { tokens } from "./tokens.js"
import * as Words from "./words.js"

/** A mailbox and its name. */
export interface Person {
  readonly _tag: "Person"
  readonly name: Option.Option<string>
  readonly mailbox: Mailbox.Mailbox
}

/** An element that is no address, and why. */
export interface Malformed {
  readonly _tag: "Malformed"
  readonly text: string
  readonly offset: number
  readonly expected: string
}

/** What an address field holds. */
export type Element =
  | Person
  | { readonly _tag: "Group"; readonly name: string; readonly members: ReadonlyArray<Person> }
  | Malformed

const mode = AddressMode.withUtf8(AddressMode.lenient)

type Wrong = { readonly offset: number; readonly expected: string }
const wrong = (offset: number, expected: string) => Either.left<Wrong>({ offset, expected })

const isMark = (token: Token | undefined, ...texts: ReadonlyArray<string>): boolean =>
  token !== undefined && token.kind === "Mark" && texts.includes(token.text)

/**
 * A display name (RFC 5322 sections 3.2.5 and 4.1): words and dots, a space where there was any between
 * them. Encoded words are decoded where they are not quoted (RFC 2047 section 5), those too that have
 * dots in them, or nothing between them, as not few mailers write them.
 */
export const phrase = (words: ReadonlyArray<Token>): Option.Option<string> => {
  const fits = words.every(({ kind, text }) =>
    kind === "Atom" || kind === "Quoted" || (kind === "Mark" && text === ".")
  )
  if (!fits) return Option.none()
  let name = ""
  let bare = ""
  for (const { kind, spaced, text } of words) {
    const space = spaced && (name !== "" || bare !== "") ? " " : ""
    if (kind === "Quoted") {
      name += Words.decode(bare) + space + text
      bare = ""
    } else bare += space + text
  }
  return Option.some(name + Words.decode(bare))
}

/** `local@domain` with comments and white space anywhere (RFC 5322 sections 3.4.1 and 4.4). */
const mailbox = (
  spec: ReadonlyArray<Token>,
  end: number
): Either.Either<Mailbox.Mailbox, Wrong> => {
  let local = ""
  let at = 0
  for (;; at++) {
    const word = spec[at]
    if (word === undefined || (word.kind !== "Atom" && word.kind !== "Quoted")) {
      return wrong(word?.offset ?? end, "a mailbox")
    }
    local += word.text
    at++
    if (!isMark(spec[at], ".")) break
    local += "."
  }
  if (!isMark(spec[at], "@")) return wrong(spec[at]?.offset ?? end, "an at sign")
  const [first, ...rest] = spec.slice(at + 1)
  if (first === undefined) return wrong(end, "a domain")
  // White space is between dots and atoms alone, so two atoms in a row are no domain.
  const odd = first.kind === "Literal"
    ? rest[0]
    : [first, ...rest].find((token, index) =>
      index % 2 === 0 ? token.kind !== "Atom" : !isMark(token, ".")
    )
  if (odd !== undefined) return wrong(odd.offset, "a domain")
  return Domain.parse([first, ...rest].map(({ text }) => text).join(""), mode).pipe(
    Either.flatMap((domain) => Mailbox.make({ local, domain }, mode)),
    Either.mapLeft(({ expected }) => ({ offset: spec[0].offset, expected }))
  )
}

/** `name <local@domain>`, or `local@domain`, for which a comment behind it may be the name. */
const person = (list: ReadonlyArray<Token>, end: number): Either.Either<Person, Wrong> => {
  const open = list.findIndex((token) => isMark(token, "<"))
  if (open < 0) {
    const said = list.at(-1)?.comment ?? ""
    return Either.map(mailbox(list, end), (mailbox) => ({
      _tag: "Person",
      name: said === "" ? Option.none() : Option.some(Words.decode(said)),
      mailbox
    }))
  }
  const last = list[list.length - 1]
  if (!isMark(last, ">")) return wrong(end, "a closing angle bracket")
  const name = phrase(list.slice(0, open))
  if (Option.isNone(name)) return wrong(list[0].offset, "a display name")
  const inside = list.slice(open + 1, -1)
  const colon = isMark(inside[0], "@", ",") ? inside.findIndex((token) => isMark(token, ":")) : -1
  return Either.map(mailbox(inside.slice(colon + 1), last.offset), (mailbox) => ({
    _tag: "Person",
    name: Option.filter(name, (text) => text !== ""),
    mailbox
  }))
}

/**
 * Where each element begins and ends: at commas and at the ends of groups, outside of angle brackets, in
 * which a source route has commas and a colon of its own.
 */
export const elements = (text: string): ReadonlyArray<Element> => {
  const all = tokens(text)
  const found: Array<Element> = []
  let open: { readonly at: number; readonly name: string; readonly members: Array<Person> } | null =
    null
  let start = 0
  let bracketed = false
  let named = false

  const malformed = (from: number, to: number, { expected, offset }: Wrong) => {
    const first = all[from]?.offset ?? 0
    const after = all[to]?.offset ?? text.length
    found.push({ _tag: "Malformed", text: text.slice(first, after).trim(), offset, expected })
  }
  const element = (to: number) => {
    if (to > start) {
      const read = person(all.slice(start, to), all[to]?.offset ?? text.length)
      if (Either.isLeft(read)) malformed(start, to, read.left)
      else if (open === null) found.push(read.right)
      else open.members.push(read.right)
    }
    start = to + 1
    bracketed = false
    named = false
  }

  for (let at = 0; at < all.length; at++) {
    const token = all[at]
    if (token.kind !== "Mark") continue
    if (token.text === "<") bracketed = true
    else if (token.text === ">") bracketed = false
    else if (bracketed) continue
    else if (token.text === ",") element(at)
    else if (token.text === ":" && !named && open === null) {
      named = true
      const name = phrase(all.slice(start, at))
      if (at > start && Option.isSome(name)) {
        open = { at: start, name: name.value, members: [] }
        start = at + 1
      }
    } else if (token.text === ";") {
      element(at)
      if (open === null) malformed(at, at + 1, { offset: token.offset, expected: "an address" })
      else found.push({ _tag: "Group", name: open.name, members: open.members })
      open = null
    }
  }
  element(all.length)
  if (open !== null) {
    for (const member of open.members) found.push(member)
    malformed(open.at, all.length, { offset: text.length, expected: "the end of a group" })
  }
  return found
}
