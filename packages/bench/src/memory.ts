/**
 * `npm run bench:memory`: what the process of a client grows by while it sends 1 GB from a stream.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Stream from "effect/Stream"
import * as Bench from "./Bench.js"
import * as Held from "./Held.js"
import * as Message from "./Message.js"

const mebi = 1024 * 1024
const block = 64 * 1024
const size = 1024 * mebi

/** Each block of the message is made anew, and the most that is held meanwhile noted. */
const generated = () => {
  const pattern = Message.make(block)
  const most = MutableRef.make(Held.now())
  const make = () => {
    most.current = Held.most(most.current, Held.now())
    return pattern.slice()
  }
  return { body: Body.fromStream(Stream.map(Stream.range(1, size / block, 1), make)), most }
}

const session: SmtpClient.Options = { security: Security.ClearText({ credentials: "Refused" }) }

/** Sends the message to one of the receivers, once to warm up. */
const measure = (title: string, program: string) =>
  Effect.gen(function*() {
    const { port } = yield* Effect.flatMap(Bench.receiver(program), (receiver) => receiver("Count"))
    const client = yield* SmtpClient.connect(Endpoint.Tcp({ host: "127.0.0.1", port }), session)
    const envelope = yield* Envelope.parse({ from: Message.from, to: Message.recipients(1) })
    yield* client.deliver(envelope, Body.fromBytes(Message.make(mebi)))
    const before = Held.now()
    const { body, most } = generated()
    const began = yield* Clock.currentTimeMillis
    yield* client.deliver(envelope, body)
    const seconds = ((yield* Clock.currentTimeMillis) - began) / 1000
    const grown = Held.per(Held.growth(before, most.current), mebi)
    yield* Console.log(
      `${title}: ${size / mebi} MB in ${seconds.toFixed(1)} seconds; ` +
        `at most ${grown.resident.toFixed(0)} MB more resident, ` +
        `${grown.program.toFixed(0)} MB more in buffers and heap`
    )
  }).pipe(Effect.scoped)

Bench.run(
  Effect.zipRight(measure("DATA", "Sink"), measure("CHUNKING", "ChunkingSink")).pipe(
    Effect.provide(NodeDialer.layer()),
    Effect.scoped
  )
)
