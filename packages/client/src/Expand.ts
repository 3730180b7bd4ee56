/**
 * C: EXPN staff
 * S: 250-Alice <alice@mx.example>
 * S: 250 Bob <bob@mx.example>
 *
 * Who is on a mailing list (RFC 5321 section 4.1.1.7). Few servers say. Under SMTPUTF8 both
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

/** Asks about a list: a member a line. */
export const exchange = (
  channel: Channel,
  capabilities: Capabilities.Capabilities,
  list: string
): Effect.Effect<Reply.Reply, SmtpError> =>
  Dialogue.ask(
    channel,
    "Expand",
    Command.Expn({ argument: list, smtpUtf8: Capabilities.has(capabilities, "SmtpUtf8") })
  )
