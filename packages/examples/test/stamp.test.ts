import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import { handler } from "@effect-smtp/examples/stamp"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })

/** Delivers a message to the example's server. */
const deliver = (message: string) =>
  Effect.gen(function*() {
    const name = yield* Domain.parse("mx.example")
    yield* SmtpServer.serve({ name, places: [{ endpoint, policy: Policy.clearText }] })
    const client = yield* SmtpClient.connect(endpoint, {
      security: Security.ClearText({ credentials: "Refused" })
    })
    const envelope = yield* Envelope.parse({ from: "a@client.example", to: ["b@mx.example"] })
    return yield* client.deliver(envelope, Body.fromString(message), {})
  }).pipe(Effect.provide(Layer.merge(handler, MemoryNetwork.layer())), Effect.scoped)

/** What is printed meanwhile. */
const printing = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.consoleWith((console) => {
    const lines: Array<unknown> = []
    const log = (line: unknown) => Effect.sync(() => void lines.push(line))
    return Effect.map(
      Effect.withConsole(effect, { ...console, log }),
      (result) => ({ lines, result })
    )
  })

const field = "Received: by relay.example\r\n"

describe("stamp", () => {
  it.effect("V7: the server's own field is the last hop of each message", () =>
    Effect.gen(function*() {
      const { lines } = yield* printing(deliver(`${field}\r\nHello\r\n`))
      expect(lines.length).toBe(3)
      expect(lines[1]).toMatch(/^1 +relay\.example$/)
      expect(lines[2]).toMatch(/^2 .+ mx\.example +ESMTP +Thu, 01 Jan 1970 00:00:00 \+0000$/)
    }))

  it.effect("a message that has had its hops goes no further", () =>
    Effect.gen(function*() {
      const message = `${field.repeat(99)}\r\nHello\r\n`
      const { lines, result } = yield* printing(Effect.flip(deliver(message)))
      expect(lines.length).toBe(101)
      expect(result.message).toContain("554")
    }))
})
