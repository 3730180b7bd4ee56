/**
 * C: HELP
 * S: 214 See RFC 5321
 *
 * What the server has to say about itself, or a topic (RFC 5321 section 4.1.1.8).
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import { Command } from "@effect-smtp/wire/Command"
import type * as Reply from "@effect-smtp/wire/Reply"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Dialogue from "./internal/dialogue.js"
import type { SmtpError } from "./SmtpError.js"

/** Asks for help. */
export const exchange = (
  channel: Channel,
  topic: Option.Option<string>
): Effect.Effect<Reply.Reply, SmtpError> => Dialogue.ask(channel, "Help", Command.Help({ topic }))
