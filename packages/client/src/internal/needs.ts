import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Body from "../Body.js"
import * as Envelope from "../Envelope.js"
import { Unsendable, Unsupported } from "../SmtpError.js"

/** How a message is going to be announced to this server. */
export interface Plan {
  readonly envelope: Envelope.Envelope
  readonly parameters: MailParameters.MailParameters
  readonly eightBit: boolean
}

/** Decides it from what the message is and what the server offers, before anything is said. */
export const plan = (
  capabilities: Capabilities.Capabilities,
  wanted: Envelope.Envelope,
  body: Body.Body
): Effect.Effect<Plan, Unsendable | Unsupported> =>
  Effect.gen(function*() {
    const smtpUtf8 = Capabilities.has(capabilities, "SmtpUtf8")
    const envelope = smtpUtf8
      ? wanted
      : Either.getOrElse(Envelope.toAscii(wanted), () => wanted)
    const utf8 = Envelope.needsUtf8(envelope)
    if (utf8 && !smtpUtf8) {
      return yield* lacking("SMTPUTF8", "an address cannot be written in ASCII")
    }
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
    return {
      envelope,
      eightBit,
      parameters: {
        ...MailParameters.empty,
        size: Option.flatMap(offered, () => size),
        body: eightBit ? Option.some("8BITMIME" as const) : Option.none(),
        smtpUtf8: utf8
      }
    }
  })

const lacking = (extension: string, reason: string) =>
  new Unsupported({ phase: "Mail", extension, reason })
