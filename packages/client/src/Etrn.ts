/**
 * C: ETRN @client.example
 * S: 250 2.0.0 Queuing started
 *
 * Asks a server to send what waits in its queue for a host or, with `@` before it, for a domain and
 * those below it (RFC 1985). The mail comes over another connection.
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import type { Capabilities } from "@effect-smtp/wire/Capabilities"
import { Command } from "@effect-smtp/wire/Command"
import type * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Dialogue from "./internal/dialogue.js"
import * as Offer from "./internal/offer.js"
import type { SmtpError } from "./SmtpError.js"

/** Asks for a queue to be run: 250 to 253 say how much of it is going to be. */
export const exchange = (
  channel: Channel,
  capabilities: Capabilities,
  node: string
): Effect.Effect<Reply.Reply, SmtpError> =>
  Effect.zipRight(
    Offer.insist(capabilities, "Etrn"),
    Dialogue.ask(channel, "Etrn", Command.Etrn({ argument: node }))
  )
