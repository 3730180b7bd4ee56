import type * as AddressError from "@effect-smtp/wire/AddressError"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import type { ForwardPath } from "@effect-smtp/wire/ForwardPath"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import type * as Parameter from "@effect-smtp/wire/Parameter"
import { ParameterError } from "@effect-smtp/wire/ParameterError"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Body from "../Body.js"
import * as Envelope from "../Envelope.js"
import type { Protocol } from "../Hello.js"
import type { NotSecure } from "../SmtpError.js"
import { Unsendable, Unsupported } from "../SmtpError.js"
import type { Style } from "../Verdicts.js"
import * as Dialogue from "./dialogue.js"
import * as Wishes from "./wishes.js"

/** A recipient, and the RCPT line that names it, with its end. */
export interface Addressed {
  readonly recipient: ForwardPath
  readonly line: string
}

/** How a message is going to be announced to this server: the lines, before any of them is said. */
export interface Plan {
  readonly mail: string
  readonly recipients: Arr.NonEmptyReadonlyArray<Addressed>
  readonly eightBit: boolean
  readonly form: Body.Facts["form"]
  readonly transfer: "Data" | "Chunks"
  readonly verdicts: Style
  readonly policy: Policy
}

/** What happens to the others when a recipient is refused. */
export type Policy = "BestEffort" | "AllOrNothing"

/** Which messages go in chunks to a server that takes them so (RFC 3030). */
export type Chunking = "WhenOffered" | "ForBinaryOnly"

/** What is known of the server, and what to use of it. */
export interface Server {
  readonly capabilities: Capabilities.Capabilities
  readonly chunking: Chunking
  readonly protocol: Protocol
}

/** How the caller wants the message delivered, and whether it is so over TLS. */
export interface Manner {
  readonly secure: boolean
  readonly policy: Policy
  readonly prdr: "Unused" | "WhereOffered"
}

/** Decides it from what the message is and what the server offers. */
export const plan = (
  { capabilities, chunking, protocol }: Server,
  { policy, prdr, secure }: Manner,
  wanted: Envelope.Envelope,
  body: Body.Body
): Either.Either<Plan, NotSecure | Unsendable | Unsupported> => {
  const smtpUtf8 = Capabilities.has(capabilities, "SmtpUtf8")
  const envelope = smtpUtf8
    ? wanted
    : Either.getOrElse(Envelope.toAscii(wanted), () => wanted)
  const utf8 = body.utf8Header || Envelope.needsUtf8(envelope)
  if (utf8 && !smtpUtf8) {
    return lacking(
      "SMTPUTF8",
      body.utf8Header
        ? "the header of the message holds more than ASCII"
        : "an address cannot be written in ASCII"
    )
  }
  const wishes = Wishes.check(capabilities, secure, envelope)
  if (Either.isLeft(wishes)) return Either.left(wishes.left)
  const { binary, eightBit, form, size } = Body.facts(body)
  if (Option.exists(size, (octets) => !Number.isSafeInteger(octets) || octets < 0)) {
    return unsendable(new Error("expected a whole number of octets as the size of the message"))
  }
  const chunks = Capabilities.has(capabilities, "Chunking")
  if (binary && !(chunks && Capabilities.has(capabilities, "BinaryMime"))) {
    return lacking("BINARYMIME with CHUNKING", "the message is binary")
  }
  if (eightBit && !binary && !Capabilities.has(capabilities, "EightBitMime")) {
    return lacking("8BITMIME", "the message holds 8-bit octets")
  }
  const offered = Capabilities.get(capabilities, "Size")
  const limit = Option.flatMap(offered, (extension) => extension.limit)
  if (Option.isSome(limit) && Option.exists(size, (octets) => octets > limit.value)) {
    return lacking("SIZE", `the message is longer than ${limit.value} octets`)
  }
  const mode: AddressMode.AddressMode = utf8 ? strictUtf8 : AddressMode.strict
  const verdicts = protocol === "Lmtp"
    ? "Each"
    : prdr === "WhereOffered" && Capabilities.has(capabilities, "Prdr")
    ? "Prdr"
    : "One"
  const transfer = chunks && (binary || chunking === "WhenOffered") ? "Chunks" : "Data"
  return Either.flatMap(
    mailLine(envelope, mode, verdicts, {
      size: Option.flatMap(offered, () => size),
      body: binary ? binaryMime : eightBit ? eightBitMime : Option.none()
    }),
    (mail) =>
      Either.map(
        addressed(envelope.to, mode),
        (recipients) => ({ mail, recipients, eightBit, form, transfer, verdicts, policy })
      )
  )
}

