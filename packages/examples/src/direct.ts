import * as Body from "@effect-smtp/client/Body"
import * as DirectDelivery from "@effect-smtp/client/DirectDelivery"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Outcome from "@effect-smtp/client/Outcome"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeResolver from "@effect-smtp/node/NodeResolver"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** To each recipient's own servers, whatever they are; nobody is in between. */
export const notify = Effect.gen(function*() {
  const name = yield* Domain.parse("client.example")
  const { deliver } = yield* DirectDelivery.make({ name, self: [name], perHost: "10 minutes" })
  const envelope = yield* Envelope.parse({
    from: "alice@client.example",
    to: ["bob@mx.example", "carol@elsewhere.example"]
  })
  const outcome = yield* deliver(envelope, Body.fromString("Subject: hi\n\nHello!\n"))
  for (const { error, recipient } of outcome.failed) {
    yield* Console.log(`${ForwardPath.print(recipient)}: ${error.message}`)
  }
  yield* Console.log(`${Outcome.worthRetrying(outcome).length} to try again later`)
})

const platform = Layer.merge(NodeDialer.layer(), NodeResolver.layer())

export const program = Effect.provide(notify, platform)
