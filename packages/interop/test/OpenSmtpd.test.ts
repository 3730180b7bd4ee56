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
import * as OpenSmtpd from "../src/OpenSmtpd.js"
import * as OurClient from "../src/OurClient.js"
import * as EveryMessage from "./everyMessage.js"

const { deliver, summary } = OurClient
const { stored } = Message

layer(Layer.provideMerge(OpenSmtpd.layer, Machine.layer), {
  excludeTestServices: true,
  timeout: "1 minute"
})("OpenSMTPD", (it) => {
  describe("our client and its smtpd", () => {
    it.scoped("stores every message as it was sent, command by command", () =>
      Effect.gen(function*() {
        const openSmtpd = yield* OpenSmtpd.OpenSmtpd
        const client = yield* OurClient.connect(openSmtpd.smtp)
        expect(Capabilities.has(client.capabilities, "Pipelining")).toBe(false)
        yield* EveryMessage.arrives(client, openSmtpd.delivered)
      }))

    for (const chunking of ["WhenOffered", "ForBinaryOnly"] as const) {
      it.scoped(`takes many messages on their way together (chunking: ${chunking})`, () =>
        Effect.gen(function*() {
          const openSmtpd = yield* OpenSmtpd.OpenSmtpd
          const client = yield* OurClient.connect(openSmtpd.smtp, OurClient.clear, { chunking })
          yield* EveryMessage.arriveTogether(client, openSmtpd.delivered)
        }))
    }

    it.scoped("asks for no more than it has: neither STARTTLS nor SMTPUTF8", () =>
      Effect.gen(function*() {
        const { smtp } = yield* OpenSmtpd.OpenSmtpd
        const security = Security.StartTls({ tls: OurClient.tls("") })
        expect(yield* Effect.flip(OurClient.connect(smtp, security))).toMatchObject({
          _tag: "NotSecure",
          phase: "StartTls"
        })
        const client = yield* OurClient.connect(smtp)
        const error = yield* Effect.flip(deliver(client, {
          from: "grün@bücher.example",
          to: ["bob@mx.example"],
          message: Message.eightBit
        }))
        expect(error).toMatchObject({ _tag: "Unsupported", extension: "SMTPUTF8" })
      }))

    it.scoped("says which recipients it refused, and serves the others", () =>
      Effect.gen(function*() {
        const openSmtpd = yield* OpenSmtpd.OpenSmtpd
        const client = yield* OurClient.connect(openSmtpd.smtp)
        const outcome = yield* deliver(client, {
          to: ["bob@mx.example", "nobody@mx.example", "x@elsewhere.example", "carol@mx.example"],
          message: Message.plain
        })
        expect(summary(outcome)).toEqual({
          accepted: ["bob@mx.example", "carol@mx.example"],
          rejected: [["nobody@mx.example", 550], ["x@elsewhere.example", 550]],
          code: 250
        })
        for (const mailbox of ["bob", "carol"]) {
          expect(yield* openSmtpd.delivered(mailbox)).toBe(stored(Message.plain))
        }
      }))

    it.scoped("does not begin with a message over its SIZE", () =>
      Effect.gen(function*() {
        const openSmtpd = yield* OpenSmtpd.OpenSmtpd
        const client = yield* OurClient.connect(openSmtpd.smtp)
        const message = Message.big(OpenSmtpd.messageSize + 1)
        const error = yield* Effect.flip(deliver(client, { to: ["bob@mx.example"], message }))
        expect(error).toMatchObject({ _tag: "Unsupported", extension: "SIZE" })
        yield* deliver(client, { to: ["bob@mx.example"], message: Message.plain })
        expect(yield* openSmtpd.delivered("bob")).toBe(stored(Message.plain))
      }))

    it.scoped("hears it refuse a message whose length nobody knew", () =>
      Effect.gen(function*() {
        const openSmtpd = yield* OpenSmtpd.OpenSmtpd
        const client = yield* OurClient.connect(openSmtpd.smtp)
        const bytes = new TextEncoder().encode(Message.big(OpenSmtpd.messageSize * 2))
        const message = Body.fromStream(Stream.make(bytes))
        const error = yield* Effect.flip(deliver(client, { to: ["bob@mx.example"], message }))
        expect(error).toMatchObject({
          _tag: "Refused",
          phase: "Verdict",
          fate: "NotDelivered",
          retry: "Never",
          reply: { code: 554, enhanced: Option.some({ class: 5, subject: 3, detail: 4 }) }
        })
      }))
  })
})
