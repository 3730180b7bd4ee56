/**
 * C: QUIT
 * S: 221 mx.example closing
 *
 * The end of a session (RFC 5321 section 4.1.1.10).
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import { Command } from "@effect-smtp/wire/Command"
import * as Effect from "effect/Effect"
import * as Dialogue from "./internal/dialogue.js"

/**
 * Says goodbye. A server that closes instead of answering, or answers anything else, has ended the
 * session just the same: nothing that was accepted before depends on it.
 */
export const exchange = (channel: Channel): Effect.Effect<void> =>
  Effect.ignore(Dialogue.ask(channel, "Quit", Command.Quit()))
