import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Authenticator from "../src/Authenticator.js"
import type { Identity } from "../src/Authenticator.js"
import * as Handler from "../src/Handler.js"
import * as Policy from "../src/Policy.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import { goodbye, greeted, open, readAll, say, started, talk } from "./talk.js"

const quiet = Logger.withMinimumLogLevel(LogLevel.None)

/** What EHLO says of a handler. */
const offers = (handler: Partial<Handler.Shape>) =>
  Effect.scoped(Effect.gen(function*() {
    const session = yield* open({ handler })
    yield* say(session, "S: 220 mx.example ESMTP\nC: EHLO client.example\nC: QUIT")
    const heard = yield* readAll(session.client)
    return heard.split("\r\n").map((line) => line.slice(4))
  }))

const answer = (text: string) => () => Effect.succeed(Verdict.mailboxes([text, `${text} too`]))

describe("Handler", () => {
  describe("inquiries", () => {
    for (
      const [decision, command] of [
        ["verify", "VRFY"],
        ["expand", "EXPN"],
        ["etrn", "ETRN"]
      ] as const
    ) {
      it.effect(`${decision}: offered as ${command} if there is one, and only then`, () =>
        Effect.gen(function*() {
          expect(yield* offers({})).not.toContain(command)
          expect(yield* offers({ [decision]: answer("x") })).toContain(command)
        }))

      it.effect(`${decision}: is told the argument, and answers line by line`, () =>
        talk(
          {
            handler: {
              [decision]: (_client: unknown, argument: string) => answer(argument)()
            }
          },
          `${greeted}
          C: ${command} #staff
          S: 250-2.1.5 #staff
          S: 250 2.1.5 #staff too
          ${goodbye}`
        ))

      it.effect(`${decision}: one that fails is a local error`, () =>
        quiet(talk(
          { handler: { [decision]: () => Effect.die("on purpose") } },
          `${greeted}
          C: ${command} staff
          S: 451 4.3.0 Local error in processing
          ${goodbye}`
        )))
    }

    it.effect("EXPN and ETRN are not there unless somebody decides about them", () =>
      talk(
        {},
        `${greeted}
        C: EXPN staff
        S: 502 5.5.1 Command not implemented
        C: ETRN client.example
        S: 502 5.5.1 Command not implemented
        ${goodbye}`
      ))

    it.effect("ETRN has codes of its own, and no place in a transaction (RFC 1985 section 5.1)", () =>
      talk(
        {
          handler: {
            etrn: (_client, argument) =>
              Effect.succeed(
                argument === "busy.example"
                  ? Verdict.reject(458, { subject: 3, detail: 2, text: "Not now" })
                  : Verdict.accept(253, { subject: 0, detail: 0, text: "2 pending messages" })
              )
          }
        },
        `${greeted}
        C: ETRN client.example
        S: 253 2.0.0 2 pending messages
        C: ETRN busy.example
        S: 458 4.3.2 Not now
        C: MAIL FROM:<a@client.example>
        S: 250 2.1.0 Sender OK
        C: ETRN client.example
        S: 503 5.5.1 Bad sequence of commands: expected RCPT
        ${goodbye}`
      ))

    it.effect("UTF-8 is only for those who ask for it (RFC 6531 section 3.7.4.2)", () =>
      talk(
        { handler: { verify: answer("é"), expand: answer("é") } },
        `${greeted}
        C: VRFY e
        S: 553 5.6.8 The reply needs SMTPUTF8
        C: EXPN e
        S: 553 5.6.8 The reply needs SMTPUTF8
        C: VRFY e SMTPUTF8
        S: 250-2.1.5 é
        S: 250 2.1.5 é too
        ${goodbye}`
      ))
  })

  describe("authenticate", () => {
    const exposed: Policy.Policy = { ...Policy.clearText, clearTextPasswords: "ExposedToEveryone" }
    const guarded = (verdict: Effect.Effect<Verdict.Verdict, unknown>): Setup => ({
      policy: exposed,
      authenticator: Authenticator.make({
        checkPassword: (_user, password) => Effect.succeed(Redacted.value(password) === "good")
      }),
      limits: { authAttempts: 1 },
      handler: { authenticate: () => verdict }
    })
    const login = "C: AUTH PLAIN AGJvYgBnb29k"

    it.effect("is asked about whoever has proved who it is, who is logged in then", () =>
      Effect.gen(function*() {
        const seen: Array<readonly [string, Identity]> = []
        yield* talk(
          {
            ...guarded(Effect.succeed(Verdict.ok)),
            handler: {
              authenticate: (client, identity) => {
                seen.push([client.identity._tag, identity])
                return Effect.succeed(Verdict.ok)
              }
            }
          },
          `${greeted}
          ${login}
          S: 235 2.7.0 Authentication successful
          ${login}
          S: 503 5.5.1 Already authenticated
          ${goodbye}`
        )
        expect(seen).toEqual([["None", { authenticated: "bob", actsAs: "bob" }]])
      }))

    it.scoped("N15: a refusal comes as late as a wrong password's, and counts like one", () =>
      Effect.gen(function*() {
        const session = yield* open(guarded(Effect.succeed(Verdict.badCredentials)))
        yield* say(session, `${greeted}\n${login}`)
        yield* TestClock.adjust("999 millis")
        expect(session.writes.join("")).not.toContain("535")
        yield* TestClock.adjust("1 millis")
        yield* say(session, `S: 535 5.7.8 Authentication credentials invalid\n${login}`)
        yield* TestClock.adjust("1 second")
        yield* say(session, "S: 421 4.7.0 Too many failed attempts")
      }))

    it.effect("a refusal for now is the reply, at once, and counts as nothing", () =>
      talk(
        guarded(Effect.succeed(Verdict.reject(454, { subject: 7, detail: 0, text: "Wait" }))),
        `${greeted}
        ${login}
        S: 454 4.7.0 Wait
        ${login}
        S: 454 4.7.0 Wait
        ${login}
        S: 454 4.7.0 Wait
        ${goodbye}`
      ))

    it.effect("one that fails is a local error", () =>
      quiet(talk(
        guarded(Effect.fail("on purpose")),
        `${greeted}
        ${login}
        S: 451 4.3.0 Local error in processing
        ${goodbye}`
      )))

    it.scoped("an authenticator that hangs is not to be had, and the session lives", () =>
      quiet(Effect.gen(function*() {
        const session = yield* open({
          ...guarded(Effect.succeed(Verdict.ok)),
          authenticator: Authenticator.make({ checkPassword: () => Effect.never })
        })
        yield* say(session, `${greeted}\n${login}`)
        yield* TestClock.adjust("4 minutes")
        yield* say(
          session,
          `S: 454 4.7.0 Authentication is not available now
          ${goodbye}`
        )
      })))
  })

  describe("a message handler that hangs", () => {
    it.scoped("leaves the body, which is dropped, and the next message is taken", () =>
      quiet(Effect.gen(function*() {
        let first = true
        const session = yield* open({
          handler: {
            message: () =>
              Effect.suspend(() => {
                const verdict = first ? Effect.never : Effect.succeed(Verdict.ok)
                first = false
                return verdict
              })
          }
        })
        yield* say(session, `${started}\nC: Words.\nC: .\nC: NOOP`)
        yield* TestClock.adjust("4 minutes")
        yield* say(
          session,
          `S: 451 4.3.0 Local error in processing
          S: 250 2.0.0 OK
          C: MAIL FROM:<a@client.example>
          S: 250 2.1.0 Sender OK
          C: RCPT TO:<b@mx.example>
          S: 250 2.1.5 Recipient OK
          C: DATA
          S: 354 End with a dot on a line by itself
          C: .
          S: 250 2.0.0 OK
          ${goodbye}`
        )
      })))

    it.scoped("is not one that waits for the client", () =>
      Effect.gen(function*() {
        const session = yield* open({
          timeouts: { Handler: "1 minute", Content: "3 minutes" },
          limits: { minimumRate: { octetsPerSecond: 500, grace: "10 minutes" } }
        })
        yield* say(session, started)
        for (let i = 0; i < 3; i++) {
          yield* TestClock.adjust("2 minutes")
          yield* say(session, "C: Words.")
        }
        yield* say(session, `C: .\nS: 250 2.0.0 Queued as 1\n${goodbye}`)
        expect(session.mails.map(({ body }) => body)).toEqual(["Words.\r\n".repeat(3)])
      }))

    const committing = (
      time: Duration.DurationInput,
      end: Effect.Effect<Verdict.Verdict, unknown> = Effect.succeed(Verdict.queued("x"))
    ) => ({
      handler: {
        message: () => Effect.zipRight(Effect.uninterruptible(Effect.sleep(time)), end)
      }
    })

    it.scoped("in a part that cannot be interrupted has the time again, and its verdict counts", () =>
      Effect.gen(function*() {
        const session = yield* open(committing("479 seconds"))
        yield* say(session, `${started}\nC: Words.\nC: .`)
        yield* TestClock.adjust("479 seconds")
        yield* say(session, `S: 250 2.0.0 Queued as x\n${goodbye}`)
      }))

    it.scoped("fails in such a part, and is a local error then", () =>
      quiet(Effect.gen(function*() {
        const session = yield* open(committing("5 minutes", Effect.fail("no room")))
        yield* say(session, `${started}\nC: Words.\nC: .`)
        yield* TestClock.adjust("5 minutes")
        yield* say(session, `S: 451 4.3.0 Local error in processing\n${goodbye}`)
      })))

    it.scoped("in such a part for longer than that is a local error before the client's 10 minutes", () =>
      quiet(Effect.gen(function*() {
        const session = yield* open(committing("9 minutes"))
        yield* say(session, `${started}\nC: Words.\nC: .`)
        yield* TestClock.adjust("8 minutes")
        yield* say(session, `S: 451 4.3.0 Local error in processing\n${goodbye}`)
        yield* session.client.end
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(session.run)
      })))

    it.scoped("cannot read on once it was given up", () =>
      quiet(Effect.gen(function*() {
        const over = yield* Deferred.make<string>()
        const session = yield* open({
          handler: {
            message: (_client, _envelope, { collect }) =>
              Effect.sleep("9 minutes").pipe(
                Effect.zipRight(Effect.flip(collect(1000))),
                Effect.flatMap((error) => Deferred.succeed(over, error._tag)),
                Effect.uninterruptible,
                Effect.as(Verdict.ok)
              )
          }
        })
        yield* say(session, `${started}\nC: Words.\nC: .`)
        yield* TestClock.adjust("8 minutes")
        yield* say(session, `S: 451 4.3.0 Local error in processing\n${goodbye}`)
        yield* session.client.end
        yield* TestClock.adjust("1 minute")
        expect(yield* Deferred.await(over)).toBe("NotReadable")
        yield* Fiber.join(session.run)
      })))
  })

  describe("combine", () => {
    const note = (seen: Array<string>, name: string, verdict: Verdict.Verdict) => () =>
      Effect.sync(() => {
        seen.push(name)
        return verdict
      })

    it.effect("asks one after the other, until one refuses", () =>
      Effect.gen(function*() {
        const seen: Array<string> = []
        const part = (name: string, verdict: Verdict.Verdict) => ({
          mail: note(seen, name, verdict)
        })
        const combined = Handler.make(Handler.combine(
          part("a", Verdict.ok),
          part("b", Verdict.greylisted),
          part("c", Verdict.ok),
          { message: () => Effect.succeed(Verdict.ok) }
        ))
        yield* talk(
          { handler: combined },
          `${greeted}
          C: MAIL FROM:<a@client.example>
          S: 450 4.7.1 Greylisted, try again later
          ${goodbye}`
        )
        expect(seen).toEqual(["a", "b"])
      }))

    it.effect("the reply is the last one's; what nobody decides has its default", () =>
      talk(
        {
          handler: Handler.make(Handler.combine(
            { recipient: () => Effect.succeed(Verdict.ok) },
            {
              mail: () => Effect.succeed(Verdict.ok),
              message: () => Effect.succeed(Verdict.queued("x"))
            }
          ))
        },
        `${greeted}
        C: VRFY a
        S: 252 2.5.2 Cannot verify the user, but will try to deliver
        C: EXPN a
        S: 502 5.5.1 Command not implemented
        C: HELP
        S: 214 See RFC 5321
        C: MAIL FROM:<a@client.example>
        S: 250 2.0.0 OK
        C: RCPT TO:<b@mx.example>
        S: 250 2.0.0 OK
        C: DATA
        S: 354 End with a dot on a line by itself
        C: .
        S: 250 2.0.0 Queued as x
        ${goodbye}`
      ))

    it.effect("what nobody decides stays undecided, whatever it is combined with", () =>
      talk(
        {
          handler: Handler.make(Handler.combine(
            { recipient: () => Effect.succeed(Verdict.recipientOk) },
            Handler.combine({}, { message: () => Effect.succeed(Verdict.ok) })
          ))
        },
        `${greeted}
        C: MAIL FROM:<a@client.example>
        S: 250 2.1.0 Sender OK
        C: RCPT TO:<b@mx.example>
        S: 250 2.1.5 Recipient OK
        ${goodbye}`
      ))

    it("needs what its parts need, and fails as they do", () => {
      class Greylist extends Context.Tag("test/Greylist")<Greylist, Verdict.Verdict>() {}
      class Store extends Context.Tag("test/Store")<Store, Verdict.Verdict>() {}
      expectTypeOf(Handler.combine(
        {},
        { connect: () => Effect.succeed(Verdict.ok) },
        { mail: () => Greylist, recipient: () => Effect.fail("no" as const) },
        { message: () => Store }
      )).toEqualTypeOf<Handler.Decisions<"no", Greylist | Store>>()
    })

    it.effect("the texts of HELP stand one after the other", () =>
      talk(
        {
          handler: Handler.make(Handler.combine(
            { help: (_client, topic) => Effect.succeed(`On ${topic}`) },
            { help: () => Effect.succeed("Ask Ann"), message: () => Effect.succeed(Verdict.ok) }
          ))
        },
        `${greeted}
        C: HELP DATA
        S: 214-On DATA
        S: 214 Ask Ann
        ${goodbye}`
      ))
  })
})
