import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Exim from "../src/Exim.js"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurClient from "../src/OurClient.js"
import * as EveryMessage from "./everyMessage.js"

const { deliver, login, summary } = OurClient
const { stored } = Message

const startTls = (exim: Exim.Shape): Security.Security =>
  Security.StartTls({ tls: OurClient.tls(exim.certificate) })

layer(Layer.provideMerge(Exim.layer, Machine.layer), {
  excludeTestServices: true,
  timeout: "1 minute"
})("Exim", (it) => {
  describe("our client and its daemon", () => {
    it.scoped("stores every message as it was sent, after STARTTLS", () =>
      Effect.gen(function*() {
        const exim = yield* Exim.Exim
        const client = yield* OurClient.connect(exim.smtp, startTls(exim))
        expect(Option.map(client.peer.tls, ({ version }) => version)).toEqual(
          Option.some("TLSv1.3")
        )
        expect(Capabilities.has(client.capabilities, "Pipelining")).toBe(true)
        yield* EveryMessage.arrives(client, exim.delivered)
      }))

    for (const chunking of ["WhenOffered", "ForBinaryOnly"] as const) {
      it.scoped(`takes many messages on their way together (chunking: ${chunking})`, () =>
        Effect.gen(function*() {
          const exim = yield* Exim.Exim
          const client = yield* OurClient.connect(exim.smtp, OurClient.clear, { chunking })
          yield* EveryMessage.arriveTogether(client, exim.delivered)
        }))
    }

    it.scoped("hands a message over in chunks", () =>
      Effect.gen(function*() {
        const exim = yield* Exim.Exim
        const client = yield* OurClient.connect(exim.smtp)
        expect(Capabilities.has(client.capabilities, "Chunking")).toBe(true)
        const { reply } = yield* deliver(client, {
          to: ["bob@mx.example"],
          message: Message.big(150_000)
        })
        expect(Option.getOrThrow(reply).lines[0]).toContain("byte chunk, total")
        expect(yield* exim.delivered("bob")).toBe(stored(Message.big(150_000)))
      }))

    for (const mechanism of ["PLAIN", "CRAM-MD5"] as const) {
      it.scoped(`relays for who has logged in by ${mechanism}, under implicit TLS`, () =>
        Effect.gen(function*() {
          const exim = yield* Exim.Exim
          const security = Security.Implicit({ tls: OurClient.tls(exim.certificate) })
          const client = yield* login(exim.smtps, { security, user: Exim.user, mechanism })
          yield* deliver(client, { to: ["x@elsewhere.example"], message: Message.dots })
          expect(yield* exim.delivered("relayed")).toBe(stored(Message.dots))
        }))
    }

    it.scoped("turns a wrong password down", () =>
      Effect.gen(function*() {
        const exim = yield* Exim.Exim
        const user = { ...Exim.user, password: "wrong" }
        const error = yield* Effect.flip(
          login(exim.smtp, { security: startTls(exim), user })
        )
        expect(error).toMatchObject({ _tag: "AuthenticationFailed", reply: { code: 535 } })
      }))

    it.scoped("names SMTPUTF8 addresses", () =>
      Effect.gen(function*() {
        const exim = yield* Exim.Exim
        const client = yield* OurClient.connect(exim.smtp)
        const outcome = yield* deliver(client, {
          from: "grün@bücher.example",
          to: ["用户@mx.example"],
          message: Message.eightBit
        })
        expect(summary(outcome).accepted).toEqual(["用户@mx.example"])
        expect(yield* exim.delivered("用户")).toBe(stored(Message.eightBit))
      }))

    it.scoped("reports a delivery, when DSN asks for it", () =>
      Effect.gen(function*() {
        const exim = yield* Exim.Exim
        const client = yield* OurClient.connect(exim.smtp)
        const plain = yield* Envelope.parse({ from: "bob@mx.example", to: ["carol@mx.example"] })
        const envelope = Envelope.make({
          from: plain.from,
          to: [Envelope.recipient(plain.to[0].path, {
            notify: Option.some(RcptParameters.On({ events: ["SUCCESS"] })),
            orcpt: Option.some({ addressType: "rfc822", address: "c+arol@old.example" })
          })],
          wishes: { ret: Option.some("HDRS"), envid: Option.some("id=1") }
        })
        yield* client.deliver(envelope, Body.fromString(Message.plain))
        expect(yield* exim.delivered("carol")).toBe(stored(Message.plain))
        const report = yield* exim.delivered("bob")
        expect(report).toContain("Original-Envelope-ID: id+3D1\n")
        expect(report).toContain("Original-Recipient: rfc822;c+2Barol@old.example\n")
        expect(report).toContain("Action: delivered\n")
        expect(report).not.toContain("Hello.")
      }))

    it.scoped("says which recipients it refused, and serves the others", () =>
      Effect.gen(function*() {
        const exim = yield* Exim.Exim
        const client = yield* OurClient.connect(exim.smtp)
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
          expect(yield* exim.delivered(mailbox)).toBe(stored(Message.plain))
        }
      }))

    it.scoped("does not begin with a message over its SIZE", () =>
      Effect.gen(function*() {
        const exim = yield* Exim.Exim
        const client = yield* OurClient.connect(exim.smtp)
        const error = yield* Effect.flip(
          deliver(client, {
            to: ["bob@mx.example"],
            message: Message.big(Exim.messageSize + 1)
          })
        )
        expect(error).toMatchObject({ _tag: "Unsupported", extension: "SIZE" })
        yield* deliver(client, { to: ["bob@mx.example"], message: Message.plain })
        expect(yield* exim.delivered("bob")).toBe(stored(Message.plain))
      }))

    it.scoped("hears it refuse a message whose length nobody knew", () =>
      Effect.gen(function*() {
        const exim = yield* Exim.Exim
        // After a chunk too many Exim resets the connection, at times before anybody has read why.
        const client = yield* OurClient.connect(exim.smtp, OurClient.clear, {
          chunking: "ForBinaryOnly"
        })
        const bytes = new TextEncoder().encode(Message.big(Exim.messageSize * 2))
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
