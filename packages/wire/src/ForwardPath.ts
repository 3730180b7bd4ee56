/**
 * ForwardPath: who a message goes to, in `RCPT TO:` (RFC 5321 sections 3.3, 4.1.1.3 and 4.1.2).
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type * as Equ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Ord from "effect/Order"
import type { AddressError } from "./AddressError.js"
import type { AddressMode } from "./AddressMode.js"
import { strict } from "./AddressMode.js"
import type { Domain } from "./Domain.js"
import * as Chars from "./internal/characters.js"
import * as RoutedPath from "./internal/path.js"
import * as Mailbox from "./Mailbox.js"
import type { From, Prefix } from "./Prefix.js"

/**
 * - `Postmaster`: the bare word `<Postmaster>` in any case, the postmaster of the server itself
 *   (RFC 5321 section 4.5.1).
 * - `Path`: a mailbox. `route` is the source route, which is to be accepted, to be ignored, and not to
 *   be generated (RFC 5321 appendix C).
 */
export type ForwardPath = Data.TaggedEnum<{
  Postmaster: {}
  Path: { readonly route: ReadonlyArray<Domain>; readonly mailbox: Mailbox.Mailbox }
}>

const { $is, $match, Path, Postmaster } = Data.taggedEnum<ForwardPath>()

/** Whether a path has that shape. */
export const is = $is

/** One function for each shape. */
export const match = $match

/** `<Postmaster>`. */
export const postmaster: ForwardPath = Postmaster()

/** The path to a mailbox. A checked mailbox always fits into a path. */
export const fromMailbox = (mailbox: Mailbox.Mailbox): ForwardPath => Path({ route: [], mailbox })

/**
 * Reads the path that starts at the offset. A quoted local part may hold spaces and angle brackets,
 * so only this tells where the path ends and parameters may begin.
 */
export const parsePrefix = (
  text: string,
  from: From
): Either.Either<Prefix<ForwardPath>, AddressError> =>
  Either.map(readPath(text, from), ({ end, value }) => ({
    end,
    value: Option.match(value, { onNone: () => postmaster, onSome: Path })
  }))

const readPath = RoutedPath.read("postmaster")

/** A path: all of the text. */
export const parse: (text: string, mode?: AddressMode) => Either.Either<ForwardPath, AddressError> =
  Chars.whole("path", parsePrefix)

/** As on the wire, in angle brackets. */
export const print = (path: ForwardPath): string =>
  path._tag === "Postmaster" ? "<Postmaster>" : RoutedPath.print(path)

/** Checks all parts, which may come from anywhere, and that they are not too long together. */
export const make = (
  path: RoutedPath.Routed,
  mode: AddressMode = strict
): Either.Either<ForwardPath, AddressError> =>
  Either.flatMap(
    RoutedPath.checkParts(path, mode),
    (checked) => parse(RoutedPath.print(checked), mode)
  )

/** The mailbox, if there is one. */
export const toMailbox: (path: ForwardPath) => Option.Option<Mailbox.Mailbox> = match({
  Postmaster: () => Option.none(),
  Path: ({ mailbox }) => Option.some(mailbox)
})

/** Whether the path can be sent only where SMTPUTF8 was agreed on, as it is written. */
export const needsUtf8 = (path: ForwardPath): boolean =>
  path._tag === "Path" && RoutedPath.needsUtf8(path)

/** Whether the path leads to a postmaster: the bare word, or that local part at any domain or literal. */
export const isPostmaster: (path: ForwardPath) => boolean = match({
  Postmaster: () => true,
  Path: ({ mailbox }) => Mailbox.isPostmaster(mailbox)
})

/** The server's own postmaster first, then by mailbox, then by the hops of the route in their order. */
export const Order: Ord.Order<ForwardPath> = Ord.make((self, that) => {
  if (self._tag === "Path" && that._tag === "Path") return RoutedPath.Order(self, that)
  return self._tag === that._tag ? 0 : self._tag === "Postmaster" ? -1 : 1
})

/** Equal in {@link Order}. */
export const Equivalence: Equ.Equivalence<ForwardPath> = (self, that) => Order(self, that) === 0
