import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { Flow } from "@effect-smtp/flow/Flow"
import * as Header from "@effect-smtp/message/Header"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as Policy from "@effect-smtp/server/Policy"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as Inbox from "../src/Inbox.js"
import * as Refusal from "../src/Refusal.js"
import * as Script from "../src/Script.js"
import * as ScriptedPeer from "../src/ScriptedPeer.js"
import * as Transcript from "../src/Transcript.js"

const options: SmtpClient.Options = {
  security: Security.ClearText({ credentials: "Refused" }),
  name: Either.getOrThrow(Domain.parse("client.example"))
}

/** Sends a message with that subject, over a connection of its own. */
const send = (
  subject: string,
  { endpoint = Inbox.endpoint, from = "alice@client.example", to = ["bob@mx.example"] }: {
    readonly endpoint?: Endpoint.Endpoint
    readonly from?: string
    readonly to?: ReadonlyArray<string>
  } = {}
) =>
  Effect.scoped(Effect.gen(function*() {
    const [first, ...others] = to
    const envelope = yield* Envelope.parse({ from, to: [first, ...others] })
    const client = yield* SmtpClient.connect(endpoint, options)
    return yield* client.deliver(envelope, Body.fromString(`Subject: ${subject}\n\nhello\n`))
  }))

const subjects = (messages: ReadonlyArray<Inbox.Message>) =>
  messages.map(({ mail }) => Option.getOrNull(Header.subject(mail.header)))

/** The code that a delivery was refused with. */
const code = (delivery: ReturnType<typeof send>) =>
  Effect.map(
    Effect.flip(delivery),
    (error) => error._tag === "Refused" ? error.reply.code : error._tag
  )

