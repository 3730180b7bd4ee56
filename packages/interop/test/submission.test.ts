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
import * as Port from "../src/Port.js"
import * as Postfix from "../src/Postfix.js"

const { deliver, login, summary } = OurClient
const { user } = Dovecot

/** A Postfix whose users a Dovecot knows, and our server, to which it relays. */
interface Chain {
  readonly postfix: Postfix.Shape
  readonly behind: OurServer.OurServer
}
const Chain = Context.GenericTag<Chain>("@effect-smtp/interop/test/Chain")

const chain = Effect.gen(function*() {
  const behind = yield* OurServer.make({ flags: ["--accept-domain", "elsewhere.example"] })
  const { socket } = yield* Dovecot.make({ port: behind.submission, user: OurServer.user })
  return {
    behind,
    postfix: yield* Postfix.make({ submission: { socket, relay: behind.exchange } })
  }
})

const startTls = ({ certificate }: Postfix.Shape): Security.Security =>
  Security.StartTls({ tls: OurClient.tls(certificate) })

/** What has come to our server, as soon as something has. */
const arrived = ({ behind }: Chain) =>
  behind.kept.pipe(
    Effect.filterOrFail((kept) => kept.length > 0, () => "nothing has come"),
    Effect.retry(Port.soon)
  )

layer(Layer.provideMerge(Layer.scoped(Chain, chain), Machine.layer), {
  excludeTestServices: true,
  timeout: "1 minute"
})("Postfix and Dovecot's passwords", (it) => {
  describe("our client, and our server behind", () => {
    it.scoped("relay every message as it was sent", () =>
      Effect.gen(function*() {
        const all = yield* Chain
        const client = yield* login(all.postfix.smtp, { security: startTls(all.postfix), user })
        // Postfix breaks lines over 998 octets when it relays.
        for (
          const message of [
            Message.plain,
            Message.dots,
            Message.eightBit,
            Message.big(150_000)
          ]
        ) {
          const outcome = yield* deliver(client, { to: ["x@elsewhere.example"], message })
          expect(summary(outcome)).toEqual({
            accepted: ["x@elsewhere.example"],
            rejected: [],
            code: 250
          })
          const [kept] = yield* arrived(all)
          expect(kept).toMatchObject({
            from: "alice@client.example",
            to: ["x@elsewhere.example"],
            tls: Option.some("TLSv1.3")
          })
          expect(Message.without(["Received"], kept?.message ?? "")).toBe(
            Buffer.from(message).toString("latin1")
          )
        }
      }))

    for (const mechanism of Dovecot.mechanisms) {
      it.scoped(`know each other by ${mechanism}, under implicit TLS`, () =>
        Effect.gen(function*() {
          const all = yield* Chain
          const security = Security.Implicit({ tls: OurClient.tls(all.postfix.certificate) })
          const client = yield* login(all.postfix.smtps, { security, user, mechanism })
          yield* deliver(client, { to: ["x@elsewhere.example"], message: Message.plain })
          expect(yield* arrived(all)).toMatchObject([{ to: ["x@elsewhere.example"] }])
        }))
    }

    it.scoped("part over a wrong password", () =>
      Effect.gen(function*() {
        const { postfix } = yield* Chain
        const wrong = { ...user, password: "wrong" }
        const error = yield* Effect.flip(
          login(postfix.smtp, { security: startTls(postfix), user: wrong })
        )
        expect(error).toMatchObject({ _tag: "AuthenticationFailed", reply: { code: 535 } })
      }))

    it.scoped("refuse to relay for who has not logged in", () =>
      Effect.gen(function*() {
        const { postfix } = yield* Chain
        const client = yield* OurClient.connect(postfix.smtp, startTls(postfix))
        const outcome = yield* deliver(client, {
          to: ["bob@mx.example", "x@elsewhere.example"],
          message: Message.plain
        })
        expect(summary(outcome)).toMatchObject({
          accepted: ["bob@mx.example"],
          rejected: [["x@elsewhere.example", 554]]
        })
        expect(yield* postfix.delivered("bob")).toBe(Message.stored(Message.plain))
      }))
  })
})
