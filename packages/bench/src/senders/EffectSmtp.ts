/**
 * Ours, sending: one session, one message after the other.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Outcome from "@effect-smtp/client/Outcome"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as Effect from "effect/Effect"
import * as Message from "../Message.js"
import * as Program from "../Program.js"

Program.sender(({ messages, octets, port }) =>
  Effect.gen(function*() {
    const bytes = Message.make(octets)
    const client = yield* SmtpClient.connect(
      Endpoint.Tcp({ host: "127.0.0.1", port }),
      { security: Security.ClearText({ credentials: "Refused" }) }
    )
    const send = Effect.suspend(() => Envelope.parse({ from: Message.from, to: [Message.to] }))
      .pipe(
        Effect.flatMap((envelope) => client.deliver(envelope, Body.fromBytes(bytes))),
        Effect.filterOrFail(Outcome.isComplete)
      )
    yield* Effect.repeatN(send, messages - 1)
  }).pipe(Effect.scoped, Effect.provide(NodeDialer.layer()))
)