/** Says and hears all of this, over a connection of its own. */
const play = (script: Script.Script) => ScriptedPeer.dial(Inbox.endpoint, script)
const say = (transcript: string) =>
  Effect.flatMap(
    Effect.flatMap(Transcript.parse(transcript), Transcript.toClientScript),
    play
  )

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe("Inbox", () => {
  it.effect("keeps messages with their envelopes, their bytes, and the time", () =>
    Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      yield* TestClock.adjust("5 seconds")
      yield* send("one", { to: ["bob@mx.example", "carol@mx.example"] })
      const [message] = yield* inbox.messages
      expect(message).toMatchObject({
        at: 5000,
        from: "alice@client.example",
        to: ["bob@mx.example", "carol@mx.example"],
        client: { protocol: "ESMTP" }
      })
      expect(text(message.bytes)).toBe("Subject: one\r\n\r\nhello\r\n")
      expect(message.mail.text).toEqual(Option.some("hello\n"))
      expect(message.envelope.recipients).toHaveLength(2)
    }).pipe(Effect.provide(Inbox.layerMemory())))

  it.effect("X14, X18, X19: takes what other servers stumble over", () =>
    Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      const message = (...lines: ReadonlyArray<string>) => [
        Script.send("DATA"),
        Script.expect(/^354 /),
        Script.send(...lines, "."),
        Script.expect(/^250 /)
      ]
      yield* play([
        Script.expect(/^220 /),
        Script.send("HELO client.example"),
        Script.expect(/^250 /),
        Script.send("MAIL FROM:<a b@client.example>"),
        Script.expect(/^501 /),
        Script.send("MAIL FROM:<>"),
        Script.expect(/^250 /),
        Script.send("DATA"),
        Script.expect(/^5.. /),
        Script.send("RCPT TO:<b@@mx.example>"),
        Script.expect(/^501 /),
        Script.send("RCPT TO:<Postmaster>"),
        Script.expect(/^250 /),
        ...message("..one", "...two", ".."),
        Script.send("MAIL FROM:<a@client.example>"),
        Script.expect(/^250 /),
        Script.send("RCPT TO:<b@mx.example>"),
        Script.expect(/^250 /),
        ...message()
      ])
      expect((yield* inbox.messages).map(({ bytes, from, to }) => [from, to, text(bytes)])).toEqual(
        [
          ["", ["postmaster"], ".one\r\n..two\r\n.\r\n"],
          ["a@client.example", ["b@mx.example"], ""]
        ]
      )
    }).pipe(Effect.provide(Inbox.layerMemory())))

  describe("waitFor", () => {
    it.effect("finds a message that is there", () =>
      Effect.gen(function*() {
        const inbox = yield* Inbox.Inbox
        yield* send("one")
        yield* send("two")
        const found = yield* inbox.waitFor(() => true)
        expect(subjects([found])).toEqual(["one"])
      }).pipe(Effect.provide(Inbox.layerMemory())))

    it.effect("waits for the first that fits, whoever else waits, and can be interrupted", () =>
      Effect.gen(function*() {
        const inbox = yield* Inbox.Inbox
        const waiting = yield* Effect.fork(
          inbox.waitFor(({ to }) => to.includes("carol@mx.example"))
        )
        const other = yield* Effect.fork(inbox.waitFor(() => false))
        yield* send("one")
        expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
        yield* send("two", { to: ["carol@mx.example"] })
        yield* send("three", { to: ["carol@mx.example"] })
        expect(subjects([yield* Fiber.join(waiting)])).toEqual(["two"])
        expect(Exit.isInterrupted(yield* Fiber.interrupt(other))).toBe(true)
      }).pipe(Effect.provide(Inbox.layerMemory())))
  })

  it.effect("clear forgets what has come", () =>
    Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      yield* send("one")
      yield* inbox.clear
      expect(yield* inbox.messages).toEqual([])
      const waiting = yield* Effect.fork(inbox.waitFor(() => true))
      yield* send("two")
      expect(subjects([yield* Fiber.join(waiting)])).toEqual(["two"])
      expect(subjects(yield* inbox.messages)).toEqual(["two"])
    }).pipe(Effect.provide(Inbox.layerMemory())))

  describe("refusals", () => {
    const refused = Verdict.reject(550, { subject: 7, detail: 1, text: "Not you" })
    const full = Verdict.reject(552, { subject: 2, detail: 2, text: "Mailbox full" })

    it.effect("of a recipient happen so often, then no more; others are not touched", () =>
      Effect.gen(function*() {
        const inbox = yield* Inbox.Inbox
        const to = ["bob@mx.example", "carol@mx.example"]
        const first = yield* send("one", { to })
        expect(first.accepted).toHaveLength(1)
        expect(first.rejected.map(({ reply }) => reply.code)).toEqual([451])
        expect((yield* send("two", { to })).rejected).toEqual([])
        expect((yield* inbox.messages).map(({ to }) => to)).toEqual([["carol@mx.example"], to])
      }).pipe(Effect.provide(Inbox.layerMemory({
        refusals: [
          Refusal.Recipient({ to: "bob@mx.example", verdict: Verdict.localError, times: 1 })
        ]
      }))))

    it.effect("of a sender and of a message, for as long as they are there", () =>
      Effect.gen(function*() {
        const inbox = yield* Inbox.Inbox
        yield* inbox.refuse(
          Refusal.Mail({ from: /@spam\.example$/, verdict: refused }),
          Refusal.Message({ to: "bob@mx.example", verdict: full })
        )
        for (const _ of [1, 2]) {
          expect(yield* code(send("no", { from: "x@spam.example" }))).toBe(550)
          expect(yield* code(send("no", { to: ["carol@mx.example", "bob@mx.example"] }))).toBe(552)
        }
        yield* send("yes", { to: ["carol@mx.example"] })
        expect(subjects(yield* inbox.messages)).toEqual(["yes"])
      }).pipe(Effect.provide(Inbox.layerMemory())))

    it.effect("come one after the other, the earliest first", () =>
      Effect.gen(function*() {
        expect(yield* code(send("no"))).toBe(451)
        expect(yield* code(send("no"))).toBe(451)
        expect(yield* code(send("no"))).toBe(552)
        expect((yield* send("yes")).rejected).toEqual([])
      }).pipe(Effect.provide(Inbox.layerMemory({
        refusals: [
          Refusal.Message({ verdict: Verdict.localError, times: 2 }),
          Refusal.Message({ verdict: full, times: 1 })
        ]
      }))))

    it.effect("of a connection are its greeting, and of a name the answer to it", () =>
      Effect.gen(function*() {
        yield* say(`
          S: 550 5.7.1 Not you
        `)
        yield* say(`
          S: 220 mx.example ESMTP
          C: EHLO client.example
          S: 550 5.7.1 Not you
          C: QUIT
          S: 221 2.0.0 Goodbye
        `)
        expect((yield* send("yes")).rejected).toEqual([])
      }).pipe(Effect.provide(Inbox.layerMemory({
        refusals: [
          Refusal.Connect({ verdict: refused, times: 1 }),
          Refusal.Hello({ verdict: refused, times: 1 })
        ]
      }))))

    it.effect("that accept are only other words", () =>
      Effect.gen(function*() {
        const inbox = yield* Inbox.Inbox
        const { reply } = yield* send("yes")
        expect(Option.map(reply, ({ lines }) => lines)).toEqual(Option.some(["Queued as 4FqK1z"]))
        expect(yield* inbox.messages).toHaveLength(1)
      }).pipe(Effect.provide(Inbox.layerMemory({
        refusals: [Refusal.Message({ verdict: Verdict.queued("4FqK1z") })]
      }))))
  })

  it.effect("leaves nothing behind: sessions end with its scope, at once", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(Inbox.layerMemory(), scope)
      yield* Effect.gen(function*() {
        const { dial } = yield* Dialer.Dialer
        const flow = yield* dial(Inbox.endpoint)
        const script = yield* Effect.flatMap(
          Transcript.parse(`
            S: 220 mx.example ESMTP
            C: HELO client.example
            S: 250 mx.example
            C: MAIL FROM:<a@client.example>
            S: 250 2.1.0 Sender OK
          `),
          Transcript.toClientScript
        )
        yield* Effect.provideService(ScriptedPeer.run(script), Flow, flow)
        yield* Scope.close(scope, Exit.void)
        expect(text(Option.getOrThrow(yield* flow.read))).toMatch(/^421 /)
        expect(yield* flow.read).toEqual(Option.none())
        expect(yield* Effect.flip(Effect.scoped(dial(Inbox.endpoint)))).toMatchObject({
          reason: "NotFound"
        })
      }).pipe(Effect.scoped, Effect.provide(context))
    }))

  it.live("may have a real port", () =>
    Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      yield* send("one", { endpoint: inbox.endpoints[0] })
      expect(subjects([yield* inbox.waitFor(() => true)])).toEqual(["one"])
    }).pipe(
      Effect.provide(
        Inbox.layer({
          places: [{
            endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }),
            policy: Policy.clearText
          }]
        }).pipe(Layer.provide(NodeListener.layer()), Layer.merge(NodeDialer.layer()))
      )
    ))
})
