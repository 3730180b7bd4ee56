/**
 * C: EHLO client.example
 * S: 250-mx.example
 * S: 250-PIPELINING
 * S: 250 SIZE 33554432
 *
 * The client says its name and learns what the server can do (RFC 5321 section 4.1.1.1). A server
 * that does not know EHLO is greeted with HELO, and can do nothing special (section 3.2). Under LMTP
 * the word is LHLO, and there is no older one (RFC 2033 section 4.1).
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import { Command } from "@effect-smtp/wire/Command"
import type { Domain } from "@effect-smtp/wire/Domain"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Dialogue from "./internal/dialogue.js"
import type { SmtpError } from "./SmtpError.js"
import { Refused } from "./SmtpError.js"

/** SMTP, or LMTP, in which every accepted recipient of a message has a reply of its own (RFC 2033). */
export type Protocol = "Smtp" | "Lmtp"

/** Greets the server under this name: EHLO, or HELO where EHLO is refused for good; or LHLO. */
export const exchange = (
  channel: Channel,
  name: Domain,
  protocol: Protocol
): Effect.Effect<Capabilities.Capabilities, SmtpError> =>
  protocol === "Smtp"
    ? extended(channel, name)
    : Effect.map(
      Dialogue.ask(channel, "Hello", Command.Lhlo({ domain: name })),
      Capabilities.fromReply
    )

const extended = (
  channel: Channel,
  name: Domain
): Effect.Effect<Capabilities.Capabilities, SmtpError> =>
  Effect.gen(function*() {
    yield* Dialogue.tell(channel, "Hello", Command.Ehlo({ domain: name }))
    const reply = yield* Dialogue.hear(channel, "Hello")
    if (Reply.isCompletion(reply)) return Capabilities.fromReply(reply)
    if (!Reply.isPermanent(reply)) return yield* new Refused({ phase: "Hello", reply })
    const plain = yield* Dialogue.ask(channel, "Hello", Command.Helo({ domain: name }))
    return { ...Capabilities.none, greeting: plain.lines[0] }
  })
