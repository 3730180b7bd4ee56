import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** The greeting of a submission server with implicit TLS. */
const greeting = (host: string) =>
  Effect.gen(function*() {
    const dialer = yield* Dialer.Dialer
    const clear = yield* dialer.dial(Endpoint.Tcp({ host, port: 465 }))
    const flow = yield* clear.upgrade(Tls.client({ serverName: host }))
    const first = yield* flow.read
    return Option.map(first, (bytes) => new TextDecoder().decode(bytes))
  }).pipe(Effect.scoped)

greeting("smtp.example.com").pipe(
  Effect.flatMap(Console.log),
  Effect.provide(NodeDialer.layer()),
  Effect.runPromise
)
