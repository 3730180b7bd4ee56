/**
 * MailParameters: what the known parameters of MAIL say.
 *
 * | keyword | field | from |
 * | --- | --- | --- |
 * | `SIZE` | `size` | RFC 1870 |
 * | `BODY` | `body` | RFC 6152, RFC 3030 |
 * | `SMTPUTF8` | `smtpUtf8` | RFC 6531 |
 * | `RET`, `ENVID` | `ret`, `envid` | RFC 3461 |
 * | `AUTH` | `auth` | RFC 4954 section 5 |
 * | `REQUIRETLS` | `requireTls` | RFC 8689 |
 * | `BY` | `by` | RFC 2852 |
 * | `HOLDFOR`, `HOLDUNTIL` | `hold` | RFC 4865 |
 * | `MT-PRIORITY` | `mtPriority` | RFC 6710 |
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { AddressError } from "./AddressError.js"
import type { AddressMode } from "./AddressMode.js"
import { strict, withUtf8 } from "./AddressMode.js"
import * as Chars from "./internal/characters.js"
import * as Rfc3339 from "./internal/rfc3339.js"
import type { Reader } from "./internal/typedParameters.js"
import * as Typed from "./internal/typedParameters.js"
import * as Mailbox from "./Mailbox.js"
import type { Parameter } from "./Parameter.js"
import type { ParameterError } from "./ParameterError.js"
import * as Xtext from "./Xtext.js"

/** What the octets of the message are: RFC 6152, and RFC 3030 for `BINARYMIME`. */
export type Body = "7BIT" | "8BITMIME" | "BINARYMIME"

/** What a notification of failure returns: the whole message or its header. */
export type Ret = "FULL" | "HDRS"

/**
 * When to give up (RFC 2852 section 4): `seconds` from now, at most nine digits; then return the message
 * (`R`, only with seconds to go) or notify and go on (`N`). `trace` asks for word of each hop.
 */
export interface By {
  readonly seconds: number
  readonly mode: "R" | "N"
  readonly trace: boolean
}

/**
 * When to send (RFC 4865): in 1 to 999999999 seconds, or at a moment, as written (`date-time` of RFC
 * 3339).
 */
export type Hold = Data.TaggedEnum<{
  For: { readonly seconds: number }
  Until: { readonly dateTime: string }
}>

/** Constructors and matchers of {@link Hold}. */
export const { For, Until, $is: isHold, $match: matchHold } = Data.taggedEnum<Hold>()

/**
 * Who first submitted the message (RFC 4954 section 5), as somebody says: `AUTH=<>` is nobody known. A
 * user's name without a domain is not what the RFC asks for, and is what Dovecot's relay sends; it says
 * as little or as much as a mailbox.
 */
export type Submitter = Data.TaggedEnum<{
  Nobody: {}
  Mailbox: { readonly mailbox: Mailbox.Mailbox }
  Name: { readonly name: string }
}>

/** Constructors and matchers of {@link Submitter}. */
export const Submitter = Data.taggedEnum<Submitter>()

/**
 * - `size`: octets of the message as announced. What is beyond exact numbers (twenty digits are
 *   allowed) becomes the greatest of them, which is over any limit just as well.
 * - `envid`: the sender's name for the transaction, decoded: printable ASCII, at most 100 characters
 *   when encoded.
 * - `auth`: who first submitted the message. Only a client that one trusts is to be believed.
 * - `mtPriority`: from -9 to 9, the highest.
 * - `rest`: parameters nothing is known of, as written.
 */
export interface MailParameters {
  readonly size: Option.Option<number>
  readonly body: Option.Option<Body>
  readonly smtpUtf8: boolean
  readonly ret: Option.Option<Ret>
  readonly envid: Option.Option<string>
  readonly auth: Option.Option<Submitter>
  readonly requireTls: boolean
  readonly by: Option.Option<By>
  readonly hold: Option.Option<Hold>
  readonly mtPriority: Option.Option<number>
  readonly rest: ReadonlyArray<Parameter>
}

/** No parameters. */
export const empty: MailParameters = {
  size: Option.none(),
  body: Option.none(),
  smtpUtf8: false,
  ret: Option.none(),
  envid: Option.none(),
  auth: Option.none(),
  requireTls: false,
  by: Option.none(),
  hold: Option.none(),
  mtPriority: Option.none(),
  rest: []
}

/** Limits in characters: of the encoded ENVID (RFC 3461 section 4.4). */
export const limits = { envid: 100 } as const

const bodies: ReadonlyArray<Body> = ["7BIT", "8BITMIME", "BINARYMIME"]
const rets: ReadonlyArray<Ret> = ["FULL", "HDRS"]

const oneOf = <A extends string>(words: ReadonlyArray<A>, text: string): Option.Option<A> =>
  Option.fromNullable(words.find((word) => word === text.toUpperCase()))

const matching = (pattern: RegExp, text: string): Option.Option<number> =>
  pattern.test(text) ? Option.some(Math.min(Number(text), Number.MAX_SAFE_INTEGER)) : Option.none()

const readEnvid = (text: string): Option.Option<string> =>
  text.length > limits.envid
    ? Option.none()
    : Option.filter(Option.getRight(Xtext.decode(text)), Chars.isPrintable)

