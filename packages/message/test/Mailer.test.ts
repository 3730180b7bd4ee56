import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as SmtpPool from "@effect-smtp/client/SmtpPool"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Inbox from "@effect-smtp/testing/Inbox"
import * as Refusal from "@effect-smtp/testing/Refusal"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Crypto from "node:crypto"
import * as Address from "../src/Address.js"
import * as Attachment from "../src/Attachment.js"
import * as Composed from "../src/Composed.js"
import * as Dkim from "../src/Dkim.js"
import * as Header from "../src/Header.js"
import * as Mailer from "../src/Mailer.js"
import * as Message from "../src/Message.js"
import * as Signer from "../src/Signer.js"
import { draft, person } from "./composing.js"
import * as Reference from "./dkimReference.js"

const session: SmtpClient.Options = { security: Security.ClearText({ credentials: "Refused" }) }

const ways = {
  "an SmtpClient": Mailer.layerClient.pipe(
    Layer.provide(SmtpClient.layer(Inbox.endpoint, session))
  ),
  "an SmtpPool": Mailer.layerPool.pipe(
    Layer.provide(SmtpPool.layer({ endpoint: Inbox.endpoint, session }))
  )
}

/** The people of a message to two, one of them in secret. */
const toTwo = draft({ subject: "Grüße", text: "é", bcc: [person("carol@mx.example")] })

