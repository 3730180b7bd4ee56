import * as Body from "@effect-smtp/client/Body"
import * as Security from "@effect-smtp/client/Security"
import * as Login from "@effect-smtp/sasl/Login"
import * as Plain from "@effect-smtp/sasl/Plain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { SMTPServerOptions } from "smtp-server"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as NpmServer from "../src/NpmServer.js"
import * as OurClient from "../src/OurClient.js"

const { connect, deliver, summary, tls } = OurClient

const { name, password } = NpmServer.user

const plain = (secret = password) =>
  Either.getOrThrow(Plain.client({ authcid: name, password: Redacted.make(secret) }))
const login = Either.getOrThrow(Login.client({ username: name, password: Redacted.make(password) }))

const latin1 = (text: string): string => Buffer.from(text).toString("latin1")

const live = <A, E>(
  title: string,
  options: SMTPServerOptions,
  test: (
    server: NpmServer.NpmServer
  ) => Effect.Effect<A, E, Effect.Effect.Context<ReturnType<typeof connect>>>
) =>
  it.scopedLive(
    title,
    () => Effect.flatMap(NpmServer.make(options), test).pipe(Effect.provide(Machine.layer))
  )

const to = ["bob@mx.example"] as const

describe("smtp-server", () => {
  describe("and our client", () => {
    for (const mechanism of [plain(), login]) {
      live(`meet over STARTTLS and AUTH ${mechanism.name}`, {}, (server) =>
        Effect.gen(function*() {
          const security = Security.StartTls({ tls: tls(server.certificate) })
          const client = yield* connect(server.port, security, { mechanisms: [mechanism] })
          yield* deliver(client, { to, message: Message.plain })
          expect(server.kept).toEqual([{
            from: "alice@client.example",
            to,
            message: Message.plain,
            secure: true,
            user: name,
            method: mechanism.name
          }])
        }))

      live(
        `meet over implicit TLS and AUTH ${mechanism.name}`,
        { secure: true },
        (server) =>
          Effect.gen(function*() {
            const security = Security.Implicit({ tls: tls(server.certificate) })
            const client = yield* connect(server.port, security, { mechanisms: [mechanism] })
            yield* deliver(client, { to, message: Message.plain })
            expect(server.kept).toMatchObject([{
              secure: true,
              user: name,
              method: mechanism.name
            }])
          })
      )
    }

    // smtp-server takes a dot off after a bare LF too, and leaves one on that was never stuffed. Our
    // client always sends CR LF, and stuffs every dot, so neither shows.
    live(
      "agree on dots, whatever the ends of the lines were",
      {},
      (server) =>
        Effect.gen(function*() {
          const client = yield* connect(server.port)
          const bare = Message.dots.replaceAll("\r\n", "\n")
          for (const message of [Message.dots, bare, Message.dots.replaceAll("\r\n", "\r")]) {
            yield* deliver(client, { to, message })
          }
          expect(server.kept.map(({ message }) => message)).toEqual([
            Message.dots,
            Message.dots,
            Message.dots
          ])
        })
    )

    live("agree on messages that are cut anywhere", {}, (server) =>
      Effect.gen(function*() {
        const client = yield* connect(server.port)
        const message = `.${Message.dots}`
        const bytes = new TextEncoder().encode(message)
        for (const size of [1, 2, 3, 7]) {
          const stream = Stream.fromIterable(bytes).pipe(
            Stream.grouped(size),
            Stream.map((some) => Uint8Array.from(some))
          )
          yield* deliver(client, { to, message: Body.fromStream(stream) })
        }
        expect(server.kept.map(({ message }) => message)).toEqual([1, 2, 3, 7].map(() => message))
      }))

    live("carry long lines, 8 bits and big messages", {}, (server) =>
      Effect.gen(function*() {
        const client = yield* connect(server.port)
        const messages = [Message.long, Message.eightBit, Message.big(2_000_000)]
        for (const message of messages) yield* deliver(client, { to, message })
        expect(server.kept.map(({ message }) => message)).toEqual(messages.map(latin1))
      }))

    live("name addresses beyond ASCII", {}, (server) =>
      Effect.gen(function*() {
        const client = yield* connect(server.port)
        yield* deliver(client, {
          from: "grün@client.example",
          to: ["用户@mx.example"],
          message: Message.eightBit
        })
        expect(server.kept).toMatchObject([
          { from: "grün@client.example", to: ["用户@mx.example"] }
        ])
      }))
  })

  describe("refuses, and our client says", () => {
    live("which recipients", {}, (server) =>
      Effect.gen(function*() {
        const client = yield* connect(server.port)
        const outcome = yield* deliver(client, {
          to: ["bob@mx.example", "nobody@mx.example", "later@mx.example", "carol@mx.example"],
          message: Message.plain
        })
        expect(summary(outcome)).toEqual({
          accepted: ["bob@mx.example", "carol@mx.example"],
          rejected: [["nobody@mx.example", 550], ["later@mx.example", 450]],
          code: 250
        })
        expect(server.kept).toMatchObject([{ to: ["bob@mx.example", "carol@mx.example"] }])
      }))

    live(
      "the sender, the message, and that the next one may pass",
      {},
      (server) =>
        Effect.gen(function*() {
          const client = yield* connect(server.port)
          const refused = { _tag: "Refused", fate: "NotDelivered", retry: "Never" }
          expect(
            yield* Effect.flip(
              deliver(client, { from: "refused@client.example", to, message: Message.plain })
            )
          ).toMatchObject({ ...refused, phase: "Mail", reply: { code: 550 } })
          expect(
            yield* Effect.flip(deliver(client, { to: ["full@mx.example"], message: Message.plain }))
          ).toMatchObject({ ...refused, phase: "Verdict", reply: { code: 554 } })
          yield* deliver(client, { to, message: Message.plain })
          expect(server.kept.length).toBe(1)
        })
    )

    live("the password", {}, (server) =>
      Effect.gen(function*() {
        const security = Security.StartTls({ tls: tls(server.certificate) })
        expect(
          yield* Effect.flip(connect(server.port, security, { mechanisms: [plain("wrong")] }))
        ).toMatchObject({ _tag: "AuthenticationFailed", mechanism: "PLAIN", retry: "Never" })
      }))

    live(
      "that it asks for a password",
      { authOptional: false },
      (server) =>
        Effect.gen(function*() {
          const client = yield* connect(server.port)
          expect(yield* Effect.flip(deliver(client, { to, message: Message.plain }))).toMatchObject(
            {
              _tag: "Refused",
              phase: "Mail",
              reply: { code: 530 }
            }
          )
        })
    )

    live("that TLS is not to be had", { hideSTARTTLS: true }, (server) =>
      Effect.gen(function*() {
        const security = Security.StartTls({ tls: tls(server.certificate) })
        expect(yield* Effect.flip(connect(server.port, security, { mechanisms: [plain()] })))
          .toMatchObject({
            _tag: "NotSecure",
            phase: "StartTls"
          })
      }))

    live("that the certificate is not to be trusted", {}, (server) =>
      Effect.gen(function*() {
        const { certificate } = yield* NpmServer.make()
        const security = Security.StartTls({ tls: tls(certificate) })
        expect(yield* Effect.flip(connect(server.port, security, { mechanisms: [plain()] })))
          .toMatchObject({
            _tag: "ConnectionFailed",
            retry: "Elsewhere",
            cause: { cause: { reason: "Certificate" } }
          })
      }))

    live("that the message is over its SIZE", { size: 10_000 }, (server) =>
      Effect.gen(function*() {
        const client = yield* connect(server.port)
        expect(
          yield* Effect.flip(deliver(client, { to, message: Message.big(10_001) }))
        ).toMatchObject({ _tag: "Unsupported", extension: "SIZE" })
        expect(server.kept).toEqual([])
      }))
  })
})
