import * as NodemailerTransport from "@effect-smtp/client/NodemailerTransport"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpPool from "@effect-smtp/client/SmtpPool"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { Readable } from "node:stream"
import * as Nodemailer from "nodemailer"
import * as NpmServer from "../src/NpmServer.js"

/** nodemailer, sending through our pool to npm's server. */
const bridge = (port?: number) =>
  Effect.gen(function*() {
    const server = yield* NpmServer.make()
    const pool = yield* SmtpPool.make({
      endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: port ?? server.port }),
      session: { security: Security.ClearText({ credentials: "Refused" }) }
    })
    const transport = yield* NodemailerTransport.make(pool)
    const mailer = Nodemailer.createTransport(transport)
    const send = (mail: Nodemailer.SendMailOptions) =>
      Effect.tryPromise({ try: () => mailer.sendMail(mail), catch: (error) => error })
    return { mailer, send, server, transport }
  }).pipe(Effect.provide(NodeDialer.layer()))

const hello: Nodemailer.SendMailOptions = {
  from: "Alice <alice@client.example>",
  to: ["Bob <bob@mx.example>", "carol@mx.example"],
  bcc: "dave@mx.example",
  subject: "Grüße",
  text: "Hello!\n.\nA line of one dot is above.\n",
  date: new Date(0),
  messageId: "<1@client.example>"
}

describe("nodemailer sends through effect-smtp", () => {
  it.scopedLive("what it composes arrives, with the envelope it made", () =>
    Effect.gen(function*() {
      const { send, server, transport } = yield* bridge()
      expect(yield* send(hello)).toMatchObject({
        envelope: { from: "alice@client.example" },
        messageId: "<1@client.example>",
        accepted: ["bob@mx.example", "carol@mx.example", "dave@mx.example"],
        rejected: [],
        response: expect.stringMatching(/^250 /)
      })
      const [kept] = server.kept
      expect(kept.from).toBe("alice@client.example")
      expect(kept.to).toEqual(["bob@mx.example", "carol@mx.example", "dave@mx.example"])
      expect(kept.message).toContain("Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n")
      expect(kept.message).toContain("\r\nHello!\r\n.\r\nA line of one dot is above.\r\n")
      expect(kept.message).not.toContain("dave")
      expect(transport.isIdle()).toBe(true)
    }))

  it.scopedLive("streams arrive whole, and many mails at once", () =>
    Effect.gen(function*() {
      const { send, server } = yield* bridge()
      const content = "0123456789".repeat(50_000)
      yield* Effect.forEach(
        Array.from({ length: 8 }),
        () =>
          send({
            ...hello,
            attachments: [{
              filename: "digits",
              content: Readable.from([content.slice(0, 7), content.slice(7)])
            }]
          }),
        { concurrency: "unbounded" }
      )
      expect(server.kept.length).toBe(8)
      for (const { message } of server.kept) {
        const base64 = message.split("\r\n\r\n").at(-1) ?? ""
        expect(Buffer.from(base64.split("\r\n--")[0], "base64").toString()).toBe(content)
      }
    }))

  it.scopedLive("a refused recipient does not stop the others", () =>
    Effect.gen(function*() {
      const { send } = yield* bridge()
      const info = yield* send({ ...hello, to: ["bob@mx.example", "nobody@mx.example"], bcc: [] })
      expect(info).toMatchObject({
        accepted: ["bob@mx.example"],
        rejected: ["nobody@mx.example"],
        rejectedErrors: [{ recipient: "nobody@mx.example", responseCode: 550, command: "RCPT TO" }]
      })
    }))

  it.scopedLive("errors are as nodemailer's callers know them", () =>
    Effect.gen(function*() {
      const { send, server } = yield* bridge()
      const fail = (mail: Nodemailer.SendMailOptions) => Effect.flip(send({ ...mail, bcc: [] }))
      expect(yield* fail({ ...hello, from: "refused@client.example" })).toMatchObject({
        code: "EENVELOPE",
        command: "MAIL FROM",
        responseCode: 550
      })
      expect(yield* fail({ ...hello, to: ["nobody@mx.example", "later@mx.example"] }))
        .toMatchObject({
          code: "EENVELOPE",
          responseCode: 550,
          rejected: ["nobody@mx.example", "later@mx.example"],
          rejectedErrors: [{ responseCode: 550 }, { responseCode: 450 }]
        })
      expect(yield* fail({ ...hello, to: "full@mx.example" })).toMatchObject({
        code: "EMESSAGE",
        command: "DATA",
        response: expect.stringContaining("554")
      })
      expect(yield* fail({ ...hello, to: [] })).toMatchObject({ code: "EENVELOPE", command: "API" })
      const broken = new Readable({
        read() {
          this.destroy(new Error("unreadable"))
        }
      })
      expect(yield* fail({ ...hello, raw: broken, envelope: { from: "", to: "bob@mx.example" } }))
        .toMatchObject({ message: "unreadable" })
      expect(server.kept).toEqual([])
    }))

  it.scopedLive("a server that is not there is ECONNECTION", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { port } = yield* Scope.extend(NpmServer.make(), scope)
      yield* Scope.close(scope, Exit.void)
      const { send } = yield* bridge(port)
      expect(yield* Effect.flip(send(hello)))
        .toMatchObject({ code: "ECONNECTION", command: "CONN" })
    }))

  it.scopedLive("a closed transport takes no mail", () =>
    Effect.gen(function*() {
      const { mailer, send, server } = yield* bridge()
      mailer.close()
      expect(yield* Effect.flip(send(hello))).toMatchObject({ code: "ECONNECTION" })
      expect(server.kept).toEqual([])
    }))
})