const readAuth = (text: string, mode: AddressMode): Option.Option<Submitter> =>
  Option.map(
    Option.getRight(Xtext.decode(text)),
    (decoded) =>
      decoded === "<>" ? Submitter.Nobody() : Either.match(Mailbox.parse(decoded, withUtf8(mode)), {
        onLeft: () => Submitter.Name({ name: decoded }),
        onRight: (mailbox) => Submitter.Mailbox({ mailbox })
      })
  )

const printAuth = Submitter.$match({
  Nobody: () => "<>",
  Mailbox: ({ mailbox }) => Xtext.encode(Mailbox.print(mailbox)),
  Name: ({ name }) => Xtext.encode(name)
})

const readBy = (text: string): Option.Option<By> => {
  const found = /^([+-]?[0-9]{1,9});([NnRr])([Tt]?)$/.exec(text)
  if (found === null) return Option.none()
  const by: By = {
    seconds: Number(found[1]) + 0,
    mode: found[2]?.toUpperCase() === "R" ? "R" : "N",
    trace: found[3] !== ""
  }
  return by.mode === "R" && by.seconds <= 0 ? Option.none() : Option.some(by)
}

const readers = new Map<string, Reader<MailParameters>>([
  [
    "SIZE",
    Typed.valued(
      "1 to 20 digits",
      (text) => Option.map(matching(/^[0-9]{1,20}$/, text), (size) => ({ size: Option.some(size) }))
    )
  ],
  [
    "BODY",
    Typed.valued(
      "7BIT, 8BITMIME or BINARYMIME",
      (text) => Option.map(oneOf(bodies, text), (body) => ({ body: Option.some(body) }))
    )
  ],
  ["SMTPUTF8", Typed.flag({ smtpUtf8: true })],
  [
    "RET",
    Typed.valued(
      "FULL or HDRS",
      (text) => Option.map(oneOf(rets, text), (ret) => ({ ret: Option.some(ret) }))
    )
  ],
  [
    "ENVID",
    Typed.valued(
      "printable text as xtext, at most 100 characters",
      (text) => Option.map(readEnvid(text), (envid) => ({ envid: Option.some(envid) }))
    )
  ],
  [
    "AUTH",
    Typed.valued(
      "a mailbox or a name as xtext, or <>",
      (text, mode) => Option.map(readAuth(text, mode), (auth) => ({ auth: Option.some(auth) }))
    )
  ],
  ["REQUIRETLS", Typed.flag({ requireTls: true })],
  [
    "BY",
    Typed.valued(
      "seconds, a semicolon, N or R (with seconds to go), perhaps T",
      (text) => Option.map(readBy(text), (by) => ({ by: Option.some(by) }))
    )
  ],
  [
    "HOLDFOR",
    Typed.valued(
      "1 to 999999999 seconds",
      (text) =>
        Option.map(matching(/^[1-9][0-9]{0,8}$/, text), (seconds) => ({
          hold: Option.some(For({ seconds }))
        }))
    )
  ],
  [
    "HOLDUNTIL",
    Typed.valued("a date and time of RFC 3339", (text) =>
      Rfc3339.isDateTime(text)
        ? Option.some({ hold: Option.some(Until({ dateTime: text })) })
        : Option.none())
  ],
  [
    "MT-PRIORITY",
    Typed.valued(
      "a number from -9 to 9",
      (text) =>
        Option.map(matching(/^(?:0|-?[1-9])$/, text), (mtPriority) => ({
          mtPriority: Option.some(mtPriority)
        }))
    )
  ]
])

const read = Typed.fromList(empty, readers)

/**
 * What the parameters say. Nothing may be said twice, `HOLDFOR` and `HOLDUNTIL` exclude each other.
 * The mode counts for the mailbox of `AUTH`, which may be beyond ASCII in any mode: it is encoded.
 */
export const fromParameters = (
  parameters: ReadonlyArray<Parameter>,
  mode: AddressMode = strict
): Either.Either<MailParameters, ParameterError> => read(parameters, mode)

/** The parameters that say so, the known ones first. */
export const toParameters = (self: MailParameters): ReadonlyArray<Parameter> => [
  ...Typed.write("SIZE", Option.map(self.size, String)),
  ...Typed.write("BODY", self.body),
  ...Typed.writeFlag("SMTPUTF8", self.smtpUtf8),
  ...Typed.write("RET", self.ret),
  ...Typed.write("ENVID", Option.map(self.envid, Xtext.encode)),
  ...Typed.write("AUTH", Option.map(self.auth, printAuth)),
  ...Typed.writeFlag("REQUIRETLS", self.requireTls),
  ...Typed.write(
    "BY",
    Option.map(self.by, ({ mode, seconds, trace }) => `${seconds};${mode}${trace ? "T" : ""}`)
  ),
  ...Option.match(self.hold, {
    onNone: () => [],
    onSome: matchHold({
      For: ({ seconds }) => Typed.write("HOLDFOR", Option.some(String(seconds))),
      Until: ({ dateTime }) => Typed.write("HOLDUNTIL", Option.some(dateTime))
    })
  }),
  ...Typed.write("MT-PRIORITY", Option.map(self.mtPriority, String)),
  ...self.rest
]

/** Parameters from fields that may come from anywhere; what is not given is absent. */
export const make = (
  fields: Partial<MailParameters>,
  mode: AddressMode = strict
): Either.Either<MailParameters, AddressError | ParameterError> =>
  Typed.checked(toParameters({ ...empty, ...fields }), mode, fromParameters)
