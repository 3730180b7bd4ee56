import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { pipe } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Handler from "../src/Handler.js"
import * as Policy from "../src/Policy.js"
import type { Mail } from "../src/Route.js"
import * as Router from "../src/Router.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import { bytes, goodbye, greeted, open, say, talk, text } from "./talk.js"

const quiet = Logger.withMinimumLogLevel(LogLevel.None)

const routed = (router: Router.Router<unknown, never>, setup: Setup = {}): Setup => ({
  ...setup,
  handler: Handler.make(Router.toDecisions(router))
})

/** What came by which route: who it was for, as it saw them, and the message. */
type Seen = Array<readonly [string, ReadonlyArray<unknown>, string]>

/** A route that keeps what it gets. */
const keeping = (seen: Seen, name: string, verdict: Verdict.MessageVerdict = Verdict.ok) => ({
  message: ({ message, to }: Mail<unknown>) =>
    Effect.map(message.collect(1000), (body) => {
      seen.push([name, to.map(({ captures }) => captures), text(body)])
      return verdict
    })
})

const all = (seen: Seen) =>
  pipe(
    Router.empty,
    Router.recipient("ticket-:id@support.example", keeping(seen, "ticket")),
    Router.subAddress("jones@mx.example", keeping(seen, "jones")),
    Router.postmaster(keeping(seen, "postmaster")),
    Router.domain(":list.lists.example", keeping(seen, "list"))
  )

/** MAIL, and these recipients with their replies. */
const asked = (recipients: ReadonlyArray<readonly [string, string]>) =>
  `C: MAIL FROM:<a@client.example>
  S: 250 2.1.0 Sender OK
  ${recipients.map(([path, reply]) => `C: RCPT TO:<${path}>\nS: ${reply}`).join("\n")}`

const ok = "250 2.1.5 Recipient OK"
const another = "452 4.5.3 Too many recipients"
const unknown = "550 5.1.1 No such mailbox"
const foreign = "550 5.7.1 Relaying is not allowed"

const message = `
  C: DATA
  S: 354 End with a dot on a line by itself
  C: Words.
  C: .`

const lhlo = `
  S: 220 mx.example LMTP
  C: LHLO client.example
  S: 250-mx.example
  S: 250-PIPELINING
  S: 250-8BITMIME
  S: 250-SMTPUTF8
  S: 250-CHUNKING
  S: 250-ENHANCEDSTATUSCODES
  S: 250-SIZE 33554432
  S: 250-LIMITS RCPTMAX=1000 MAILMAX=25000
  S: 250 HELP
`

