/**
 * RcptParameters: what the known parameters of RCPT say.
 *
 * | keyword | field | from |
 * | --- | --- | --- |
 * | `NOTIFY`, `ORCPT` | `notify`, `orcpt` | RFC 3461, RFC 6533 |
 * | `RRVS` | `rrvs` | RFC 7293 |
 *
 * @module
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Arr from "effect/Array"
import * as Data from "effect/Data"
import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { AddressError } from "./AddressError.js"
import type { AddressMode } from "./AddressMode.js"
import { strict } from "./AddressMode.js"
import * as Chars from "./internal/characters.js"
import * as Rfc3339 from "./internal/rfc3339.js"
import type { Reader } from "./internal/typedParameters.js"
import * as Typed from "./internal/typedParameters.js"
import type { Parameter } from "./Parameter.js"
import type { ParameterError } from "./ParameterError.js"
import * as Xtext from "./Xtext.js"

/** Something a sender may want to be told of. */
export type Event = "SUCCESS" | "FAILURE" | "DELAY"

/**
 * When to notify the sender (RFC 3461 section 4.1): never, or on events, each once and in the order of
 * {@link Event}.
 */
export type Notify = Data.TaggedEnum<{
  Never: {}
  On: { readonly events: NonEmptyReadonlyArray<Event> }
}>

/** Constructors and matchers of {@link Notify}. */
export const { Never, On, $is: isNotify, $match: matchNotify } = Data.taggedEnum<Notify>()

/**
 * Who the message was first meant for (RFC 3461 section 4.2): a registered type of addresses, as
 * written, and the address, decoded. The address is printable ASCII; only that of type `utf-8` (RFC
 * 6533) may be beyond.
 */
export interface OriginalRecipient {
  readonly addressType: string
  readonly address: string
}

/**
 * Whose the mailbox was, and since when, as written (`date-time` of RFC 3339); and what to do when the
 * next server cannot tell: continue or reject (RFC 7293 section 3).
 */
export interface Rrvs {
  readonly since: string
  readonly action: Option.Option<"C" | "R">
}

/** `rest`: parameters nothing is known of, as written. */
export interface RcptParameters {
  readonly notify: Option.Option<Notify>
  readonly orcpt: Option.Option<OriginalRecipient>
  readonly rrvs: Option.Option<Rrvs>
  readonly rest: ReadonlyArray<Parameter>
}

/** No parameters. */
export const empty: RcptParameters = {
  notify: Option.none(),
  orcpt: Option.none(),
  rrvs: Option.none(),
  rest: []
}

/** Limits in characters: of the whole ORCPT parameter, keyword and all (RFC 3461 section 4.2). */
export const limits = { orcpt: 500 } as const

const events: ReadonlyArray<Event> = ["SUCCESS", "FAILURE", "DELAY"]

const readNotify = (text: string): Option.Option<Notify> => {
  const words = text.toUpperCase().split(",")
  if (words.length === 1 && words[0] === "NEVER") return Option.some(Never())
  const known = words.every((word) => events.some((event) => event === word))
  const wanted = events.filter((event) => words.includes(event))
  return known && Arr.isNonEmptyReadonlyArray(wanted)
    ? Option.some(On({ events: wanted }))
    : Option.none()
}

const isUtf8Type = (addressType: string): boolean => addressType.toLowerCase() === "utf-8"

const isAtom = (text: string): boolean =>
  text !== "" && Array.from(text).every((c) => Chars.isAtext(c.charCodeAt(0)))

const readOrcpt = (text: string): Option.Option<OriginalRecipient> => {
  const semicolon = text.indexOf(";")
  const addressType = text.slice(0, Math.max(semicolon, 0))
  const encoded = text.slice(semicolon + 1)
  if (!isAtom(addressType) || "ORCPT=".length + text.length > limits.orcpt) return Option.none()
  const address = isUtf8Type(addressType)
    ? Option.getRight(Xtext.decodeUnitext(encoded))
    : Option.filter(Option.getRight(Xtext.decode(encoded)), Chars.isPrintable)
  return Option.map(
    Option.filter(address, (decoded) => decoded !== ""),
    (decoded) => ({ addressType, address: decoded })
  )
}

const printOrcpt = ({ address, addressType }: OriginalRecipient, mode: AddressMode): string => {
  const encode = !isUtf8Type(addressType)
    ? Xtext.encode
    : mode.utf8
    ? Xtext.encodeUnitext
    : Xtext.encodeUnitextAscii
  return `${addressType};${encode(address)}`
}

const readRrvs = (text: string): Option.Option<Rrvs> => {
  const [since = "", word, ...more] = text.split(";")
  const action = word?.toUpperCase()
  if (!Rfc3339.isDateTime(since) || more.length > 0) return Option.none()
  if (action === undefined) return Option.some({ since, action: Option.none() })
  return action === "C" || action === "R"
    ? Option.some({ since, action: Option.some(action) })
    : Option.none()
}

const readers = new Map<string, Reader<RcptParameters>>([
  [
    "NOTIFY",
    Typed.valued(
      "NEVER, or SUCCESS, FAILURE and DELAY with commas between",
      (text) => Option.map(readNotify(text), (notify) => ({ notify: Option.some(notify) }))
    )
  ],
  [
    "ORCPT",
    Typed.valued(
      "a type, a semicolon and an encoded address, at most 500 characters",
      (text) => Option.map(readOrcpt(text), (orcpt) => ({ orcpt: Option.some(orcpt) }))
    )
  ],
  [
    "RRVS",
    Typed.valued(
      "a date and time of RFC 3339, perhaps ;C or ;R",
      (text) => Option.map(readRrvs(text), (rrvs) => ({ rrvs: Option.some(rrvs) }))
    )
  ]
])

const read = Typed.fromList(empty, readers)

/** What the parameters say. Nothing may be said twice. */
export const fromParameters = (
  parameters: ReadonlyArray<Parameter>,
  mode: AddressMode = strict
): Either.Either<RcptParameters, ParameterError> => read(parameters, mode)

/**
 * The parameters that say so, the known ones first. An `ORCPT` of type `utf-8` is written as it is
 * where the mode has UTF-8, and in its longer ASCII form elsewhere.
 */
export const toParameters = (
  self: RcptParameters,
  mode: AddressMode = strict
): ReadonlyArray<Parameter> => [
  ...Typed.write(
    "NOTIFY",
    Option.map(
      self.notify,
      matchNotify({
        Never: () => "NEVER",
        On: (on) => on.events.join(",")
      })
    )
  ),
  ...Typed.write("ORCPT", Option.map(self.orcpt, (orcpt) => printOrcpt(orcpt, mode))),
  ...Typed.write(
    "RRVS",
    Option.map(self.rrvs, ({ action, since }) => [since, ...Option.toArray(action)].join(";"))
  ),
  ...self.rest
]

/** Parameters from fields that may come from anywhere; what is not given is absent. */
export const make = (
  fields: Partial<RcptParameters>,
  mode: AddressMode = strict
): Either.Either<RcptParameters, AddressError | ParameterError> =>
  Typed.checked(toParameters({ ...empty, ...fields }, mode), mode, fromParameters)