const strictUtf8 = AddressMode.withUtf8(AddressMode.strict)
const binaryMime = Option.some("BINARYMIME" as const)
const eightBitMime = Option.some("8BITMIME" as const)

const mailLine = (
  { from, wishes }: Envelope.Envelope,
  mode: AddressMode.AddressMode,
  verdicts: Style,
  content: Pick<MailParameters.MailParameters, "size" | "body">
): Either.Either<string, Unsendable> => {
  const parameters = { ...wishes, size: content.size, body: content.body, smtpUtf8: mode.utf8 }
  return Either.flatMap(
    wishes === Envelope.noWishes
      ? Either.right(parameters)
      : known("Mail", wishes.rest, MailParameters.make(parameters, mode)),
    (checked) => {
      const list = MailParameters.toParameters(checked)
      const parameters = verdicts === "Prdr" ? [...list, prdrParameter] : list
      return Dialogue.toLine("Mail", { _tag: "Mail", from, parameters })
    }
  )
}

const prdrParameter: Parameter.Parameter = { keyword: "PRDR", value: Option.none() }

/** From so many recipients on it is worth remembering what they are called. */
const many = 16

type Lines = Either.Either<Plan["recipients"], Unsendable>

const ascii = new WeakMap<Envelope.Envelope["to"], Lines>()
const international = new WeakMap<Envelope.Envelope["to"], Lines>()

/** The same recipients get more than one message, or the same one again after a failure. */
const addressed = (to: Envelope.Envelope["to"], mode: AddressMode.AddressMode): Lines => {
  if (to.length < many) return address(to, mode)
  const known = mode.utf8 ? international : ascii
  const before = known.get(to)
  if (before !== undefined) return before
  const lines = address(to, mode)
  known.set(to, lines)
  return lines
}

const address = (to: Envelope.Envelope["to"], mode: AddressMode.AddressMode): Lines => {
  const first = rcptLine(to[0], mode)
  if (Either.isLeft(first)) return Either.left(first.left)
  const recipients: Arr.NonEmptyArray<Addressed> = [{ recipient: to[0].path, line: first.right }]
  for (let index = 1; index < to.length; index++) {
    const line = rcptLine(to[index], mode)
    if (Either.isLeft(line)) return Either.left(line.left)
    recipients.push({ recipient: to[index].path, line: line.right })
  }
  return Either.right(recipients)
}

const rcptLine = (
  { parameters, path }: Envelope.Recipient,
  mode: AddressMode.AddressMode
): Either.Either<string, Unsendable> => {
  if (parameters === RcptParameters.empty) return named(path, noParameters)
  return Either.flatMap(
    known("Recipient", parameters.rest, RcptParameters.make(parameters, mode)),
    (checked) => named(path, RcptParameters.toParameters(checked, mode))
  )
}

const noParameters: ReadonlyArray<Parameter.Parameter> = []

const named = (to: ForwardPath, parameters: ReadonlyArray<Parameter.Parameter>) =>
  Dialogue.toLine("Recipient", { _tag: "Rcpt", to, parameters })

/** What was checked, unless `rest` says something that has a field of its own. */
const known = <A extends { readonly rest: ReadonlyArray<Parameter.Parameter> }>(
  phase: "Mail" | "Recipient",
  rest: ReadonlyArray<Parameter.Parameter>,
  checked: Either.Either<A, AddressError.AddressError | ParameterError>
): Either.Either<A, Unsendable> =>
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
  }).pipe(Either.mapLeft((cause) => new Unsendable({ phase, cause })))

const lacking = (extension: string, reason: string) =>
  Either.left(new Unsupported({ phase: "Mail", extension, reason }))

const unsendable = (cause: Error) => Either.left(new Unsendable({ phase: "Mail", cause }))
