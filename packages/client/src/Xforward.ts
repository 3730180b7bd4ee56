/**
 * C: XFORWARD NAME=spike.example ADDR=192.0.2.7 PROTO=ESMTP
 * S: 250 OK
 *
 * A filter says where the messages that follow have come from, for the server's log
 * (https://www.postfix.org/XFORWARD_README.html).
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import type { Capabilities } from "@effect-smtp/wire/Capabilities"
import type { Attribute } from "@effect-smtp/wire/Command"
import { Command } from "@effect-smtp/wire/Command"
import type * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Dialogue from "./internal/dialogue.js"
import * as Offer from "./internal/offer.js"
import type { SmtpError } from "./SmtpError.js"

/** Says the attributes. They count for the messages after it. */
export const exchange = (
  channel: Channel,
  capabilities: Capabilities,
  attributes: ReadonlyArray<Attribute>
): Effect.Effect<Reply.Reply, SmtpError> =>
  Effect.zipRight(
    Offer.insistOnAttributes(capabilities, "Xforward", attributes),
    Dialogue.ask(channel, "Xforward", Command.Xforward({ attributes }))
  )
