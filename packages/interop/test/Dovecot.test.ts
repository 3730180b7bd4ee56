import * as Security from "@effect-smtp/client/Security"
import { describe, expect, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Dovecot from "../src/Dovecot.js"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurClient from "../src/OurClient.js"
import * as OurServer from "../src/OurServer.js"

const { deliver, login, summary } = OurClient
const { user } = Dovecot

/** A Dovecot, and our server behind it. */
interface Pair {
  readonly dovecot: Dovecot.Dovecot
  readonly behind: OurServer.OurServer
}
const Pair = Context.GenericTag<Pair>("@effect-smtp/interop/test/Pair")

const pair = Effect.gen(function*() {
  const behind = yield* OurServer.make()
  const dovecot = yield* Dovecot.make({ port: behind.submission, user: OurServer.user })
  return { dovecot, behind }
})

const startTls = ({ certificate }: Dovecot.Dovecot): Security.Security =>
  Security.StartTls({ tls: OurClient.tls(certificate) })

const messages = [
  Message.plain,
  Message.dots,
  Message.long,
  Message.eightBit,
  Message.big(150_000)
]

layer(Layer.provideMerge(Layer.scoped(Pair, pair), Machine.layer), {
  excludeTestServices: true,
  timeout: "1 minute"
})("Dovecot", (it) => {
  describe("our client, its submission service, and our server behind", () => {
    it.scoped("pass every message on as it was sent", () =>
      Effect.gen(function*() {
        const { behind, dovecot } = yield* Pair
        const client = yield* login(dovecot.submission, { security: startTls(dovecot), user })
        for (const message of messages) {
          const outcome = yield* deliver(client, { to: ["bob@mx.example"], message })
          expect(summary(outcome)).toEqual({
            accepted: ["bob@mx.example"],
            rejected: [],
            code: 250
          })
          const [kept] = yield* behind.kept
          expect(kept).toMatchObject({
            from: "alice@client.example",
            to: ["bob@mx.example"],
            user: Option.some(OurServer.user.name),
            tls: Option.some("TLSv1.3")
          })
          expect(Message.without(Dovecot.added, kept?.message ?? "")).toBe(
            Buffer.from(message).toString("latin1")
          )
        }
      }))

    for (const mechanism of Dovecot.mechanisms) {
      it.scoped(`know each other by ${mechanism}, under implicit TLS`, () =>
        Effect.gen(function*() {
          const { behind, dovecot } = yield* Pair
          const security = Security.Implicit({ tls: OurClient.tls(dovecot.certificate) })
          const client = yield* login(dovecot.submissions, { security, user, mechanism })
          yield* deliver(client, { to: ["bob@mx.example"], message: Message.plain })
          expect(yield* behind.kept).toHaveLength(1)
        }))

      it.scoped(`part over ${mechanism} and a wrong password`, () =>
        Effect.gen(function*() {
          const { dovecot } = yield* Pair
          const wrong = { ...user, password: "wrong" }
          const error = yield* Effect.flip(
            login(dovecot.submission, { security: startTls(dovecot), user: wrong, mechanism })
          )
          expect(error).toMatchObject({
            _tag: "AuthenticationFailed",
            mechanism,
            reply: { code: 535 }
          })
        }))
    }

    it.scoped("say which recipients were refused, and serve the others", () =>
      Effect.gen(function*() {
        const { behind, dovecot } = yield* Pair
        const client = yield* login(dovecot.submission, { security: startTls(dovecot), user })
        const outcome = yield* deliver(client, {
          to: ["bob@mx.example", "x@elsewhere.example", "carol@mx.example"],
          message: Message.plain
        })
        expect(summary(outcome)).toEqual({
          accepted: ["bob@mx.example", "carol@mx.example"],
          rejected: [["x@elsewhere.example", 550]],
          code: 250
        })
        expect(yield* behind.kept).toMatchObject([{ to: ["bob@mx.example", "carol@mx.example"] }])
      }))

    it.scoped("do not begin with a message over its SIZE", () =>
      Effect.gen(function*() {
        const { behind, dovecot } = yield* Pair
        const client = yield* login(dovecot.submission, { security: startTls(dovecot), user })
        const message = Message.big(Dovecot.messageSize + 1)
        const error = yield* Effect.flip(deliver(client, { to: ["bob@mx.example"], message }))
        expect(error).toMatchObject({ _tag: "Unsupported", extension: "SIZE" })
        expect(yield* behind.kept).toEqual([])
      }))
  })

  describe("our client and its LMTP service", () => {
    const connect = (port: number) => OurClient.connect(port, OurClient.clear, { protocol: "Lmtp" })

    it.scoped("store every message as it was sent", () =>
      Effect.gen(function*() {
        const { dovecot } = yield* Pair
        const client = yield* connect(dovecot.lmtp)
        for (const message of messages) {
          const outcome = yield* deliver(client, { to: ["bob@mx.example"], message })
          expect(summary(outcome)).toMatchObject({ accepted: ["bob@mx.example"], rejected: [] })
          expect(yield* dovecot.delivered("bob")).toBe(Message.stored(message))
        }
      }))

    it.scoped("have a verdict for each recipient", () =>
      Effect.gen(function*() {
        const { dovecot } = yield* Pair
        const client = yield* connect(dovecot.lmtp)
        const outcome = yield* deliver(client, {
          to: ["bob@mx.example", "nobody@mx.example", "carol@mx.example"],
          message: Message.dots
        })
        expect(summary(outcome)).toMatchObject({
          accepted: ["bob@mx.example", "carol@mx.example"],
          rejected: [["nobody@mx.example", 550]]
        })
        // RFC 2033 section 4.2: one reply after the message for each.
        expect(outcome.accepted.map(({ reply }) => reply.lines[0])).toEqual([
          expect.stringContaining("<bob@mx.example>"),
          expect.stringContaining("<carol@mx.example>")
        ])
        for (const mailbox of ["bob", "carol"]) {
          expect(yield* dovecot.delivered(mailbox)).toBe(Message.stored(Message.dots))
        }
      }))
  })
})
