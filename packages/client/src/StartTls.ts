/**
 * C: STARTTLS
 * S: 220 Go ahead
 * (TLS handshake)
 * C: EHLO client.example
 *
 * The session becomes secure (RFC 3207). What the server said before is forgotten: the caller greets
 * it again. Bytes that came in the clear behind the 220 fail the connection.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import type { Channel } from "@effect-smtp/protocol/Channel"
import { Command } from "@effect-smtp/wire/Command"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Dialogue from "./internal/dialogue.js"
import type { SmtpError } from "./SmtpError.js"
import { ConnectionFailed } from "./SmtpError.js"

/** Asks for TLS and does the handshake. A refusal leaves the session as it was, in clear text. */
export const exchange = (
  channel: Channel,
  tls: Tls.ClientOptions
): Effect.Effect<void, SmtpError, Scope.Scope> =>
  Dialogue.ask(channel, "StartTls", Command.StartTls()).pipe(
    Effect.zipRight(handshake(channel, tls))
  )

/** The handshake alone: how a session under implicit TLS begins (RFC 8314). */
export const handshake = (
  channel: Channel,
  tls: Tls.ClientOptions
): Effect.Effect<void, SmtpError, Scope.Scope> =>
  Effect.mapError(channel.upgrade(tls), (cause) => new ConnectionFailed({ cause }))