describe("Router", () => {
  describe("recipients", () => {
    for (
      const [path, reply, name, captures] of [
        ["ticket-17@support.example", ok, "ticket", { id: "17" }],
        ["jones@mx.example", ok, "jones", { tag: Option.none() }],
        ["Jones+@mx.example", ok, "jones", { tag: Option.none() }],
        ["jones+News+2@MX.example", ok, "jones", { tag: Option.some("News+2") }],
        ["dev@ocaml.lists.example", ok, "list", { local: "dev", list: "ocaml" }],
        ["Postmaster", ok, "postmaster", {}],
        ["POSTMASTER@mx.example", ok, "postmaster", {}],
        ["postmaster@ocaml.lists.example", ok, "postmaster", {}]
      ] as const
    ) {
      it.effect(`${path} has the route for ${name}`, () =>
        Effect.gen(function*() {
          const seen: Seen = []
          yield* talk(
            routed(all(seen)),
            `${greeted}
            ${asked([[path, reply]])}
            ${message}
            S: 250 2.0.0 OK
            ${goodbye}`
          )
          expect(seen).toEqual([[name, [captures], "Words.\r\n"]])
        }))
    }

    it.effect("that nobody routes are refused: elsewhere, and at domains that there are", () =>
      talk(
        routed(all([])),
        `${greeted}
        ${
          asked([
            ["joneses@mx.example", unknown],
            ["ticket-@support.example", unknown],
            ["dev@lists.example", foreign],
            ["postmaster@else.example", foreign],
            ["jones@[192.0.2.1]", foreign]
          ])
        }
        ${goodbye}`
      ))

    it.effect("N20: a router without routes takes nothing, not even for the postmaster", () =>
      talk(
        routed(Router.empty),
        `${greeted}
        ${asked([["postmaster", unknown], ["a@mx.example", foreign]])}
        ${goodbye}`
      ))

    it.effect("the first route that matches has it, the fallback what is left", () =>
      Effect.gen(function*() {
        const seen: Seen = []
        const router = pipe(
          Router.empty,
          Router.fallback(keeping(seen, "rest")),
          Router.recipient("a@mx.example", keeping(seen, "first")),
          Router.domain("mx.example", keeping(seen, "second"))
        )
        for (const path of ["a@mx.example", "b@mx.example", "c@else.example", "Postmaster"]) {
          yield* talk(
            routed(router),
            `${greeted}
            ${asked([[path, ok]])}
            ${message}
            S: 250 2.0.0 OK
            ${goodbye}`
          )
        }
        expect(seen.map(([name]) => name)).toEqual(["first", "second", "rest", "rest"])
      }))

    it.effect("the route has the last word on each", () =>
      talk(
        routed(pipe(
          Router.empty,
          Router.recipient("ticket-:id@mx.example", {
            recipient: ({ envelope, to: { captures: { id } } }) =>
              Effect.succeed(
                id === "17" ?
                  Verdict.accept(250, {
                    subject: 1,
                    detail: 5,
                    text: `${envelope.recipients.length} before`
                  }) :
                  Verdict.mailboxFull
              ),
            message: () => Effect.succeed(Verdict.ok)
          })
        )),
        `${greeted}
        ${
          asked([
            ["ticket-17@mx.example", "250 2.1.5 0 before"],
            ["ticket-18@mx.example", "452 4.2.2 Mailbox full"],
            ["ticket-17@mx.example", "250 2.1.5 1 before"]
          ])
        }
        ${goodbye}`
      ))
  })

  describe("a message with one verdict", () => {
    it.effect("is for recipients of one route; the others come in a transaction of their own", () =>
      Effect.gen(function*() {
        const seen: Seen = []
        yield* talk(
          routed(all(seen)),
          `${greeted}
          ${
            asked([
              ["ticket-1@support.example", ok],
              ["jones@mx.example", another],
              ["joneses@mx.example", unknown],
              ["ticket-2@support.example", ok]
            ])
          }
          ${message}
          S: 250 2.0.0 OK
          ${asked([["jones@mx.example", ok]])}
          ${message}
          S: 250 2.0.0 OK
          ${goodbye}`
        )
        expect(seen).toEqual([
          ["ticket", [{ id: "1" }, { id: "2" }], "Words.\r\n"],
          ["jones", [{ tag: Option.none() }], "Words.\r\n"]
        ])
      }))

    it.effect("is a local error if the route fails", () =>
      quiet(talk(
        routed(pipe(
          Router.empty,
          Router.domain("mx.example", { message: () => Effect.fail("on purpose") })
        )),
        `${greeted}
        ${asked([["a@mx.example", ok]])}
        ${message}
        S: 451 4.3.0 Local error in processing
        ${goodbye}`
      )))
  })

  describe("a message with a verdict for each", () => {
    const lmtp: Setup = { policy: Policy.lmtp }
    const several = [
      ["ticket-1@support.example", ok],
      ["jones@mx.example", ok],
      ["ticket-2@support.example", ok],
      ["postmaster", ok]
    ] as const

    it.effect("is read once and given to each route, with its own recipients", () =>
      Effect.gen(function*() {
        const seen: Seen = []
        yield* talk(
          routed(
            pipe(
              Router.empty,
              Router.recipient(
                "ticket-:id@support.example",
                keeping(seen, "ticket", Verdict.each([Verdict.ok, Verdict.mailboxFull]))
              ),
              Router.recipient("jones@mx.example", keeping(seen, "jones", Verdict.denied("No"))),
              Router.postmaster(keeping(seen, "postmaster", Verdict.queued("p")))
            ),
            lmtp
          ),
          `${lhlo}
          ${asked(several)}
          ${message}
          S: 250 2.0.0 OK
          S: 554 5.7.1 No
          S: 452 4.2.2 Mailbox full
          S: 250 2.0.0 Queued as p
          ${goodbye}`
        )
        expect([...seen].sort(([a], [b]) => a < b ? -1 : 1)).toEqual([
          ["jones", [{}], "Words.\r\n"],
          ["postmaster", [{}], "Words.\r\n"],
          ["ticket", [{ id: "1" }, { id: "2" }], "Words.\r\n"]
        ])
      }))

    it.effect("is so under PRDR, which a router offers", () =>
      talk(
        routed(all([])),
        `S: 220 mx.example ESMTP
        C: EHLO client.example
        S: 250-mx.example
        S: 250-PIPELINING
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-CHUNKING
        S: 250-ENHANCEDSTATUSCODES
        S: 250-SIZE 33554432
        S: 250-LIMITS RCPTMAX=1000 MAILMAX=25000
        S: 250-PRDR
        S: 250 HELP
        ${asked(several).replace("client.example>", "client.example> PRDR")}
        ${message}
        S: 353 What each recipient makes of it follows
        S: 250 2.0.0 OK
        S: 250 2.0.0 OK
        S: 250 2.0.0 OK
        S: 250 2.0.0 OK
        S: 250 2.0.0 OK
        ${goodbye}`
      ))

    it.effect("a route that fails, or has not the room, or does not read, is alone with that", () =>
      Effect.gen(function*() {
        const seen: Seen = []
        yield* quiet(talk(
          routed(
            pipe(
              Router.empty,
              Router.recipient("dies@mx.example", { message: () => Effect.die("on purpose") }),
              Router.recipient("small@mx.example", {
                message: ({ message }) => Effect.as(message.collect(3), Verdict.ok)
              }),
              Router.recipient("blind@mx.example", {
                message: () => Effect.succeed(Verdict.greylisted)
              }),
              Router.recipient("good@mx.example", keeping(seen, "good"))
            ),
            lmtp
          ),
          `${lhlo}
          ${
            asked([
              ["dies@mx.example", ok],
              ["small@mx.example", ok],
              ["good@mx.example", ok],
              ["blind@mx.example", ok]
            ])
          }
          ${message}
          S: 451 4.3.0 Local error in processing
          S: 552 5.3.4 Message size exceeds the fixed limit
          S: 250 2.0.0 OK
          S: 450 4.7.1 Greylisted, try again later
          ${goodbye}`
        ))
        expect(seen).toEqual([["good", [{}], "Words.\r\n"]])
      }))

    it.scoped("N1: with a bare LF is accepted by nobody, whatever the routes make of it", () =>
      Effect.gen(function*() {
        const session = yield* open(routed(
          pipe(
            Router.empty,
            Router.recipient("a@mx.example", {
              message: ({ message }) =>
                Stream.runDrain(message.stream).pipe(Effect.ignore, Effect.as(Verdict.ok))
            }),
            Router.recipient("b@mx.example", keeping([], "b")),
            Router.recipient("c@mx.example", { message: () => Effect.succeed(Verdict.ok) })
          ),
          lmtp
        ))
        yield* say(
          session,
          `${lhlo}
          ${asked([["a@mx.example", ok], ["b@mx.example", ok], ["c@mx.example", ok]])}
          C: DATA
          S: 354 End with a dot on a line by itself`
        )
        yield* session.client.write(bytes("a\nb\r\n.\r\n"))
        yield* say(
          session,
          `S: 550 5.6.0 Lines end in CR LF: a bare CR or LF is not accepted
          S: 550 5.6.0 Lines end in CR LF: a bare CR or LF is not accepted
          S: 550 5.6.0 Lines end in CR LF: a bare CR or LF is not accepted
          ${goodbye}`
        )
      }))

    it.scoped("the slowest route sets the pace, and memory stays flat", () =>
      Effect.gen(function*() {
        const gate = yield* Deferred.make<void>()
        let eager = 0
        const session = yield* open(routed(
          pipe(
            Router.empty,
            Router.recipient("slow@mx.example", {
              message: ({ message }) =>
                Deferred.await(gate).pipe(
                  Effect.zipRight(Stream.runDrain(message.stream)),
                  Effect.as(Verdict.ok)
                )
            }),
            Router.recipient("eager@mx.example", {
              message: ({ message }) =>
                message.stream.pipe(
                  Stream.runForEach((chunk) => Effect.sync(() => (eager += chunk.length))),
                  Effect.as(Verdict.ok)
                )
            })
          ),
          { ...lmtp, network: { capacity: 1000 } }
        ))
        yield* say(
          session,
          `${lhlo}
          ${asked([["slow@mx.example", ok], ["eager@mx.example", ok]])}
          C: DATA
          S: 354 End with a dot on a line by itself`
        )
        let written = 0
        const line = bytes(`${"x".repeat(98)}\r\n`)
        const writing = yield* Effect.fork(
          session.client.write(line).pipe(
            Effect.tap(() => {
              written += line.length
            }),
            Effect.repeatN(499),
            Effect.zipRight(session.client.write(bytes(".\r\n")))
          )
        )
        yield* Effect.repeatN(Effect.yieldNow(), 5000)
        expect(written).toBeLessThan(20_000)
        expect(eager).toBeLessThan(20_000)
        yield* Deferred.succeed(gate, undefined)
        yield* Fiber.join(writing)
        yield* say(session, `S: 250 2.0.0 OK\nS: 250 2.0.0 OK\n${goodbye}`)
        expect(eager).toBe(50_000)
      }))

    for (const [what, lines] of [["read to its end", 1], ["still arriving", 300]] as const) {
      it.scoped(`a route that hangs while the message is ${what} is alone with that`, () =>
        quiet(Effect.gen(function*() {
          const seen: Seen = []
          const hanging = { message: () => Effect.never }
          const session = yield* open(routed(
            pipe(
              Router.empty,
              Router.recipient("hangs@mx.example", hanging),
              Router.recipient("too@mx.example", hanging),
              Router.recipient("good@mx.example", {
                message: ({ message }) =>
                  Effect.map(message.collect(100_000), (body) => {
                    seen.push(["good", [], text(body)])
                    return Verdict.ok
                  })
              })
            ),
            { ...lmtp, network: { capacity: 1000 } }
          ))
          yield* say(
            session,
            `${lhlo}
            ${asked([["hangs@mx.example", ok], ["good@mx.example", ok], ["too@mx.example", ok]])}
            C: DATA
            S: 354 End with a dot on a line by itself`
          )
          const sent = `${"x".repeat(98)}\r\n`.repeat(lines)
          const writing = yield* Effect.fork(session.client.write(bytes(`${sent}.\r\n`)))
          yield* TestClock.adjust("179 seconds")
          expect(session.writes.join("")).not.toContain("451")
          yield* TestClock.adjust("1 second")
          yield* TestClock.adjust("3 minutes")
          yield* Fiber.join(writing)
          yield* say(
            session,
            `S: 451 4.3.0 Local error in processing
            S: 250 2.0.0 OK
            S: 451 4.3.0 Local error in processing
            ${goodbye}`
          )
          expect(seen).toEqual([["good", [], sent]])
        })))
    }

    it.scoped("a route that cannot be interrupted any more has its say", () =>
      quiet(Effect.gen(function*() {
        const taking = (verdict: Effect.Effect<Verdict.Verdict>) => ({ message: () => verdict })
        const session = yield* open(routed(
          pipe(
            Router.empty,
            Router.recipient("hangs@mx.example", taking(Effect.never)),
            Router.recipient("good@mx.example", taking(Effect.succeed(Verdict.ok))),
            Router.recipient(
              "slow@mx.example",
              taking(Effect.uninterruptible(
                Effect.as(Effect.sleep("7 minutes"), Verdict.queued("x"))
              ))
            )
          ),
          lmtp
        ))
        yield* say(
          session,
          `${lhlo}
          ${asked([["hangs@mx.example", ok], ["good@mx.example", ok], ["slow@mx.example", ok]])}
          C: DATA
          S: 354 End with a dot on a line by itself
          C: .`
        )
        yield* TestClock.adjust("7 minutes")
        yield* say(
          session,
          `S: 451 4.3.0 Local error in processing
          S: 250 2.0.0 OK
          S: 250 2.0.0 Queued as x
          ${goodbye}`
        )
      })))

    it.effect("can be read but once, in each route", () =>
      Effect.gen(function*() {
        const errors: Array<string> = []
        yield* talk(
          routed(
            pipe(
              Router.empty,
              Router.recipient("a@mx.example", {
                message: ({ message }) =>
                  Effect.gen(function*() {
                    yield* Stream.runHead(message.stream)
                    errors.push((yield* Effect.flip(message.collect(1000)))._tag)
                    return Verdict.ok
                  })
              }),
              Router.recipient("b@mx.example", { message: () => Effect.succeed(Verdict.ok) })
            ),
            lmtp
          ),
          `${lhlo}
          ${asked([["a@mx.example", ok], ["b@mx.example", ok]])}
          ${message}
          S: 250 2.0.0 OK
          S: 250 2.0.0 OK
          ${goodbye}`
        )
        expect(errors).toEqual(["NotReadable"])
      }))
  })

  describe("toDecisions", () => {
    class Store extends Context.Tag("test/Store")<Store, Verdict.Verdict>() {}

    it.effect("a recipient that somebody else accepted, and no route is for, is refused then", () =>
      talk(
        {
          handler: Handler.make({
            ...Router.toDecisions(Router.empty),
            recipient: () => Effect.succeed(Verdict.recipientOk)
          })
        },
        `${greeted}
        ${asked([["a@mx.example", ok]])}
        ${message}
        S: 550 5.7.1 Relaying is not allowed
        ${goodbye}`
      ))

    it.effect("may need services, and stand behind guards", () =>
      Effect.gen(function*() {
        const handler = yield* Handler.Handler
        yield* talk(
          { handler },
          `${greeted}
          ${asked([["a@mx.example", ok]])}
          ${message}
          S: 450 4.7.1 Greylisted, try again later
          C: MAIL FROM:<>
          S: 554 5.7.1 No bounces
          ${goodbye}`
        )
      }).pipe(
        Effect.provide(
          Handler.layer(Handler.combine(
            {
              mail: (_client, { from }) =>
                Effect.succeed(
                  from._tag === "Null" ? Verdict.denied("No bounces") : Verdict.senderOk
                )
            },
            Router.toDecisions(pipe(
              Router.empty,
              Router.recipient("a@mx.example", { message: () => Store })
            ))
          )).pipe(Layer.provide(Layer.succeed(Store, Verdict.greylisted)))
        )
      ))
  })
})
