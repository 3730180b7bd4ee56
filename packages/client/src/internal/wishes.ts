/** What an envelope asks for, against what the server offers. */
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Extension from "@effect-smtp/wire/Extension"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Envelope } from "../Envelope.js"
import { NotSecure, Unsupported } from "../SmtpError.js"

/** An extension, when an envelope needs it, and what for. */
interface Demand {
  readonly tag: Exclude<Extension.Tag, "Other">
  readonly reason: string
  readonly asked: (envelope: Envelope) => boolean
}

const demands: ReadonlyArray<Demand> = [
  {
    tag: "Dsn",
    reason: "RET, ENVID, NOTIFY or ORCPT is asked for",
    asked: ({ to, wishes }) =>
      Option.isSome(wishes.ret) || Option.isSome(wishes.envid) ||
      to.some(({ parameters }) =>
        Option.isSome(parameters.notify) || Option.isSome(parameters.orcpt)
      )
  },
  {
    tag: "Auth",
    reason: "AUTH= names who submitted the message",
    asked: ({ wishes }) => Option.isSome(wishes.auth)
  },
  {
    tag: "RequireTls",
    reason: "the message must not travel without TLS",
    asked: ({ wishes }) => wishes.requireTls
  },
  {
    tag: "DeliverBy",
    reason: "a time to deliver by is given",
    asked: ({ wishes }) => Option.isSome(wishes.by)
  },
  {
    tag: "FutureRelease",
    reason: "the message is to be held",
    asked: ({ wishes }) => Option.isSome(wishes.hold)
  },
  {
    tag: "MtPriority",
    reason: "a priority is given",
    asked: ({ wishes }) => Option.isSome(wishes.mtPriority)
  },
  {
    tag: "Rrvs",
    reason: "a recipient's mailbox must have one owner since some time",
    asked: ({ to }) => to.some(({ parameters }) => Option.isSome(parameters.rrvs))
  }
]

/** Fails if the server lacks an extension, or offers less of it than is asked for. */
export const check = (
  capabilities: Capabilities.Capabilities,
  secure: boolean,
  envelope: Envelope
): Either.Either<void, NotSecure | Unsupported> => {
  const missing = demands.find(({ asked, tag }) =>
    asked(envelope) && !Capabilities.has(capabilities, tag)
  )
  if (envelope.wishes.requireTls && !secure) {
    return Either.left(
      new NotSecure({ phase: "Mail", reason: "REQUIRETLS was asked for without TLS" })
    )
  }
  if (missing !== undefined) return lacking(missing.tag, missing.reason)
  return Either.flatMap(
    checkDeliverBy(capabilities, envelope.wishes.by),
    () => checkHold(capabilities, envelope.wishes.hold)
  )
}

const lacking = (tag: Demand["tag"], reason: string) =>
  Either.left(new Unsupported({ phase: "Mail", extension: Extension.keywords[tag], reason }))

/** The minimum is one for messages that are to be returned (RFC 2852 section 3). */
const checkDeliverBy = (
  capabilities: Capabilities.Capabilities,
  by: Option.Option<MailParameters.By>
): Either.Either<void, Unsupported> => {
  const minimum = Option.flatMap(
    Capabilities.get(capabilities, "DeliverBy"),
    (extension) => extension.minimum
  )
  return Option.isSome(minimum) && Option.isSome(by) && by.value.mode === "R" &&
      by.value.seconds < minimum.value
    ? lacking("DeliverBy", `in less than ${minimum.value} seconds`)
    : Either.void
}

/** Not longer than the interval, not beyond the date-time (RFC 4865 section 4). */
const checkHold = (
  capabilities: Capabilities.Capabilities,
  hold: Option.Option<MailParameters.Hold>
): Either.Either<void, Unsupported> => {
  const offered = Capabilities.get(capabilities, "FutureRelease")
  if (Option.isNone(offered) || Option.isNone(hold)) return Either.void
  const { dateTime, interval } = offered.value
  return MailParameters.matchHold(hold.value, {
    For: ({ seconds }) =>
      seconds > interval
        ? lacking("FutureRelease", `for more than ${interval} seconds`)
        : Either.void,
    Until: (until) =>
      moment(until.dateTime) > moment(dateTime)
        ? lacking("FutureRelease", `beyond ${dateTime}`)
        : Either.void
  })
}

/** A date-time of RFC 3339 in milliseconds; a leap second counts as the one before it. */
const moment = (dateTime: string): number =>
  Date.parse(dateTime.toUpperCase().replace(/:60(?=[.Z+-])/, ":59"))
