/**
 * Wishes: what `smtp send` asks of the transport besides delivery: notifications, a time, a priority,
 * TLS all the way. A server that cannot do it gets nothing.
 *
 * @module
 */
import * as Envelope from "@effect-smtp/client/Envelope"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import type { Parameter } from "@effect-smtp/wire/Parameter"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as Xtext from "@effect-smtp/wire/Xtext"
import * as Options from "@effect/cli/Options"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { WrongUse } from "./CliError.js"
import * as Flag from "./internal/flag.js"

/** The value of a flag, read as the value of an SMTP parameter. */
const parameter = <A>(
  name: string,
  expected: string,
  read: (text: string) => Either.Either<A, unknown>
) =>
  Flag.checked(
    Options.text(name),
    (text) => Either.mapLeft(read(text), () => `--${name} wants ${expected}, and got ${text}`)
  )

const mail = <K extends keyof MailParameters.MailParameters>(
  keyword: string,
  field: K,
  write: (text: string) => string = (text) => text
) =>
(text: string) => {
  const parameter: Parameter = { keyword, value: Option.some(write(text)) }
  return Either.map(MailParameters.fromParameters([parameter]), (parameters) => parameters[field])
}

/** `3600`, `3600:N`, `-60:NT` as RFC 2852 has it: `3600;R`, `3600;N`, `-60;NT`. */
const by = (text: string): string => {
  const [seconds = "", ...modes] = text.split(":")
  return modes.length === 0 ? `${seconds};R` : `${seconds};${modes.join(":")}`
}

/** The flags. */
export const options = {
  requireTls: Options.boolean("require-tls").pipe(
    Options.withDescription(
      "The message must not travel without TLS, not beyond this server either."
    )
  ),
  notify: parameter(
    "notify",
    "never, or success, failure and delay with commas between",
    (text) => {
      const notify: Parameter = { keyword: "NOTIFY", value: Option.some(text) }
      return Either.map(RcptParameters.fromParameters([notify]), (parameters) => parameters.notify)
    }
  ).pipe(
    Options.withDefault(Option.none<RcptParameters.Notify>()),
    Options.withDescription("What to tell the sender of: never, or some of success,failure,delay.")
  ),
  ret: Options.choiceWithValue("ret", [["full", "FULL"], ["hdrs", "HDRS"]] as const).pipe(
    Options.optional,
    Options.withDescription("What a notification of failure returns: the message or its header.")
  ),
  envid: parameter(
    "envid",
    "printable ASCII, at most 100 characters when encoded",
    mail("ENVID", "envid", Xtext.encode)
  ).pipe(
    Options.withDefault(Option.none<string>()),
    Options.withDescription("The sender's own name for the message, for its notifications.")
  ),
  deliverBy: parameter(
    "deliver-by",
    "SECONDS, SECONDS:R or SECONDS:N, perhaps a T behind the letter, and R wants seconds to go",
    mail("BY", "by", by)
  ).pipe(
    Options.withDefault(Option.none<MailParameters.By>()),
    Options.withPseudoName("seconds[:R[T]|:N[T]]"),
    Options.withDescription(
      "When to give up: then return the message (R, the default) or notify and go on (N). T traces it."
    )
  ),
  holdFor: parameter("hold-for", "1 to 999999999 seconds", mail("HOLDFOR", "hold")).pipe(
    Options.withDefault(Option.none<MailParameters.Hold>()),
    Options.withPseudoName("seconds"),
    Options.withDescription("Have the server hold the message that long before it goes on.")
  ),
  holdUntil: parameter(
    "hold-until",
    "a date and time like 2030-01-31T08:00:00Z",
    mail("HOLDUNTIL", "hold")
  ).pipe(
    Options.withDefault(Option.none<MailParameters.Hold>()),
    Options.withPseudoName("date-time"),
    Options.withDescription("Have the server hold the message until then (RFC 3339).")
  ),
  priority: parameter("priority", "a number from -9 to 9", mail("MT-PRIORITY", "mtPriority")).pipe(
    Options.withDefault(Option.none<number>()),
    Options.withPseudoName("number"),
    Options.withDescription("From -9 to 9, the most urgent.")
  )
}

/** What the flags say. */
export interface Flags {
  readonly requireTls: boolean
  readonly notify: Option.Option<RcptParameters.Notify>
  readonly ret: Option.Option<MailParameters.Ret>
  readonly envid: Option.Option<string>
  readonly deliverBy: Option.Option<MailParameters.By>
  readonly holdFor: Option.Option<MailParameters.Hold>
  readonly holdUntil: Option.Option<MailParameters.Hold>
  readonly priority: Option.Option<number>
}

/** The same envelope, asking for it. `WrongUse` for a message to be held for a time and until one. */
export const ask = (
  envelope: Envelope.Envelope,
  flags: Flags
): Either.Either<Envelope.Envelope, WrongUse> => {
  const { deliverBy, envid, holdFor, holdUntil, notify, priority, requireTls, ret } = flags
  if (Option.isSome(holdFor) && Option.isSome(holdUntil)) {
    return Either.left(
      new WrongUse({ reason: "--hold-for and --hold-until: one of them is enough" })
    )
  }
  return Either.right(Envelope.withWishes(Envelope.withParameters(envelope, { notify }), {
    requireTls,
    ret,
    envid,
    by: deliverBy,
    hold: Option.orElse(holdFor, () => holdUntil),
    mtPriority: priority
  }))
}
