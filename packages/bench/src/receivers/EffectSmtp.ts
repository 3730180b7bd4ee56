/**
 * Ours, receiving: every message is gathered in memory and accepted.
 *
 * @module
 */
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Program from "../Program.js"

const limit = 1024 * 1024

const accepting = (received: (octets: number) => void) =>
  Handler.layer({
    recipient: () => Effect.succeed(Verdict.recipientOk),
    message: (_client, _envelope, incoming) =>
      Effect.map(incoming.collect(limit), (bytes) => {
        received(bytes.length)
        return Verdict.ok
      })
  })

Program.receiver((received) =>
  Effect.gen(function*() {
    const { endpoints: [endpoint] } = yield* SmtpServer.serve({
      name: yield* Domain.parse("mx.example"),
      places: [{
        endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }),
        policy: Policy.clearText
      }]
    })
    return endpoint._tag === "Tcp" ? endpoint.port : yield* Effect.dieMessage("not a TCP endpoint")
  }).pipe(Effect.provide(Layer.merge(accepting(received), NodeListener.layer())))
)
