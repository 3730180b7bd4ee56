import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import type * as SmtpClient from "@effect-smtp/client/SmtpClient"
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Message from "../src/Message.js"
import * as OurClient from "../src/OurClient.js"

const messages = [
  Message.plain,
  Message.dots,
  Message.long,
  Message.eightBit,
  Message.big(150_000)
]

/** Delivers messages of every kind to Bob in one session, and compares what came into his hands. */
export const arrives = <E, R>(
  client: SmtpClient.Shape,
  delivered: (user: string) => Effect.Effect<string, E, R>
) =>
  Effect.forEach(messages, (message) =>
    Effect.gen(function*() {
      const outcome = yield* OurClient.deliver(client, { to: ["bob@mx.example"], message })
      expect(OurClient.summary(outcome)).toEqual({
        accepted: ["bob@mx.example"],
        rejected: [],
        code: 250
      })
      expect(yield* delivered("bob")).toBe(Message.stored(message))
    }), { discard: true })

/**
 * Delivers thirty messages to Bob and, where that is refused, to nobody, as many at a time as the server
 * bears, and compares what came into Bob's hands.
 */
export const arriveTogether = <E, R>(
  client: SmtpClient.Shape,
  delivered: (user: string) => Effect.Effect<string, E, R>
) =>
  Effect.gen(function*() {
    const all = Array.from({ length: 30 }, (_, index) => ({
      message: Message.make(`together-${index}`, ".", `line ${index}`, ".."),
      to: index % 7 === 3 ? "nobody@elsewhere.example" : "bob@mx.example"
    }))
    const jobs = yield* Effect.forEach(all, ({ message, to }) =>
      Effect.map(
        Envelope.parse({ from: "alice@client.example", to: [to] }),
        (envelope) => ({ envelope, body: Body.fromString(message) })
      ))
    const results = yield* client.deliverAll(jobs)
    const accepted = results.map((exit) => Exit.isSuccess(exit) && exit.value.accepted.length === 1)
    expect(accepted).toEqual(all.map(({ to }) => to === "bob@mx.example"))
    const expected = all.filter(({ to }) => to === "bob@mx.example").map(({ message }) =>
      Message.stored(message)
    )
    const stored = yield* Effect.forEach(expected, () => delivered("bob"))
    expect(stored.slice().sort()).toEqual(expected.slice().sort())
    yield* client.noop
  })