describe("Mailer", () => {
  for (const [name, layer] of Object.entries(ways)) {
    describe(`through ${name}`, () => {
      const world = Layer.provideMerge(layer, Inbox.layerMemory())

      it.effect("composes and delivers, and says what became of each recipient", () =>
        Effect.gen(function*() {
          const inbox = yield* Inbox.Inbox
          const mailer = yield* Mailer.Mailer
          yield* inbox.refuse(
            Refusal.Recipient({ verdict: Verdict.noSuchMailbox, to: "carol@mx.example" })
          )
          const outcome = yield* mailer.send(toTwo)
          expect(outcome.accepted).toHaveLength(1)
          expect(outcome.rejected.map(({ reply }) => reply.code)).toEqual([550])
          const [message] = yield* inbox.messages
          expect(message.from).toBe("alice@client.example")
          expect(message.to).toEqual(["bob@mx.example"])
          expect(Header.subject(message.mail.header)).toEqual(Option.some("Grüße"))
          expect(Header.value(message.mail.header, "Bcc")).toEqual(Option.none())
        }).pipe(Effect.provide(world)))

      it.effect("delivers the same message as often as it is told, streams and all", () =>
        Effect.gen(function*() {
          const inbox = yield* Inbox.Inbox
          const mailer = yield* Mailer.Mailer
          const content = new Uint8Array(100_000).fill(7)
          const composed = yield* Composed.fromDraft(draft({
            attachments: [Attachment.fromStream(Stream.succeed(content), { size: 100_000 })]
          }))
          yield* inbox.refuse(Refusal.Message({ verdict: Verdict.localError, times: 1 }))
          expect(yield* Effect.flip(mailer.deliver(composed))).toMatchObject({
            _tag: "Refused",
            retry: "Later"
          })
          yield* mailer.deliver(composed)
          yield* mailer.deliver(composed)
          const [one, two] = yield* inbox.messages
          expect(Buffer.compare(one.bytes, two.bytes)).toBe(0)
          expect(one.mail.attachments.map(({ bytes }) => bytes.length)).toEqual([100_000])
          expect(one.envelope.parameters.size).toEqual(Composed.needs(composed).size)
        }).pipe(Effect.provide(world)))

      it.effect("says nothing for a draft that cannot be composed", () =>
        Effect.gen(function*() {
          const mailer = yield* Mailer.Mailer
          const fault = yield* Effect.flip(mailer.send(draft({ subject: "a\r\nBcc: x@y.example" })))
          expect(fault).toMatchObject({ _tag: "ComposeError", field: "Subject" })
          expect(yield* Effect.flatMap(Inbox.Inbox, ({ messages }) => messages)).toEqual([])
        }).pipe(Effect.provide(world)))
    })
  }

  describe("in memory", () => {
    it.effect("keeps what was sent, and says that everybody took it", () =>
      Effect.gen(function*() {
        const mailer = yield* Mailer.Mailer
        const sent = yield* Mailer.SentMail
        yield* TestClock.adjust("3 seconds")
        const outcome = yield* mailer.send(toTwo)
        expect(outcome.accepted.map(({ reply }) => reply.code)).toEqual([250, 250])
        const [kept, ...more] = yield* sent.messages
        expect(more).toEqual([])
        expect(kept.at).toBe(3000)
        expect(kept.composed.envelope.to).toHaveLength(2)
        const message = yield* Message.decode(kept.bytes)
        expect(message.text).toEqual(Option.some("é"))
        expect(Header.addresses(message.header, "To")).toEqual([person("bob@mx.example")])
        yield* sent.clear
        expect(yield* sent.messages).toEqual([])
      }).pipe(Effect.provide(Mailer.layerMemory)))

    it.effect("fails as a delivery would where a stream fails", () =>
      Effect.gen(function*() {
        const mailer = yield* Mailer.Mailer
        const attachments = [Attachment.fromStream(Stream.fail(new Error("gone")))]
        expect(yield* Effect.flip(mailer.send(draft({ attachments })))).toMatchObject({
          _tag: "Unsendable",
          phase: "Content",
          cause: { message: "gone" }
        })
        expect(yield* Effect.flatMap(Mailer.SentMail, ({ messages }) => messages)).toEqual([])
      }).pipe(Effect.provide(Mailer.layerMemory)))
  })

  describe("before", () => {
    const { privateKey, publicKey } = Crypto.generateKeyPairSync("ed25519")
    const signer = Signer.make({
      domain: Either.getOrThrow(Domain.parse("client.example")),
      selector: Either.getOrThrow(Domain.parse("ed")),
      key: Redacted.make(privateKey.export({ format: "pem", type: "pkcs8" }).toString())
    })
    const signing = Layer.unwrapEffect(
      Effect.map(
        signer,
        (signer) =>
          Mailer.layerBefore((composed) =>
            Effect.map(Dkim.sign(composed.body, [signer]), (body) => ({ ...composed, body }))
          )
      )
    )

    const judged = (bytes: Uint8Array) =>
      Reference.verify(bytes, { ed: publicKey }).map(({ body, header }) => [header, body])

    for (const [name, layer] of Object.entries(ways)) {
      it.effect(`signs every message that goes through ${name}`, () =>
        Effect.gen(function*() {
          const mailer = yield* Mailer.Mailer
          yield* mailer.send(toTwo)
          yield* mailer.deliver(yield* Composed.fromDraft(toTwo))
          const all = yield* Effect.flatMap(Inbox.Inbox, ({ messages }) => messages)
          expect(all.map(({ bytes }) => judged(bytes))).toEqual([[[true, true]], [[true, true]]])
          expect(all.map(({ envelope }) => envelope.parameters.size))
            .toEqual(all.map(({ bytes }) => Option.some(bytes.length)))
        }).pipe(
          Effect.provide(
            Layer.provideMerge(signing.pipe(Layer.provide(layer)), Inbox.layerMemory())
          )
        ))
    }

    it.effect("sends nothing that could not be changed", () =>
      Effect.gen(function*() {
        const mailer = yield* Mailer.Mailer
        const attachments = [Attachment.fromStream(Stream.fail(new Error("gone")))]
        expect(yield* Effect.flip(mailer.send(draft({ attachments })))).toMatchObject({
          _tag: "Unsendable",
          phase: "Content",
          cause: { _tag: "Unsignable", reason: "Unreadable", cause: { message: "gone" } }
        })
        yield* mailer.send(toTwo)
        const kept = yield* Effect.flatMap(Mailer.SentMail, ({ messages }) => messages)
        expect(kept.map(({ bytes }) => judged(bytes))).toEqual([[[true, true]]])
      }).pipe(Effect.provide(Layer.provideMerge(signing, Mailer.layerMemory))))
  })

  it.effect("I7: is asked with typed parts, each made by its own constructor", () =>
    Effect.gen(function*() {
      const mailer = yield* Mailer.Mailer
      const { mailbox } = yield* Address.parsePerson("\"a b\"@[192.0.2.1]")
      yield* mailer.send(draft({ to: [Address.person({ ...mailbox, local: "c.d" }, "C, D")] }))
      const [{ bytes }] = yield* Effect.flatMap(Mailer.SentMail, ({ messages }) => messages)
      const header = Either.getOrThrow(Header.decode(bytes))
      expect(Header.value(header, "To")).toEqual(Option.some("\"C, D\" <c.d@[192.0.2.1]>"))
    }).pipe(Effect.provide(Mailer.layerMemory)))
})
