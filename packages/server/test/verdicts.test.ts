import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as TestClock from "effect/TestClock"
import * as Policy from "../src/Policy.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import { goodbye, open, readAll, say, talk } from "./talk.js"

const quiet = Logger.withMinimumLogLevel(LogLevel.None)

const later = Verdict.reject(450, { subject: 2, detail: 1, text: "Later" })
const never = Verdict.reject(550, { subject: 7, detail: 1, text: "Never" })
const away = Verdict.reject(421, { subject: 3, detail: 2, text: "Away" })
const { mailboxFull, ok } = Verdict

const deciding = (
  verdict: Effect.Effect<Verdict.MessageVerdict, unknown>,
  setup: Setup = {}
): Setup => ({ ...setup, handler: { verdicts: "Each", message: () => verdict } })

const each = (...verdicts: ReadonlyArray<Verdict.Verdict>) => Effect.succeed(Verdict.each(verdicts))

/** A transaction with these recipients, up to its message. */
const toAll = (names: ReadonlyArray<string>, parameter = "") =>
  `C: MAIL FROM:<a@client.example>${parameter}
  S: 250 2.1.0 Sender OK
  ${names.map((name) => `C: RCPT TO:<${name}@mx.example>\nS: 250 2.1.5 Recipient OK`).join("\n")}
  C: DATA
  S: 354 End with a dot on a line by itself
  C: Words.
  C: .`

const three = ["b", "c", "d"]

const lmtp: Setup = { policy: Policy.lmtp }
const extensions = [
  "PIPELINING",
  "8BITMIME",
  "SMTPUTF8",
  "CHUNKING",
  "ENHANCEDSTATUSCODES",
  "SIZE 33554432",
  "LIMITS RCPTMAX=1000 MAILMAX=25000"
]
const hello = (offered: ReadonlyArray<string>) =>
  ["mx.example", ...offered].map((line) => `S: 250-${line}`).join("\n") + "\nS: 250 HELP"

const lhlo = `
  S: 220 mx.example LMTP
  C: LHLO client.example
  ${hello(extensions)}`

const ehlo = (offered: ReadonlyArray<string>) => `
  S: 220 mx.example ESMTP
  C: EHLO client.example
  ${hello([...extensions, ...offered])}`

