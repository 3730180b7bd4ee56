import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Handler from "../src/Handler.js"
import type { Incoming } from "../src/Incoming.js"
import { MessageTooLarge } from "../src/Incoming.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import {
  addressed,
  bytes,
  goodbye,
  greeted,
  inbox,
  open,
  readAll,
  say,
  started,
  talk,
  text
} from "./talk.js"

type Decision = "connect" | "hello" | "mail" | "recipient" | "message" | "verify"

const decide = (
  decision: Decision,
  verdict: Effect.Effect<Verdict.Verdict, unknown>
): Setup => ({ handler: { [decision]: () => verdict } })

/** How a conversation comes to each decision, and what goes on after a refusal. */
const phases: ReadonlyArray<
  readonly [Exclude<Decision, "connect">, before: string, asked: string, after: string]
> = [
  [
    "hello",
    "S: 220 mx.example ESMTP",
    "C: EHLO client.example",
    "C: MAIL FROM:<a@client.example>\nS: 503 5.5.1 Bad sequence of commands: expected EHLO or HELO"
  ],
  [
    "mail",
    greeted,
    "C: MAIL FROM:<a@client.example>",
    "C: RCPT TO:<b@mx.example>\nS: 503 5.5.1 Bad sequence of commands: expected MAIL"
  ],
  [
    "recipient",
    `${greeted}
    C: MAIL FROM:<a@client.example>
    S: 250 2.1.0 Sender OK`,
    "C: RCPT TO:<b@mx.example>",
    "C: DATA\nS: 554 5.5.1 No valid recipients"
  ],
  [
    "message",
    started,
    "C: Words.\nC: .",
    "C: RCPT TO:<b@mx.example>\nS: 503 5.5.1 Bad sequence of commands: expected MAIL"
  ],
  ["verify", addressed, "C: VRFY b", "C: RCPT TO:<c@mx.example>\nS: 250 2.1.5 Recipient OK"]
]

const quiet = Logger.withMinimumLogLevel(LogLevel.None)

