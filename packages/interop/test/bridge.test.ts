import * as NodemailerTransport from "@effect-smtp/client/NodemailerTransport"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpPool from "@effect-smtp/client/SmtpPool"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { Readable } from "node:stream"
import * as Nodemailer from "nodemailer"
import type { SMTPServerEnvelope, SMTPServerOptions } from "smtp-server"
import * as NpmServer from "../src/NpmServer.js"

/** nodemailer, sending through our pool to npm's server. */
const bridge = (
  { port, ...options }: SMTPServerOptions & { readonly port?: number } = {}
) =>
  Effect.gen(function*() {
    const server = yield* NpmServer.make(options)
    const pool = yield* SmtpPool.make({
      endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: port ?? server.port }),
      session: { security: Security.ClearText({ credentials: "Refused" }) }
    })
    const transport = yield* NodemailerTransport.make(pool)
    const mailer = Nodemailer.createTransport(transport)
    const send = (mail: Nodemailer.SendMailOptions) =>
      Effect.tryPromise({ try: () => mailer.sendMail(mail), catch: (error) => error })
    const verify = Effect.tryPromise({ try: () => mailer.verify(), catch: (error) => error })
    return { mailer, pool, send, server, transport, verify }
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

  it.scopedLive("a mail is taken back by its signal, even while it cannot be read", () =>
    Effect.gen(function*() {
      const { send, server, transport } = yield* bridge()
      const controller = new AbortController()
      const stalled = new Readable({
        read() {
          controller.abort()
        }
      })
      const { signal } = controller
      expect(yield* Effect.flip(send({ ...hello, attachments: [{ content: stalled }], signal })))
        .toMatchObject({ code: "EABORT" })
      expect([stalled.destroyed, transport.isIdle(), server.kept]).toEqual([true, true, []])
    }))

  it.scopedLive("notifications are asked for in nodemailer's words", () =>
    Effect.gen(function*() {
      const envelopes: Array<SMTPServerEnvelope> = []
      const { send } = yield* bridge({
        hideDSN: false,
        onData: (stream, { envelope }, done) => {
          stream.resume()
          stream.on("end", () => {
            envelopes.push(envelope)
            done()
          })
        }
      })
      const mails: ReadonlyArray<Nodemailer.SendMailOptions["dsn"]> = [
        {
          id: "job 1+1=2",
          return: "headers",
          notify: ["delay", "failure"],
          recipient: "robert@mx.example"
        },
        { envid: "2", ret: "FULL", notify: "never", orcpt: "x400;+1" },
        {},
        undefined
      ]
      for (const dsn of mails) yield* send({ ...hello, to: "bob@mx.example", bcc: [], dsn })
      expect(envelopes.map(({ dsn, rcptTo }) => [dsn, rcptTo[0].dsn])).toEqual([
        [
          { ret: "HDRS", envid: "job 1+1=2" },
          { notify: ["FAILURE", "DELAY"], orcpt: "rfc822;robert@mx.example" }
        ],
        [{ ret: "FULL", envid: "2" }, { notify: ["NEVER"], orcpt: "x400;+1" }],
        [{ ret: null, envid: null }, undefined],
        [{ ret: null, envid: null }, undefined]
      ])
    }))

  it.scopedLive("wrong words for notifications are EENVELOPE, and nothing is sent", () =>
    Effect.gen(function*() {
      const { send, server } = yield* bridge({ hideDSN: false })
      const wrong: ReadonlyArray<Nodemailer.SendMailOptions["dsn"]> = [
        { return: "some" },
        { notify: "always" },
        { notify: ["never", "delay"] },
        { id: "line\r\nend" },
        { recipient: ";nobody" },
        { recipient: "jürgen@mx.example" }
      ]
      for (const dsn of wrong) {
        expect(yield* Effect.flip(send({ ...hello, dsn })))
          .toMatchObject({ code: "EENVELOPE", command: "API" })
      }
      expect(server.kept).toEqual([])
    }))

  it.scopedLive("a server that cannot notify gets the mail all the same", () =>
    Effect.gen(function*() {
      const { send, server } = yield* bridge()
      yield* send({ ...hello, dsn: { notify: "success" } })
      expect(server.kept.length).toBe(1)
    }))

  it.scopedLive("verify opens a session and closes it, and leaves none behind", () =>
    Effect.gen(function*() {
      const closed = yield* Deferred.make<void>()
      const { mailer, pool, verify } = yield* bridge({
        onClose: () => Deferred.unsafeDone(closed, Effect.void)
      })
      expect(yield* verify).toBe(true)
      yield* Deferred.await(closed)
      expect((yield* pool.load).idle).toBe(0)
      const told = yield* Effect.async<unknown>((resume) =>
        mailer.verify((error, success) => resume(Effect.succeed([error, success])))
      )
      expect(told).toEqual([null, true])
    }))

  it.scopedLive("verify fails as mails would", () =>
    Effect.gen(function*() {
      const away = (done: (error: Error) => void) =>
        done(Object.assign(new Error("Not you"), { responseCode: 554 }))
      const { verify } = yield* bridge({ onConnect: (_session, done) => away(done) })
      expect(yield* Effect.flip(verify)).toMatchObject({ command: "CONN", responseCode: 554 })
      const { mailer, verify: again } = yield* bridge()
      mailer.close()
      expect(yield* Effect.flip(again)).toMatchObject({ code: "ECONNECTION", command: "API" })
    }))

  it.scopedLive("a server that is not there is ECONNECTION", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { port } = yield* Scope.extend(NpmServer.make(), scope)
      yield* Scope.close(scope, Exit.void)
      const { send } = yield* bridge({ port })
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
