import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tap from "@effect-smtp/flow/Tap"
import * as Transcript from "@effect-smtp/flow/Transcript"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

const bytes = (text: string) => new TextEncoder().encode(text)

const program = Effect.gen(function*() {
  const network = yield* MemoryNetwork.make()
  const server = yield* network.listen(Endpoint.Tcp({ host: "mx.example", port: 25 }))

  const dialer = Tap.dialer(network, () =>
    Transcript.sink({
      side: "client",
      emit: (entry) => Console.log(Transcript.print(entry))
    }))
  const client = yield* dialer.dial(server.endpoint)
  const accepted = yield* server.accept

  yield* accepted.write(bytes("220 mx.example ESMTP\r\n"))
  yield* client.read // S: 220 mx.example ESMTP
  yield* client.write(bytes("AUTH PLAIN AGFubgBzZWNyZXQ=\r\n")) // C: AUTH PLAIN <redacted>
})

Effect.runPromise(Effect.scoped(program))
