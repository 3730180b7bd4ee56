/**
 * ReversePath: who a message comes from, in `MAIL FROM:` (RFC 5321 sections 3.3, 4.1.1.2 and 4.1.2).
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
import type * as Mailbox from "./Mailbox.js"
import type { From, Prefix } from "./Prefix.js"

/**
 * - `Null`: `<>`, nobody: the sender of notifications, to whom nothing is ever sent back.
 * - `Path`: a mailbox. `route` is the source route, which is to be accepted, to be ignored, and not to
 *   be generated (RFC 5321 appendix C).
 */
export type ReversePath = Data.TaggedEnum<{
  Null: {}
  Path: { readonly route: ReadonlyArray<Domain>; readonly mailbox: Mailbox.Mailbox }
}>

const { $is, $match, Null, Path } = Data.taggedEnum<ReversePath>()

/** Whether a path has that shape. */
export const is = $is

/** One function for each shape. */
export const match = $match

/** `<>`. */
export const nullSender: ReversePath = Null()

/** The path to a mailbox. A checked mailbox always fits into a path. */
export const fromMailbox = (mailbox: Mailbox.Mailbox): ReversePath => Path({ route: [], mailbox })

/**
 * Reads the path that starts at the offset. A quoted local part may hold spaces and angle brackets,
 * so only this tells where the path ends and parameters may begin.
 */
export const parsePrefix = (
  text: string,
  from: From
): Either.Either<Prefix<ReversePath>, AddressError> =>
  Either.map(readPath(text, from), ({ end, value }) => ({
    end,
    value: Option.match(value, { onNone: () => nullSender, onSome: Path })
  }))

const readPath = RoutedPath.read("")

/** A path: all of the text. */
export const parse: (text: string, mode?: AddressMode) => Either.Either<ReversePath, AddressError> =
  Chars.whole("path", parsePrefix)

/** As on the wire, in angle brackets. */
export const print = (path: ReversePath): string =>
  path._tag === "Null" ? "<>" : RoutedPath.print(path)

/** Checks all parts, which may come from anywhere, and that they are not too long together. */
export const make = (
  path: RoutedPath.Routed,
  mode: AddressMode = strict
): Either.Either<ReversePath, AddressError> =>
  Either.flatMap(
    RoutedPath.checkParts(path, mode),
    (checked) => parse(RoutedPath.print(checked), mode)
  )

/** The mailbox, if there is one. */
export const toMailbox: (path: ReversePath) => Option.Option<Mailbox.Mailbox> = match({
  Null: () => Option.none(),
  Path: ({ mailbox }) => Option.some(mailbox)
})

/** Whether the path can be sent only where SMTPUTF8 was agreed on, as it is written. */
export const needsUtf8 = (path: ReversePath): boolean =>
  path._tag === "Path" && RoutedPath.needsUtf8(path)

/** The null sender first, then by mailbox, then by the hops of the route in their order. */
export const Order: Ord.Order<ReversePath> = Ord.make((self, that) => {
  if (self._tag === "Path" && that._tag === "Path") return RoutedPath.Order(self, that)
  return self._tag === that._tag ? 0 : self._tag === "Null" ? -1 : 1
})

/** Equal in {@link Order}. */
export const Equivalence: Equ.Equivalence<ReversePath> = (self, that) => Order(self, that) === 0
