/**
 * RecipientPattern: mailboxes that look alike, as text with names for what differs:
 * `ticket-:id@support.example` is `ticket-17@support.example`, where `id` is `17`.
 *
 * A name begins with a letter and goes on with letters, digits and `_`. It stands for one character at
 * least; before the `@` for any, as few as will do, but for the last one; behind it for a label of the
 * domain or a part of one. Everything else stands for itself, whatever its case; labels beyond ASCII are
 * the same as their A-labels.
 *
 * @module
 */
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import type { Mailbox } from "@effect-smtp/wire/Mailbox"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

/** The text of a pattern. */
export type Text = `${string}@${string}`

type Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
type Characters<Text extends string, Read = never> = Text extends `${infer First}${infer Rest}`
  ? Characters<Rest, Read | First>
  : Read
type Letter = Characters<Letters>
type Inner = Letter | Characters<"0123456789_">

/** The name that the text begins with, or what was read of it already. */
type Name<Rest extends string, Read extends string = ""> = Rest extends
  `${infer First}${infer After}`
  ? First extends (Read extends "" ? Letter : Inner) ? Name<After, `${Read}${First}`> : Read
  : Read

type NamesIn<Part extends string> = Part extends `[${string}` ? never
  : Part extends `${string}:${infer Rest}` ? Exclude<Name<Rest>, ""> | NamesIn<Rest>
  : never

type Names<Pattern extends string> = Pattern extends `${infer Local}@${infer Domain}`
  ? NamesIn<Local> | NamesIn<Domain>
  : never

/** What a pattern finds in a mailbox, by its names; labels of domains in lower case and ASCII. */
export type Captures<Pattern extends string> = { readonly [K in Names<Pattern>]: string }

/**
 * - `match`: what the names stand for, if that is such a mailbox;
 * - `serves`: whether mailboxes at that domain may be such.
 */
export interface RecipientPattern<Captured> {
  readonly match: (mailbox: Mailbox) => Option.Option<Captured>
  readonly serves: (domain: Domain.Domain) => boolean
}

type Found = Readonly<Record<string, string>>

/** A pattern from its text. One that is no mailbox, whatever its names stand for, matches none. */
export function make<const Pattern extends Text>(
  pattern: Pattern
): RecipientPattern<Captures<Pattern>>
export function make(pattern: Text): RecipientPattern<Found> {
  const at = pattern.indexOf("@")
  const local = compile(pattern.slice(0, at))
  const domain = labelsOf(pattern.slice(at + 1)).map(compile)
  const matchDomain = (given: Domain.Domain): Option.Option<Found> => {
    const labels = fold(given)
    return labels.length === domain.length
      ? merge(domain.map((glob, index) => matchGlob(glob, labels[index])))
      : Option.none()
  }
  return {
    match: (mailbox) =>
      Option.flatMap(
        matchDomain(mailbox.domain),
        (found) => merge([matchGlob(local, mailbox.local), Option.some(found)])
      ),
    serves: (given) => Option.isSome(matchDomain(given))
  }
}

const merge = (parts: ReadonlyArray<Option.Option<Found>>): Option.Option<Found> =>
  Option.map(Option.all(parts), (found) => Object.assign({}, ...found))

/** Text that stands for itself, and names with the text behind each. */
interface Glob {
  readonly first: string
  readonly rest: ReadonlyArray<{ readonly name: string; readonly text: string }>
}

const aName = /:([A-Za-z][A-Za-z0-9_]*)/

/** Split by names, texts are at even places and names at odd ones. */
const compile = (pattern: string): Glob => {
  const [first, ...others] = isLiteral(pattern) ? [pattern] : pattern.split(aName)
  return {
    first: lower(first),
    rest: others.flatMap((name, index) =>
      index % 2 === 0 ? [{ name, text: lower(others[index + 1]) }] : []
    )
  }
}

/** An address literal, which may have colons of its own. */
const isLiteral = (pattern: string): boolean => pattern.startsWith("[")

/** ASCII only, so that nothing changes its place. */
const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

const matchGlob = ({ first, rest }: Glob, given: string): Option.Option<Found> => {
  const folded = lower(given)
  if (!folded.startsWith(first)) return Option.none()
  const found: Record<string, string> = {}
  let start = first.length
  for (const [index, { name, text }] of rest.entries()) {
    const end = index === rest.length - 1
      ? folded.endsWith(text) ? folded.length - text.length : -1
      : folded.indexOf(text, start + 1)
    if (end <= start) return Option.none()
    found[name] = given.slice(start, end)
    start = end + text.length
  }
  return start === given.length ? Option.some(found) : Option.none()
}

const utf8 = AddressMode.withUtf8(AddressMode.strict)

/** The labels as they are compared; a literal is one of its own. */
const fold = (domain: Domain.Domain): ReadonlyArray<string> => {
  const text = Domain.print(Either.getOrElse(Domain.toAscii(domain), () => domain))
  return domain._tag === "Name" ? lower(text).split(".") : [lower(text)]
}

/** Labels with names in them are no domain, the others may be. */
const labelsOf = (pattern: string): ReadonlyArray<string> => {
  const read = (text: string) =>
    Either.match(Domain.parse(text, utf8), { onLeft: () => [text], onRight: fold })
  return isLiteral(pattern) ? read(pattern) : pattern.split(".").flatMap(read)
}
