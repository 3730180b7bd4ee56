/**
 * The grammar that reverse-path and forward-path share (RFC 5321 section 4.1.2, appendix C).
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Ord from "effect/Order"
import type { AddressError } from "../AddressError.js"
import type { AddressMode } from "../AddressMode.js"
import * as Domain from "../Domain.js"
import * as Mailbox from "../Mailbox.js"
import type { From, Prefix } from "../Prefix.js"
import * as Chars from "./characters.js"
import * as Text from "./text.js"

/** A mailbox, and the hosts to pass on the way there. */
export interface Routed {
  readonly route: ReadonlyArray<Domain.Domain>
  readonly mailbox: Mailbox.Mailbox
}

/** In octets, brackets and punctuation counted (RFC 5321 section 4.5.3.1.3). */
export const limit = 256

const fail = (text: string, from: From, expected: string): Either.Either<never, AddressError> =>
  Chars.unexpected(text, { ...from, part: "path", expected })

const tooLong = (offset: number): Either.Either<never, AddressError> =>
  Chars.tooLong("path", offset, `a path of at most ${limit} octets`)

/** The path as on the wire. */
export const print = ({ mailbox, route }: Routed): string => {
  if (route.length === 0) return `<${Mailbox.print(mailbox)}>`
  const hops = route.map((domain) => `@${Domain.print(domain)}`).join(",")
  return `<${hops}:${Mailbox.print(mailbox)}>`
}

/** Whether any part of it is beyond ASCII. */
export const needsUtf8 = ({ mailbox, route }: Routed): boolean =>
  Mailbox.needsUtf8(mailbox) || route.some((domain) => !Domain.isAscii(domain))

/** The path with every part checked. */
export const checkParts = (
  { mailbox, route }: Routed,
  mode: AddressMode
): Either.Either<Routed, AddressError> =>
  Either.all({
    route: Either.all(route.map((domain) => Domain.make(domain, mode))),
    mailbox: Mailbox.make(mailbox, mode)
  })

const readRoute = (
  text: string,
  from: From
): Either.Either<Prefix<ReadonlyArray<Domain.Domain>>, AddressError> => {
  const route: Array<Domain.Domain> = []
  let at = from.offset
  while (text[at] === "@") {
    const domain = Domain.parsePrefix(text, { ...from, offset: at + 1 })
    if (Either.isLeft(domain)) return Either.left(domain.left)
    if (domain.right.end - from.offset > limit) return tooLong(from.offset)
    route.push(domain.right.value)
    at = domain.right.end
    if (text[at] === ":") return Either.right({ value: route, end: at + 1 })
    if (text[at] !== ",") break
    at++
  }
  return fail(text, { ...from, offset: at }, route.length === 0 ? "an at sign" : "a comma or colon")
}

const ends = (text: string, at: number): boolean => at === text.length || text[at] === " "

/**
 * Reads the path that starts at the offset: none for the word that stands for a path of its own kind,
 * in any case. A path without brackets (lenient) is never the empty word.
 */
export const read = (
  word: string
) =>
(text: string, from: From): Either.Either<Prefix<Option.Option<Routed>>, AddressError> => {
  const lenient = from.mode.leniency === "lenient"
  let at = from.offset
  while (lenient && text[at] === " ") at++
  const start = at
  const open = text[at] === "<"
  if (open) at++
  else if (!lenient) return fail(text, { ...from, offset: at }, "an opening angle bracket")
  const afterWord = at + word.length
  if (
    text.slice(at, afterWord).toLowerCase() === word &&
    (open ? text[afterWord] === ">" : word !== "" && ends(text, afterWord))
  ) {
    return Either.right({ value: Option.none(), end: afterWord + (open ? 1 : 0) })
  }
  const route = open && text[at] === "@"
    ? readRoute(text, { ...from, offset: at })
    : Either.right({ value: [], end: at })
  if (Either.isLeft(route)) return Either.left(route.left)
  const mailbox = Mailbox.parsePrefix(text, { ...from, offset: route.right.end })
  if (Either.isLeft(mailbox)) return Either.left(mailbox.left)
  const { end } = mailbox.right
  if (open && text[end] !== ">") {
    return fail(text, { ...from, offset: end }, "a closing angle bracket")
  }
  if (!open && !ends(text, end)) return fail(text, { ...from, offset: end }, "a space or the end")
  const value: Routed = { route: route.right.value, mailbox: mailbox.right.value }
  return Text.octets(print(value)) <= limit
    ? Either.right({ value: Option.some(value), end: open ? end + 1 : end })
    : tooLong(start)
}

/** By mailbox, then by the hops of the route in their order. */
export const Order: Ord.Order<Routed> = Ord.combine(
  Ord.mapInput(Mailbox.Order, (path: Routed) => path.mailbox),
  Ord.mapInput(Ord.array(Domain.Order), (path: Routed) => path.route)
)
