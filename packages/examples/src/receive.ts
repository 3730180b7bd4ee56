import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const bob = Either.getOrThrow(Mailbox.parse("bob@mx.example"))

/** Takes mail for Bob, and writes it down before it says so. */
const handler = Handler.layer({
  recipient: (_client, _envelope, { path }) =>
    Effect.succeed(
      path._tag === "Path" && Mailbox.Equivalence(path.mailbox, bob)
        ? Verdict.recipientOk
        : Verdict.noSuchMailbox
    ),
  message: ({ session }, _envelope, incoming) =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      yield* Stream.run(incoming.stream, files.sink(`${session}.eml`))
      return Verdict.queued(session)
    })
})

const server = Layer.unwrapEffect(Effect.gen(function*() {
  const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
  return SmtpServer.layer({
    name: yield* Domain.parse("mx.example"),
    places: [{
      endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 2525 }),
      policy: Policy.exchange(Tls.server({ identity }))
    }]
  })
}))

server.pipe(
  Layer.provide(handler),
  Layer.provide(NodeListener.layer()),
  Layer.provide(NodeContext.layer),
  Layer.launch,
  NodeRuntime.runMain
)