describe("verdicts", () => {
  describe("under LMTP (RFC 2033)", () => {
    it.effect("X18: LHLO is the only beginning", () =>
      talk(
        lmtp,
        `S: 220 mx.example LMTP
        C: EHLO client.example
        S: 500 5.5.1 This is LMTP: say LHLO
        C: HELO client.example
        S: 500 5.5.1 This is LMTP: say LHLO
        C: MAIL FROM:<a@client.example>
        S: 503 5.5.1 Bad sequence of commands: expected LHLO
        C: LHLO client.example
        ${hello(extensions)}
        ${goodbye}`
      ))

    it.effect("LHLO is no beginning where SMTP is spoken", () =>
      talk(
        {},
        `S: 220 mx.example ESMTP
        C: LHLO client.example
        S: 502 5.5.1 Command not implemented
        ${goodbye}`
      ))

    it.effect("the handler is told, and that recipients have their own verdicts", () =>
      Effect.gen(function*() {
        const seen: Array<unknown> = []
        yield* talk(
          {
            ...lmtp,
            handler: {
              mail: (client, { verdicts }) => {
                seen.push(client.protocol, verdicts)
                return Effect.succeed(Verdict.senderOk)
              }
            }
          },
          `${lhlo}
          C: MAIL FROM:<a@client.example>
          S: 250 2.1.0 Sender OK
          ${goodbye}`
        )
        expect(seen).toEqual(["LMTP", "Each"])
      }))

    it.effect("X18: a reply for each recipient, in order, also for one that came twice", () =>
      talk(
        deciding(each(ok, mailboxFull, never), lmtp),
        `${lhlo}
        ${toAll(["b", "c", "b"])}
        S: 250 2.0.0 OK
        S: 452 4.2.2 Mailbox full
        S: 550 5.7.1 Never
        ${toAll(["b"])}
        S: 250 2.0.0 OK
        ${goodbye}`
      ))

    it.effect("only for those that RCPT has accepted", () =>
      talk(
        {
          ...lmtp,
          handler: {
            message: () => each(ok, mailboxFull),
            recipient: (_client, { recipients }) =>
              Effect.succeed(recipients.length === 1 ? never : Verdict.recipientOk)
          },
          limits: { recipients: 1 }
        },
        `${lhlo.replace("RCPTMAX=1000", "RCPTMAX=1")}
        C: MAIL FROM:<a@client.example>
        S: 250 2.1.0 Sender OK
        C: RCPT TO:<b@mx.example>
        S: 250 2.1.5 Recipient OK
        C: RCPT TO:<c@mx.example>
        S: 452 4.5.3 Too many recipients
        C: DATA
        S: 354 End with a dot on a line by itself
        C: .
        S: 250 2.0.0 OK
        ${goodbye}`
      ))

    it.effect("one verdict is that of all", () =>
      talk(
        deciding(Effect.succeed(Verdict.queued("x")), lmtp),
        `${lhlo}
        ${toAll(["b", "c"])}
        S: 250 2.0.0 Queued as x
        S: 250 2.0.0 Queued as x
        ${goodbye}`
      ))

    it.effect("too few verdicts leave the rest to come again; too many are none", () =>
      talk(
        deciding(each(ok, ok), lmtp),
        `${lhlo}
        ${toAll(three)}
        S: 250 2.0.0 OK
        S: 250 2.0.0 OK
        S: 451 4.3.0 Local error in processing
        ${toAll(["b"])}
        S: 250 2.0.0 OK
        ${goodbye}`
      ))

    it.effect("a handler that fails, fails for all", () =>
      quiet(talk(
        deciding(Effect.die("on purpose"), lmtp),
        `${lhlo}
        ${toAll(["b", "c"])}
        S: 451 4.3.0 Local error in processing
        S: 451 4.3.0 Local error in processing
        ${goodbye}`
      )))

    it.scoped("a handler that hangs, too", () =>
      quiet(Effect.gen(function*() {
        const session = yield* open(deciding(Effect.never, lmtp))
        yield* say(session, `${lhlo}\n${toAll(["b", "c"])}`)
        yield* TestClock.adjust("4 minutes")
        yield* say(
          session,
          `S: 451 4.3.0 Local error in processing
          S: 451 4.3.0 Local error in processing
          ${goodbye}`
        )
      })))

    it.effect("a message that is too large is so for all, whatever the handler says", () =>
      talk(
        deciding(each(ok, ok), { ...lmtp, limits: { messageSize: 3 } }),
        `${lhlo.replace("33554432", "3")}
        ${toAll(["b", "c"])}
        S: 552 5.3.4 Message size exceeds the fixed limit
        S: 552 5.3.4 Message size exceeds the fixed limit
        ${goodbye}`
      ))

    it.effect("DATA without recipients is out of order (section 4.2)", () =>
      talk(
        { ...lmtp, handler: { recipient: () => Effect.succeed(never) } },
        `${lhlo}
        C: MAIL FROM:<a@client.example>
        S: 250 2.1.0 Sender OK
        C: RCPT TO:<b@mx.example>
        S: 550 5.7.1 Never
        C: DATA
        S: 503 5.5.1 Bad sequence of commands: expected RCPT
        ${goodbye}`
      ))

    it.scoped("421 comes behind the last of the replies", () =>
      Effect.gen(function*() {
        const session = yield* open(deciding(each(away, ok), lmtp))
        yield* say(session, `${lhlo}\n${toAll(["b", "c"])}`)
        expect(yield* readAll(session.client))
          .toBe("451 4.3.2 Away\r\n250 2.0.0 OK\r\n421 4.3.2 Away\r\n")
        yield* Fiber.join(session.run)
      }))
  })

  describe("under PRDR", () => {
    it.effect("is offered where the handler has a verdict for each, and taken only there", () =>
      Effect.gen(function*() {
        yield* talk(deciding(each(ok)), `${ehlo(["PRDR"])}\n${goodbye}`)
        yield* talk(
          {},
          `${ehlo([])}
          C: MAIL FROM:<a@client.example> PRDR
          S: 555 5.5.4 Parameter PRDR is not supported
          ${goodbye}`
        )
        yield* talk(
          deciding(each(ok), lmtp),
          `${lhlo}
          C: MAIL FROM:<a@client.example> PRDR
          S: 555 5.5.4 Parameter PRDR is not supported
          ${goodbye}`
        )
        yield* talk(
          deciding(each(ok)),
          `${ehlo(["PRDR"])}
          C: MAIL FROM:<a@client.example> PRDR=x
          S: 555 5.5.4 Parameter PRDR is not supported
          ${goodbye}`
        )
      }))

    const prdr = "S: 353 What each recipient makes of it follows"

    for (
      const [what, verdicts, replies] of [
        ["all accept", [ok, Verdict.queued("x")], ["250 2.0.0 OK", "250 2.0.0 Queued as x"]],
        ["some accept", [later, ok], ["450 4.2.1 Later", "250 2.0.0 OK"]],
        ["none accepts, and may later", [never, later], ["550 5.7.1 Never", "450 4.2.1 Later"]]
      ] as const
    ) {
      const last = replies[what === "all accept" ? 0 : 1]
      it.effect(`353, a reply for each, and one for the message: ${what}`, () =>
        talk(
          deciding(each(...verdicts)),
          `${ehlo(["PRDR"])}
          ${toAll(["b", "c"], " PRDR")}
          ${prdr}
          S: ${replies[0]}
          S: ${replies[1]}
          S: ${last}
          ${goodbye}`
        ))
    }

    it.effect("where they agree, one reply is enough", () =>
      talk(
        deciding(Effect.succeed(never)),
        `${ehlo(["PRDR"])}
        ${toAll(three, " PRDR")}
        S: 550 5.7.1 Never
        ${goodbye}`
      ))

    it.scoped("421 comes behind the last of the replies", () =>
      Effect.gen(function*() {
        const session = yield* open(deciding(each(away, ok)))
        yield* say(
          session,
          `${ehlo(["PRDR"])}
          ${toAll(["b", "c"], " PRDR")}
          ${prdr}
          S: 451 4.3.2 Away
          S: 250 2.0.0 OK
          S: 250 2.0.0 OK
          S: 421 4.3.2 Away`
        )
        expect(yield* readAll(session.client)).toBe("")
      }))
  })

  describe("told in one reply", () => {
    for (
      const [verdicts, reply] of [
        [[Verdict.queued("1"), Verdict.queued("2"), ok], "250 2.0.0 Queued as 1"],
        [[ok, never, ok], "550 5.7.1 Never"],
        [[never, later, mailboxFull], "450 4.2.1 Later"],
        [[ok, ok], "451 4.3.0 Local error in processing"]
      ] as const
    ) {
      it.effect(`X3: ${verdicts.map(({ reply }) => reply.code).join(", ")} is ${reply}`, () =>
        talk(
          deciding(each(...verdicts)),
          `${ehlo(["PRDR"])}
          ${toAll(three)}
          S: ${reply}
          ${goodbye}`
        ))
    }

    it.scoped("421 is 421", () =>
      Effect.gen(function*() {
        const session = yield* open(deciding(each(never, away)))
        yield* say(session, `${ehlo(["PRDR"])}\n${toAll(["b", "c"])}`)
        expect(yield* readAll(session.client)).toBe("421 4.3.2 Away\r\n")
      }))
  })
})
