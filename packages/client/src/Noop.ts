/**
 * C: NOOP
 * S: 250 OK
 *
 * Nothing happens, and the answer shows that the other side is there (RFC 5321 section 4.1.1.9).
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import { Command } from "@effect-smtp/wire/Command"
import type * as Reply from "@effect-smtp/wire/Reply"
import type * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Dialogue from "./internal/dialogue.js"
import type { SmtpError } from "./SmtpError.js"

/** Asks for a sign of life. */
export const exchange = (channel: Channel): Effect.Effect<Reply.Reply, SmtpError> =>
  Dialogue.ask(channel, "Noop", Command.Noop({ argument: Option.none() }))
