import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as Transcript from "@effect-smtp/testing/Transcript"
import * as Effect from "effect/Effect"

export const test = Effect.gen(function*() {
  const transcript = yield* Transcript.parse(`
    S: 220 mx.example ready
    C: EHLO client.example
    S: 250-mx.example
    S: 250 SIZE 1000
    C: QUIT
    S: 221 bye
  `)
  const server = yield* Transcript.toServerScript(transcript)
  const client = yield* Transcript.toClientScript(transcript)
  yield* ScriptedPeer.against(
    { endpoint: Endpoint.Tcp({ host: "mx.example", port: 25 }), scripts: [server] },
    (endpoint) => ScriptedPeer.dial(endpoint, client) // or the program that is tested
  )
}).pipe(Effect.provide(MemoryNetwork.layer()))
