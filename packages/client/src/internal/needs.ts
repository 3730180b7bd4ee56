import type * as AddressError from "@effect-smtp/wire/AddressError"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import type * as Parameter from "@effect-smtp/wire/Parameter"
import { ParameterError } from "@effect-smtp/wire/ParameterError"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Body from "../Body.js"
import * as Envelope from "../Envelope.js"
import type { NotSecure } from "../SmtpError.js"
import { Unsendable, Unsupported } from "../SmtpError.js"
import * as Wishes from "./wishes.js"

/** How a message is going to be announced to this server. */
export interface Plan {
  readonly envelope: Envelope.Envelope
  readonly mail: ReadonlyArray<Parameter.Parameter>
  readonly mode: AddressMode.AddressMode
  readonly eightBit: boolean
}

/** What is known of the server. */
export interface Server {
  readonly capabilities: Capabilities.Capabilities
  readonly secure: boolean
}

/** Decides it from what the message is and what the server offers, before anything is said. */
export const plan = (
  { capabilities, secure }: Server,
  wanted: Envelope.Envelope,
  body: Body.Body
): Effect.Effect<Plan, NotSecure | Unsendable | Unsupported> =>
  Effect.gen(function*() {
    const smtpUtf8 = Capabilities.has(capabilities, "SmtpUtf8")
    const envelope = smtpUtf8
      ? wanted
      : Either.getOrElse(Envelope.toAscii(wanted), () => wanted)
    const utf8 = Envelope.needsUtf8(envelope)
    if (utf8 && !smtpUtf8) {
      return yield* lacking("SMTPUTF8", "an address cannot be written in ASCII")
    }
    yield* Wishes.check(capabilities, secure, envelope)
    const { eightBit, size } = Body.facts(body)
    if (Option.exists(size, (octets) => !Number.isSafeInteger(octets) || octets < 0)) {
      return yield* new Unsendable({
        phase: "Mail",
        cause: new Error("expected a whole number of octets as the size of the message")
      })
    }
    if (eightBit && !Capabilities.has(capabilities, "EightBitMime")) {
      return yield* lacking("8BITMIME", "the message holds 8-bit octets")
    }
    const offered = Capabilities.get(capabilities, "Size")
    const limit = Option.flatMap(offered, (extension) => extension.limit)
    if (Option.isSome(limit) && Option.exists(size, (octets) => octets > limit.value)) {
      return yield* lacking("SIZE", `the message is longer than ${limit.value} octets`)
    }
    const mode: AddressMode.AddressMode = { ...AddressMode.strict, utf8 }
    const mail = yield* known(
      "Mail",
      envelope.wishes.rest,
      MailParameters.make({
        ...envelope.wishes,
        size: Option.flatMap(offered, () => size),
        body: eightBit ? Option.some("8BITMIME" as const) : Option.none(),
        smtpUtf8: utf8
      }, mode)
    )
    return { envelope, eightBit, mode, mail: MailParameters.toParameters(mail) }
  })

/** The parameters of one RCPT, in the mode of the transaction. */
export const rcptParameters = (
  { parameters }: Envelope.Recipient,
  mode: AddressMode.AddressMode
): Effect.Effect<ReadonlyArray<Parameter.Parameter>, Unsendable> =>
  Effect.map(
    known("Recipient", parameters.rest, RcptParameters.make(parameters, mode)),
    (checked) => RcptParameters.toParameters(checked, mode)
  )

/** What was checked, unless `rest` says something that has a field of its own. */
const known = <A extends { readonly rest: ReadonlyArray<Parameter.Parameter> }>(
  phase: "Mail" | "Recipient",
  rest: ReadonlyArray<Parameter.Parameter>,
  checked: Either.Either<A, AddressError.AddressError | ParameterError>
): Effect.Effect<A, Unsendable> =>
  Either.flatMap(checked, (parameters) => {
    const kept = parameters.rest.map(({ keyword }) => keyword)
    const lost = Arr.findFirst(rest, ({ keyword }) => !kept.includes(keyword.toUpperCase()))
    return Option.isNone(lost)
      ? Either.right(parameters)
      : Either.left(
        new ParameterError({
          keyword: lost.value.keyword,
          expected: "a field, not a raw parameter"
        })
      )
  }).pipe(Effect.mapError((cause) => new Unsendable({ phase, cause })))

const lacking = (extension: string, reason: string) =>
  new Unsupported({ phase: "Mail", extension, reason })
