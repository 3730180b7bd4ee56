/**
 * S: 220 mx.example ESMTP
 *
 * The server speaks first (RFC 5321 section 3.1).
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Dialogue from "./internal/dialogue.js"
import type { SmtpError } from "./SmtpError.js"

/** Waits for the server's greeting; 554 and 421, and anything else that is no success, are `Refused`. */
export const exchange = (channel: Channel): Effect.Effect<Reply.Reply, SmtpError> =>
  Dialogue.hear(channel, "Greeting").pipe(
    Effect.flatMap(Dialogue.insist("Greeting", Reply.isCompletion))
  )
