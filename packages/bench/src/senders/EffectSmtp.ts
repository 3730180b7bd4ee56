/**
 * Ours, sending: one session, or a pool of several.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Mailing from "@effect-smtp/client/Mailing"
import * as Outcome from "@effect-smtp/client/Outcome"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as SmtpPool from "@effect-smtp/client/SmtpPool"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import * as Message from "../Message.js"
import * as Program from "../Program.js"
import type * as Task from "../Task.js"

const session: SmtpClient.Options = { security: Security.ClearText({ credentials: "Refused" }) }

const carrier = ({ connections, perConnection, port }: Task.Delivery) => {
  const endpoint = Endpoint.Tcp({ host: "127.0.0.1", port })
  const messages = perConnection === "One" ? 1 : Infinity
  return connections === 1 && perConnection === "All"
    ? SmtpClient.connect(endpoint, session)
    : SmtpPool.make({ endpoint, session, connections, messages })
}

Program.sender((delivery) =>
  Effect.gen(function*() {
    const { atATime, messages, octets, recipients } = delivery
    const body = Body.fromBytes(Message.make(octets))
    const to = Message.recipients(recipients)
    const through = yield* carrier(delivery)
    const envelope = yield* Envelope.parse({ from: Message.from, to })
    const jobs = Stream.map(Stream.range(1, messages), () => ({ envelope, body }))
    yield* Mailing.deliverMany(jobs, { through, concurrency: atATime }).pipe(
      Stream.runForEach(({ exit }) =>
        Exit.isSuccess(exit) && Outcome.isComplete(exit.value) ? Effect.void : Effect.fail(exit)
      )
    )
  }).pipe(Effect.scoped, Effect.provide(NodeDialer.layer()))
)
