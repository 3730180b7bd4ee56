/**
 * C: XCLIENT NAME=spike.example ADDR=192.0.2.7
 * S: 220 mx.example ESMTP
 * C: EHLO proxy.example
 * S: 250 mx.example
 *
 * A proxy that the server trusts says who the client really is
 * (https://www.postfix.org/XCLIENT_README.html). The session starts over with that: what was offered,
 * and who was authenticated, is forgotten.
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import type { Capabilities } from "@effect-smtp/wire/Capabilities"
import type { Attribute } from "@effect-smtp/wire/Command"
import { Command } from "@effect-smtp/wire/Command"
import * as Effect from "effect/Effect"
import * as Dialogue from "./internal/dialogue.js"
import * as Offer from "./internal/offer.js"
import type { SmtpError } from "./SmtpError.js"

/**
 * Says the attributes and greets the server again by `hello`. A server that does not answer that
 * greeting with success is of no more use.
 */
export const exchange = (
  channel: Channel,
  capabilities: Capabilities,
  attributes: ReadonlyArray<Attribute>,
  hello: Effect.Effect<Capabilities, SmtpError>
): Effect.Effect<Capabilities, SmtpError> =>
  Offer.insistOnAttributes(capabilities, "Xclient", attributes).pipe(
    Effect.zipRight(Dialogue.ask(channel, "Xclient", Command.Xclient({ attributes }))),
    Effect.zipRight(Effect.tapError(hello, () => channel.abandon))
  )
