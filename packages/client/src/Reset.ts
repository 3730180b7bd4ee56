/**
 * C: RSET
 * S: 250 OK
 *
 * The current transaction is dropped (RFC 5321 section 4.1.1.5).
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import { Command } from "@effect-smtp/wire/Command"
import type * as Reply from "@effect-smtp/wire/Reply"
import type * as Effect from "effect/Effect"
import * as Dialogue from "./internal/dialogue.js"
import type { SmtpError } from "./SmtpError.js"

/** Drops the transaction. */
export const exchange = (channel: Channel): Effect.Effect<Reply.Reply, SmtpError> =>
  Dialogue.ask(channel, "Reset", Command.Rset())
