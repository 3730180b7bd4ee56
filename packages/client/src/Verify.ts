/**
 * C: VRFY jones
 * S: 252 Cannot verify the user, but will try to deliver
 *
 * Whether a name stands for a mailbox (RFC 5321 section 4.1.1.6). Few servers say. Under SMTPUTF8 both
 * the question and the answer may go beyond ASCII (RFC 6531 section 3.7.4.2).
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import { Command } from "@effect-smtp/wire/Command"
import type * as Reply from "@effect-smtp/wire/Reply"
import type * as Effect from "effect/Effect"
import * as Dialogue from "./internal/dialogue.js"
import type { SmtpError } from "./SmtpError.js"

/** Asks about a user name or an address: 250 knows it, 251 forwards, 252 will not say. */
export const exchange = (
  channel: Channel,
  capabilities: Capabilities.Capabilities,
  name: string
): Effect.Effect<Reply.Reply, SmtpError> =>
  Dialogue.ask(
    channel,
    "Verify",
    Command.Vrfy({ argument: name, smtpUtf8: Capabilities.has(capabilities, "SmtpUtf8") })
  )
