/**
 * Ours: our server, receiving. All it does with a message is up to who calls.
 *
 * @module
 */
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as Limits from "@effect-smtp/protocol/Limits"
import * as Handler from "@effect-smtp/server/Handler"
import type * as Incoming from "@effect-smtp/server/Incoming"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The defaults, but for the room that the contests need. */
const limits = Limits.make({ messageSize: 128 * 1024 * 1024, connections: 20_000 })

const accepting = (
  take: (incoming: Incoming.Incoming) => Effect.Effect<number, Incoming.IncomingError>,
  received: (octets: number) => void
) =>
  Layer.succeed(
    Handler.Handler,
    Handler.make({
      recipient: () => Effect.succeed(Verdict.recipientOk),
      message: (_client, _envelope, incoming) =>
        Effect.map(take(incoming), (octets) => {
          received(octets)
          return Verdict.ok
        })
    })
  )

/** Listens until the scope closes. `take` does something with a message, and gives its octets. */
export const listen =
  (take: (incoming: Incoming.Incoming) => Effect.Effect<number, Incoming.IncomingError>) =>
  (received: (octets: number) => void) =>
    Effect.gen(function*() {
      const { endpoints: [endpoint] } = yield* SmtpServer.serve({
        name: yield* Domain.parse("mx.example"),
        limits,
        places: [{
          endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }),
          policy: Policy.clearText
        }]
      })
      return endpoint._tag === "Tcp"
        ? endpoint.port
        : yield* Effect.dieMessage("not a TCP endpoint")
    }).pipe(Effect.provide(Layer.merge(accepting(take, received), NodeListener.layer())))
