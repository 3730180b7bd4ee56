import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const handler = Handler.layer({
  recipient: (_client, _envelope, { path }) =>
    Effect.succeed(
      ForwardPath.print(path) === "<jones@mx.example>"
        ? Verdict.recipientOk
        : Verdict.noSuchMailbox
    ),
  message: (_client, _envelope, message) =>
    Effect.gen(function*() {
      const bytes = yield* message.collect(1024 * 1024)
      yield* Console.log(`${bytes.length} octets for Jones`)
      return Verdict.queued("4FqK1z")
    })
})

const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })

const server = SmtpServer.layer({
  name: Either.getOrThrow(Domain.parse("mx.example")),
  places: [{ endpoint, policy: Policy.clearText }]
}).pipe(Layer.provide(handler))

const program = Effect.gen(function*() {
  const dialer = yield* Dialer.Dialer
  const client = yield* dialer.dial(endpoint)
  const greeting = yield* client.read
  yield* Console.log(Option.map(greeting, (bytes) => new TextDecoder().decode(bytes)))
})

program.pipe(
  Effect.scoped,
  Effect.provide(server.pipe(Layer.provideMerge(MemoryNetwork.layer()))),
  Effect.runPromise
)
