import type * as SmtpClient from "@effect-smtp/client/SmtpClient"
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
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
