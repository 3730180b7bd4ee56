/**
 * C: EXPN staff
 * S: 250-Alice <alice@mx.example>
 * S: 250 Bob <bob@mx.example>
 *
 * Who is on a mailing list (RFC 5321 section 4.1.1.7). Few servers say.
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import { Command } from "@effect-smtp/wire/Command"
import type * as Reply from "@effect-smtp/wire/Reply"
import type * as Effect from "effect/Effect"
import * as Dialogue from "./internal/dialogue.js"
import type { SmtpError } from "./SmtpError.js"

/** Asks about a list: a member a line. */
export const exchange = (
  channel: Channel,
  list: string
): Effect.Effect<Reply.Reply, SmtpError> =>
  Dialogue.ask(channel, "Expand", Command.Expn({ argument: list, smtpUtf8: false }))
