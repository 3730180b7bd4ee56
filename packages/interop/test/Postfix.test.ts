import * as Body from "@effect-smtp/client/Body"
import * as Security from "@effect-smtp/client/Security"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurClient from "../src/OurClient.js"
import * as Postfix from "../src/Postfix.js"
import * as EveryMessage from "./everyMessage.js"

const { deliver, summary } = OurClient
const { stored } = Message

const startTls = (postfix: Postfix.Shape): Security.Security =>
  Security.StartTls({ tls: OurClient.tls(postfix.certificate) })

layer(Layer.provideMerge(Postfix.layer, Machine.layer), {
  excludeTestServices: true,
  timeout: "1 minute"
})("Postfix", (it) => {
  describe("our client and its smtpd", () => {
    it.scoped("stores every message as it was sent, after STARTTLS", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const client = yield* OurClient.connect(postfix.smtp, startTls(postfix))
        expect(Option.map(client.peer.tls, ({ version }) => version)).toEqual(
          Option.some("TLSv1.3")
        )
        expect(Capabilities.has(client.capabilities, "Pipelining")).toBe(true)
        yield* EveryMessage.arrives(client, postfix.delivered)
      }))

    for (const chunking of ["WhenOffered", "ForBinaryOnly"] as const) {
      it.scoped(`takes many messages on their way together (chunking: ${chunking})`, () =>
        Effect.gen(function*() {
          const postfix = yield* Postfix.Postfix
          const client = yield* OurClient.connect(postfix.smtp, OurClient.clear, { chunking })
          yield* EveryMessage.arriveTogether(client, postfix.delivered)
        }))
    }

    it.scoped("speaks implicit TLS", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const client = yield* OurClient.connect(
          postfix.smtps,
          Security.Implicit({ tls: OurClient.tls(postfix.certificate) })
        )
        yield* deliver(client, { to: ["bob@mx.example"], message: Message.dots })
        expect(yield* postfix.delivered("bob")).toBe(stored(Message.dots))
      }))

    it.scoped("names SMTPUTF8 addresses", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const client = yield* OurClient.connect(postfix.smtp)
        const outcome = yield* deliver(client, {
          from: "grün@bücher.example",
          to: ["用户@mx.example"],
          message: Message.eightBit
        })
        expect(summary(outcome).accepted).toEqual(["用户@mx.example"])
        expect(yield* postfix.delivered("utf8")).toBe(stored(Message.eightBit))
      }))

    it.scoped("says which recipients it refused, and serves the others", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const client = yield* OurClient.connect(postfix.smtp)
        const outcome = yield* deliver(client, {
          to: ["bob@mx.example", "nobody@mx.example", "x@elsewhere.example", "carol@mx.example"],
          message: Message.plain
        })
        expect(summary(outcome)).toEqual({
          accepted: ["bob@mx.example", "carol@mx.example"],
          rejected: [["nobody@mx.example", 550], ["x@elsewhere.example", 554]],
          code: 250
        })
        for (const mailbox of ["bob", "carol"]) {
          expect(yield* postfix.delivered(mailbox)).toBe(stored(Message.plain))
        }
      }))

    it.scoped("sends no message without a recipient, and goes on", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const client = yield* OurClient.connect(postfix.smtp)
        const outcome = yield* deliver(client, {
          to: ["nobody@mx.example", "nothing@mx.example"],
          message: Message.plain
        })
        expect(summary(outcome)).toMatchObject({ accepted: [], code: undefined })
        yield* deliver(client, { to: ["bob@mx.example"], message: Message.dots })
        expect(yield* postfix.delivered("bob")).toBe(stored(Message.dots))
      }))

    it.scoped("does not begin with a message over its SIZE", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const client = yield* OurClient.connect(postfix.smtp)
        const error = yield* Effect.flip(
          deliver(client, {
            to: ["bob@mx.example"],
            message: Message.big(Postfix.messageSize + 1)
          })
        )
        expect(error).toMatchObject({ _tag: "Unsupported", extension: "SIZE" })
        yield* deliver(client, { to: ["bob@mx.example"], message: Message.plain })
        expect(yield* postfix.delivered("bob")).toBe(stored(Message.plain))
      }))

    it.scoped("hears it refuse a message whose length nobody knew", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const client = yield* OurClient.connect(postfix.smtp)
        const bytes = new TextEncoder().encode(Message.big(Postfix.messageSize + 1))
        const error = yield* Effect.flip(
          deliver(client, {
            to: ["bob@mx.example"],
            message: Body.fromStream(Stream.make(bytes))
          })
        )
        expect(error).toMatchObject({
          _tag: "Refused",
          phase: "Verdict",
          fate: "NotDelivered",
          retry: "Never",
          reply: { code: 552 }
        })
      }))
  })
})