describe("Handler", () => {
  describe("decisions", () => {
    const refused = Verdict.reject(450, { subject: 7, detail: 1, text: "Come again" })
    const closing = Verdict.reject(421, { subject: 7, detail: 0, text: "Go away" })

    for (const [decision, before, asked, after] of phases) {
      it.effect(`${decision}: a refusal is the reply, and refuses only that`, () =>
        talk(
          decide(decision, Effect.succeed(refused)),
          `${before}
          ${asked}
          S: 450 4.7.1 Come again
          ${after}
          ${goodbye}`
        ))

      it.scoped(`${decision}: 421 ends the session`, () =>
        Effect.gen(function*() {
          const session = yield* open(decide(decision, Effect.succeed(closing)))
          yield* say(session, `${before}\n${asked}\nS: 421 4.7.0 Go away`)
          expect(yield* readAll(session.client)).toBe("")
          yield* Fiber.join(session.run)
        }))

      for (
        const [what, wrong] of [
          ["fails", Effect.fail("on purpose")],
          ["dies", Effect.die("on purpose")],
          [
            "throws",
            Effect.sync((): Verdict.Verdict => {
              throw new Error("on purpose")
            })
          ],
          ["interrupts itself", Effect.interrupt]
        ] as const
      ) {
        it.effect(`${decision}: one that ${what} is a local error, and the session lives`, () =>
          quiet(talk(
            decide(decision, wrong),
            `${before}
            ${asked}
            S: 451 4.3.0 Local error in processing
            ${after}
            ${goodbye}`
          )))
      }
    }

    for (const code of [450, 451, 452, 455, 550, 551, 552, 553, 554, 555] as const) {
      it.effect(`X3: a message may be refused with ${code}`, () =>
        talk(
          decide(
            "message",
            Effect.succeed(Verdict.reject(code, { subject: 0, detail: 0, text: "Because" }))
          ),
          `${started}
          C: .
          S: ${code} ${code < 500 ? 4 : 5}.0.0 Because
          ${goodbye}`
        ))
    }

    it.scoped("connect: a refusal stands in for the greeting, and the session ends", () =>
      Effect.gen(function*() {
        for (
          const [verdict, reply] of [
            [Verdict.reject(554, { subject: 7, detail: 1, text: "Not you" }), "554 5.7.1 Not you"],
            [closing, "421 4.7.0 Go away"]
          ] as const
        ) {
          const session = yield* open(decide("connect", Effect.succeed(verdict)))
          expect(yield* readAll(session.client)).toBe(`${reply}\r\n`)
          yield* Fiber.join(session.run)
        }
      }))

    it.scoped("connect: one that fails turns the client away for now", () =>
      quiet(Effect.gen(function*() {
        const session = yield* open(decide("connect", Effect.die("on purpose")))
        expect(yield* readAll(session.client)).toBe("451 4.3.0 Local error in processing\r\n")
        yield* Fiber.join(session.run)
      })))

    it.effect("help: one that fails is a local error", () =>
      quiet(talk(
        { handler: { help: () => Effect.fail("on purpose") } },
        `${greeted}
        C: HELP
        S: 451 4.3.0 Local error in processing
        ${goodbye}`
      )))

    it.effect("help: may have several lines, on the topic asked for", () =>
      talk(
        { handler: { help: (_client, topic) => Effect.succeed(`On ${topic}:\nnothing`) } },
        `${greeted}
        C: HELP MAIL
        S: 214-On MAIL:
        S: 214 nothing
        ${goodbye}`
      ))

    it.effect("an accepting reply is the handler's own", () =>
      talk(
        {
          handler: {
            mail: () => Effect.succeed(Verdict.accept(250, { subject: 1, detail: 0, text: "Hi" })),
            recipient: () =>
              Effect.succeed(Verdict.accept(251, { subject: 1, detail: 5, text: "Will forward" }))
          }
        },
        `${greeted}
        C: MAIL FROM:<a@client.example>
        S: 250 2.1.0 Hi
        C: RCPT TO:<b@mx.example>
        S: 251 2.1.5 Will forward
        C: DATA
        S: 354 End with a dot on a line by itself
        C: .
        S: 250 2.0.0 Queued as 1
        ${goodbye}`
      ))

    for (
      const [how, hanging, decisions] of [
        ["hangs", Effect.never, phases],
        [
          "hangs and cannot be interrupted",
          Effect.uninterruptible(Effect.as(Effect.sleep("5 minutes"), Verdict.ok)),
          phases.filter(([decision]) => decision !== "message")
        ]
      ] as const
    ) {
      for (const [decision, before, asked, after] of decisions) {
        it.scoped(`${decision}: one that ${how} is a local error after 4 minutes`, () =>
          quiet(Effect.gen(function*() {
            const session = yield* open(decide(decision, hanging))
            yield* say(session, `${before}\n${asked}`)
            yield* TestClock.adjust("239 seconds")
            expect(yield* session.conversation.isIdle).toBe(false)
            yield* TestClock.adjust("1 second")
            yield* say(
              session,
              `S: 451 4.3.0 Local error in processing
              ${after}
              ${goodbye}`
            )
            yield* session.client.end
            yield* TestClock.adjust("1 minute")
            yield* Fiber.join(session.run)
          })))
      }
    }

    it.scoped("each has the time anew", () =>
      quiet(Effect.gen(function*() {
        const session = yield* open({
          ...decide("mail", Effect.as(Effect.sleep("59 seconds"), Verdict.senderOk)),
          timeouts: { Handler: "1 minute" }
        })
        yield* say(session, greeted)
        for (let i = 0; i < 3; i++) {
          yield* say(session, "C: MAIL FROM:<a@client.example>")
          yield* TestClock.adjust("59 seconds")
          yield* say(session, "S: 250 2.1.0 Sender OK\nC: RSET\nS: 250 2.0.0 OK")
        }
      })))

    it.scoped("connect: one that hangs turns the client away for now", () =>
      quiet(Effect.gen(function*() {
        const session = yield* open(decide("connect", Effect.never))
        yield* TestClock.adjust("4 minutes")
        expect(yield* readAll(session.client)).toBe("451 4.3.0 Local error in processing\r\n")
        yield* Fiber.join(session.run)
      })))

    it.scoped("one that hangs is interrupted with its session, and awaited", () =>
      Effect.gen(function*() {
        const seen: Array<string> = []
        const session = yield* open(
          decide("mail", Effect.onInterrupt(Effect.never, () => Effect.sync(() => seen.push("i"))))
        )
        yield* say(session, `${greeted}\nC: MAIL FROM:<a@client.example>`)
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(session.run)
        expect(seen).toEqual(["i"])
        expect(yield* readAll(session.client)).toBe("421 4.3.2 Shutting down\r\n")
      }))

    it.effect("are told who asks", () =>
      Effect.gen(function*() {
        const seen: Array<unknown> = []
        yield* talk(
          {
            handler: {
              hello: (client, name) => {
                seen.push([client.name._tag, client.protocol, Domain.print(name)])
                return Effect.succeed(Verdict.ok)
              },
              mail: (client, { recipients }) => {
                seen.push([client.name._tag, client.protocol, recipients.length])
                seen.push([/^[0-9a-f]{12}$/.test(client.session), client.identity._tag])
                return Effect.succeed(Verdict.ok)
              },
              recipient: (_client, { recipients }) => {
                seen.push(recipients.length)
                return Effect.succeed(Verdict.ok)
              }
            }
          },
          `${greeted}
          C: MAIL FROM:<a@client.example>
          S: 250 2.0.0 OK
          C: RCPT TO:<b@mx.example>
          S: 250 2.0.0 OK
          C: RCPT TO:<c@mx.example>
          S: 250 2.0.0 OK
          ${goodbye}`
        )
        expect(seen).toEqual([
          ["None", "SMTP", "client.example"],
          ["Some", "SMTP", 0],
          [true, "None"],
          0,
          1
        ])
      }))
  })

  describe("make", () => {
    it.effect("N20: what is not decided is decided with care", () =>
      talk(
        { handler: Handler.make({ message: () => Effect.succeed(Verdict.ok) }) },
        `${greeted}
        C: VRFY root
        S: 252 2.5.2 Cannot verify the user, but will try to deliver
        C: HELP
        S: 214 See RFC 5321
        C: MAIL FROM:<>
        S: 250 2.1.0 Sender OK
        C: RCPT TO:<postmaster>
        S: 550 5.7.1 Relaying is not allowed
        ${goodbye}`
      ))
  })

  describe("layer", () => {
    class Greylist
      extends Context.Tag("test/Greylist")<Greylist, { readonly verdict: Verdict.Verdict }>()
    {}

    const later = Verdict.reject(451, { subject: 7, detail: 1, text: "Greylisted" })
    const asked = Effect.map(Greylist, ({ verdict }) => verdict)

    it.effect("gives each decision what it needs, from where the layer stands", () =>
      Effect.gen(function*() {
        const handler = yield* Handler.Handler
        yield* talk(
          { handler: { ...handler, connect: () => Effect.succeed(Verdict.ok) } },
          `S: 220 mx.example ESMTP
          C: HELO client.example
          S: 451 4.7.1 Greylisted
          C: VRFY a
          S: 451 4.7.1 Greylisted
          C: HELP
          S: 214 451
          ${goodbye}`
        )
        yield* talk(
          {
            handler: {
              ...handler,
              connect: () => Effect.succeed(Verdict.ok),
              hello: () => Effect.succeed(Verdict.ok)
            }
          },
          `${greeted}
          C: MAIL FROM:<a@client.example>
          S: 451 4.7.1 Greylisted
          ${goodbye}`
        )
        yield* talk(
          { handler: { recipient: handler.recipient } },
          `${greeted}
          C: MAIL FROM:<a@client.example>
          S: 250 2.1.0 Sender OK
          C: RCPT TO:<b@mx.example>
          S: 451 4.7.1 Greylisted
          ${goodbye}`
        )
        yield* talk(
          { handler: { message: handler.message } },
          `${started}
          C: .
          S: 451 4.7.1 Greylisted
          ${goodbye}`
        )
        const refused = yield* Effect.scoped(Effect.flatMap(
          open({ handler: { connect: handler.connect } }),
          ({ client }) => readAll(client)
        ))
        expect(refused).toBe("451 4.7.1 Greylisted\r\n")
      }).pipe(
        Effect.provide(
          Handler.layer({
            connect: () => asked,
            hello: () => asked,
            mail: () => asked,
            recipient: () => asked,
            message: () => asked,
            verify: () => asked,
            help: () => Effect.map(asked, ({ reply }) => `${reply.code}`)
          }).pipe(Layer.provide(Layer.succeed(Greylist, { verdict: later })))
        )
      ))
  })

  describe("prepending", () => {
    const field = "Received: by mx.example\r\n"

    /** A handler of that message, to which the field is prepended; what it is made of is told. */
    const prepended = (
      message: (incoming: Incoming) => Effect.Effect<Verdict.Verdict, unknown>,
      made: Array<string> = []
    ): Setup => ({
      handler: Handler.make(Handler.prepending(
        {
          recipient: () => Effect.succeed(Verdict.recipientOk),
          message: (_client, _envelope, incoming) => message(incoming)
        },
        (client, envelope) =>
          Effect.sync(() => {
            made.push(`${client.protocol} ${envelope.recipients.length}`)
            return bytes(field)
          })
      ))
    })

    const message = `${started}
      C: Words.
      C: ..
      C: .
    `

    it.effect("puts bytes in front of what is collected", () =>
      Effect.gen(function*() {
        const got: Array<string> = []
        const made: Array<string> = []
        const setup = prepended(({ collect }) =>
          Effect.map(collect(100), (all) => {
            got.push(text(all))
            return Verdict.ok
          }), made)
        yield* talk(setup, `${message} S: 250 2.0.0 OK\n${goodbye}`)
        expect(got).toEqual([`${field}Words.\r\n.\r\n`])
        expect(made).toEqual(["SMTP 1"])
      }))

    it.effect("puts bytes in front of what is streamed", () =>
      Effect.gen(function*() {
        const got: Array<string> = []
        const setup = prepended(({ stream }) =>
          Stream.runForEach(stream, (chunk) => Effect.sync(() => got.push(text(chunk)))).pipe(
            Effect.as(Verdict.ok)
          )
        )
        yield* talk(setup, `${message} S: 250 2.0.0 OK\n${goodbye}`)
        expect(got[0]).toBe(field)
        expect(got.join("")).toBe(`${field}Words.\r\n.\r\n`)
        expect(got.every((chunk) => chunk.length > 0)).toBe(true)
      }))

    it.effect("leaves a message that nobody reads to be dropped", () =>
      talk(
        prepended(() => Effect.succeed(Verdict.ok)),
        `${message} S: 250 2.0.0 OK\n${goodbye}`
      ))

    it.effect("counts the bytes towards the limit of what is collected", () =>
      Effect.gen(function*() {
        const limits: Array<unknown> = []
        const collecting = (limit: number) =>
          prepended(({ collect }) =>
            Effect.as(
              Effect.tapError(collect(limit), (error) => Effect.sync(() => limits.push(error))),
              Verdict.ok
            )
          )
        const size = field.length + "Words.\r\n.\r\n".length
        const tooLarge = "S: 552 5.3.4 Message size exceeds the fixed limit"
        yield* talk(collecting(size), `${message} S: 250 2.0.0 OK\n${goodbye}`)
        yield* talk(collecting(size - 1), `${message} ${tooLarge}\n${goodbye}`)
        yield* talk(collecting(field.length - 1), `${message} ${tooLarge}\n${goodbye}`)
        expect(limits).toEqual([
          new MessageTooLarge({ limit: size - 1 }),
          new MessageTooLarge({ limit: field.length - 1 })
        ])
        const empty = `${started} C: .\nS: 250 2.0.0 OK\n${goodbye}`
        yield* talk(collecting(field.length), empty)
        yield* talk(
          collecting(field.length - 1),
          empty.replace("250 2.0.0 OK", "451 4.3.0 Local error in processing")
        )
      }))

    it.effect("is a local error where the bytes cannot be made", () =>
      talk(
        {
          handler: Handler.make(Handler.prepending(
            {
              recipient: () => Effect.succeed(Verdict.recipientOk),
              message: () => Effect.succeed(Verdict.ok)
            },
            () => Effect.fail("no clock")
          ))
        },
        `${message} S: 451 4.3.0 Local error in processing\n${goodbye}`
      ).pipe(quiet))

    it.effect("is not there where there are no bytes", () =>
      Effect.gen(function*() {
        const { mails } = yield* Effect.scoped(Effect.gen(function*() {
          const { decisions, mails } = inbox()
          yield* talk(
            {
              handler: Handler.make(Handler.prepending(decisions, () => Effect.succeed(bytes(""))))
            },
            `${message} S: 250 2.0.0 Queued as 1\n${goodbye}`
          )
          return { mails }
        }))
        expect(mails.map(({ body }) => body)).toEqual(["Words.\r\n.\r\n"])
      }))
  })
})
