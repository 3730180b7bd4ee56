import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Nodemailer from "nodemailer"
import type * as SmtpTransport from "nodemailer/lib/smtp-transport"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurServer from "../src/OurServer.js"
import { refused, served } from "./live.js"

const host = "127.0.0.1"

const secrets = { user: OurServer.user.name, pass: OurServer.user.password }

/** How nodemailer can reach the server, safely. */
const ways = ({ certificate, submission, submissions }: OurServer.OurServer) => {
  const tls = { ca: certificate.pem, servername: "mx.example" }
  return {
    plain: { host, port: submission, requireTLS: true, auth: secrets, authMethod: "PLAIN", tls },
    login: { host, port: submission, requireTLS: true, auth: secrets, authMethod: "LOGIN", tls },
    implicit: { host, port: submissions, secure: true, auth: secrets, tls }
  } satisfies Record<string, SmtpTransport.Options>
}

/** Without TLS and a login. */
const clear = ({ exchange }: Pick<OurServer.OurServer, "exchange">): SmtpTransport.Options => ({
  host,
  port: exchange,
  ignoreTLS: true
})

const send = (options: SmtpTransport.Options, mail: Nodemailer.SendMailOptions) =>
  Effect.acquireUseRelease(
    Effect.sync(() => Nodemailer.createTransport(options)),
    (transport) => Effect.tryPromise({ try: () => transport.sendMail(mail), catch: (e) => e }),
    (transport) => Effect.sync(() => transport.close())
  )

/** What nodemailer makes of a mail, without sending it: Latin-1. */
const composed = (mail: Nodemailer.SendMailOptions) =>
  Effect.promise(() =>
    Nodemailer.createTransport({ streamTransport: true, buffer: true, newline: "windows" })
      .sendMail(mail)
  ).pipe(Effect.map(({ message }) => Buffer.isBuffer(message) ? message.toString("latin1") : ""))

/** Composed twice, it comes out the same. */
const mail: Nodemailer.SendMailOptions = {
  from: "Alice <alice@client.example>",
  to: ["bob@mx.example", "Carol <carol@mx.example>"],
  subject: "Grüße 🌍",
  text: ".\r\n..dots\r\n" + "Ein langer Satz mit Umlauten: äöü. ".repeat(100),
  messageId: "<1@client.example>",
  date: new Date(0)
}

served("nodemailer", (live) => {
  describe("and our server", () => {
    for (const way of ["plain", "login", "implicit"] as const) {
      live(`delivers a composed mail: ${way}`, (server) =>
        Effect.gen(function*() {
          const info = yield* send(ways(server)[way], mail)
          const [kept, ...rest] = yield* server.kept
          expect(kept).toMatchObject({
            from: "alice@client.example",
            to: ["bob@mx.example", "carol@mx.example"],
            message: yield* composed(mail),
            user: Option.some("alice"),
            tls: Option.some("TLSv1.3")
          })
          expect(rest).toEqual([])
          expect(info).toMatchObject({
            accepted: ["bob@mx.example", "carol@mx.example"],
            rejected: [],
            response: `250 2.0.0 Queued as ${kept?.name}`
          })
        }))
    }

    for (const name of ["plain", "dots", "long", "eightBit"] as const) {
      live(`delivers a raw message as it is: ${name}`, (server) =>
        Effect.gen(function*() {
          const raw = Message[name]
          const envelope = { from: "alice@client.example", to: "bob@mx.example" }
          yield* send(ways(server).implicit, { envelope, raw })
          expect(yield* server.kept).toMatchObject([
            { message: Buffer.from(raw).toString("latin1") }
          ])
        }))
    }

    live("delivers an attachment of many octets", (server) =>
      Effect.gen(function*() {
        const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) & 0xff))
        yield* send(ways(server).plain, {
          ...mail,
          attachments: [{ filename: "octets.bin", content }]
        })
        const [kept] = yield* server.kept
        const part = kept?.message.split("filename=octets.bin\r\n\r\n")[1]?.split("\r\n--")[0]
        expect(Buffer.from(part ?? "", "base64").equals(content)).toBe(true)
      }))

    refused("is told which recipients are refused", (server) =>
      Effect.gen(function*() {
        const info = yield* send(clear(server), {
          ...mail,
          to: ["bob@mx.example", "nobody@mx.example", "later@mx.example", "carol@mx.example"]
        })
        expect(info).toMatchObject({
          accepted: ["bob@mx.example", "carol@mx.example"],
          rejected: ["nobody@mx.example", "later@mx.example"],
          rejectedErrors: [
            { responseCode: 550, recipient: "nobody@mx.example" },
            { responseCode: 452, recipient: "later@mx.example" }
          ]
        })
        expect(yield* server.kept).toMatchObject([{ to: ["bob@mx.example", "carol@mx.example"] }])
      }))

    live("names addresses beyond ASCII", (server) =>
      Effect.gen(function*() {
        yield* send(ways(server).plain, {
          ...mail,
          envelope: { from: "grün@client.example", to: "用户@mx.example" }
        })
        expect(yield* server.kept).toMatchObject([
          { from: "grün@client.example", to: ["用户@mx.example"], smtpUtf8: true }
        ])
      }))

    it.scopedLive("proves a name and a password beyond ASCII", () =>
      Effect.gen(function*() {
        const server = yield* OurServer.make({ user: OurServer.foreigner })
        const { name: user, password: pass } = OurServer.foreigner
        for (const way of ["plain", "login"] as const) {
          yield* send({ ...ways(server)[way], auth: { user, pass } }, mail)
        }
        expect((yield* server.kept).map(({ user }) => user)).toEqual([
          Option.some("jürgen"),
          Option.some("jürgen")
        ])
      }).pipe(Effect.provide(Machine.layer)))

    refused("is refused, in the phase that refuses", (server) =>
      Effect.gen(function*() {
        const refusal = (mail: Nodemailer.SendMailOptions) => Effect.flip(send(clear(server), mail))
        const from = (address: string, to: string) => ({ ...mail, envelope: { from: address, to } })

        expect(yield* refusal(from("refused@client.example", "bob@mx.example")))
          .toMatchObject({ command: "MAIL FROM", responseCode: 550 })
        expect(yield* refusal(from("", "nobody@mx.example")))
          .toMatchObject({ command: "RCPT TO", responseCode: 550 })
        expect(yield* refusal(from("", "full@mx.example")))
          .toMatchObject({ command: "DATA", responseCode: 554 })
        expect(yield* server.kept).toEqual([])
      }))

    live("is refused with a wrong password, and with too much", (server) =>
      Effect.gen(function*() {
        const way = ways(server).plain
        const refusal = (mail: Nodemailer.SendMailOptions, options: SmtpTransport.Options = way) =>
          Effect.flip(send(options, mail))
        expect(yield* refusal(mail, { ...way, auth: { user: "alice", pass: "wrong" } }))
          .toMatchObject({ code: "EAUTH", responseCode: 535 })
        expect(yield* refusal({ ...mail, text: "x".repeat(OurServer.messageSize) }))
          .toMatchObject({ responseCode: 552 })
        expect(yield* server.kept).toEqual([])
      }))
  })
})
