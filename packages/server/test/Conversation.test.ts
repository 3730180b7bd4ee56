import * as Rechunk from "@effect-smtp/testing/Rechunk"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import {
  addressed,
  bytes,
  goodbye,
  greeted,
  open,
  readAll,
  say,
  shout,
  started,
  talk,
  text
} from "./talk.js"

/** Takes mail for these mailboxes only. */
const only = (...mailboxes: ReadonlyArray<string>): Setup => ({
  handler: {
    recipient: (_client, _envelope, { path }) =>
      Effect.succeed(
        mailboxes.includes(ForwardPath.print(path)) ? Verdict.recipientOk : Verdict.noSuchMailbox
      )
  }
})

describe("Conversation", () => {
  describe("scenarios of RFC 5321 appendix D", () => {
    it.effect("D.1: a typical transaction, one recipient of three refused", () =>
      Effect.gen(function*() {
        const { mails } = yield* talk(
          only("<Jones@mx.example>", "<Brown@mx.example>"),
          `
          S: 220 mx.example ESMTP
          C: EHLO bar.example
          S: 250-mx.example
          S: 250-PIPELINING
          S: 250-8BITMIME
          S: 250-SMTPUTF8
          S: 250-CHUNKING
          S: 250-ENHANCEDSTATUSCODES
          S: 250-SIZE 33554432
          S: 250-LIMITS RCPTMAX=1000 MAILMAX=25000
          S: 250 HELP
          C: MAIL FROM:<Smith@bar.example>
          S: 250 2.1.0 Sender OK
          C: RCPT TO:<Jones@mx.example>
          S: 250 2.1.5 Recipient OK
          C: RCPT TO:<Green@mx.example>
          S: 550 5.1.1 No such mailbox
          C: RCPT TO:<Brown@mx.example>
          S: 250 2.1.5 Recipient OK
          C: DATA
          S: 354 End with a dot on a line by itself
          C: Blah blah blah...
          C: ...etc. etc. etc.
          C: .
          S: 250 2.0.0 Queued as 1
          C: QUIT
          S: 221 2.0.0 Goodbye
          `
        )
        expect(mails).toEqual([{
          from: "<Smith@bar.example>",
          to: ["<Jones@mx.example>", "<Brown@mx.example>"],
          body: "Blah blah blah...\r\n..etc. etc. etc.\r\n"
        }])
      }))

    it.effect("D.2: an aborted transaction", () =>
      Effect.gen(function*() {
        const { mails } = yield* talk(
          only("<Jones@mx.example>"),
          `${greeted}
          C: MAIL FROM:<Smith@bar.example>
          S: 250 2.1.0 Sender OK
          C: RCPT TO:<Jones@mx.example>
          S: 250 2.1.5 Recipient OK
          C: RCPT TO:<Green@mx.example>
          S: 550 5.1.1 No such mailbox
          C: RSET
          S: 250 2.0.0 OK
          C: DATA
          S: 503 5.5.1 Bad sequence of commands: expected MAIL
          ${goodbye}`
        )
        expect(mails).toEqual([])
      }))

    it.effect("D.4: verifying and sending; D.3: relayed mail with a source route", () =>
      Effect.gen(function*() {
        const { mails } = yield* talk(
          {},
          `${greeted}
          C: VRFY Crispin
          S: 252 2.5.2 Cannot verify the user, but will try to deliver
          C: MAIL FROM:<EAK@bar.example>
          S: 250 2.1.0 Sender OK
          C: RCPT TO:<@foo.example:Jones@XYZ.COM>
          S: 250 2.1.5 Recipient OK
          C: DATA
          S: 354 End with a dot on a line by itself
          C: Date: Thu, 21 May 1998 05:33:29 -0700
          C:
          C: Blah
          C: .
          S: 250 2.0.0 Queued as 1
          ${goodbye}`
        )
        expect(mails.map(({ to }) => to)).toEqual([["<@foo.example:Jones@XYZ.COM>"]])
      }))

    it.effect("X1, X18: carries message after message, and the null sender", () =>
      Effect.gen(function*() {
        const again = `
          C: MAIL FROM:<>
          S: 250 2.1.0 Sender OK
          C: RCPT TO:<postmaster>
          S: 250 2.1.5 Recipient OK
          C: DATA
          S: 354 End with a dot on a line by itself
          C: .
        `
        const { mails } = yield* talk(
          {},
          `${greeted}
          ${again}
          S: 250 2.0.0 Queued as 1
          ${again}
          S: 250 2.0.0 Queued as 2
          ${goodbye}`
        )
        expect(mails.map(({ body, from, to }) => [from, ...to, body]))
          .toEqual([["<>", "<Postmaster>", ""], ["<>", "<Postmaster>", ""]])
      }))
  })

  describe("pipelining", () => {
    const group = [
      "EHLO client.example",
      "MAIL FROM:<a@client.example>",
      "RCPT TO:<b@mx.example>",
      "RCPT TO:<c@mx.example>",
      "DATA",
      "Hello.",
      ".",
      "QUIT",
      ""
    ].join("\r\n")

    it.effect("answers a group with one write, up to where it has to listen", () =>
      Effect.gen(function*() {
        const { mails, writes } = yield* shout({}, group)
        expect(mails.length).toBe(1)
        expect(writes.map((write) => write.split("\r\n").slice(0, -1).map((_) => _.slice(0, 4))))
          .toEqual([
            ["220 "],
            [
              "250-",
              "250-",
              "250-",
              "250-",
              "250-",
              "250-",
              "250-",
              "250-",
              "250 ",
              "250 ",
              "250 ",
              "250 ",
              "354 "
            ],
            ["250 ", "221 "]
          ])
      }))

    it.effect("N12: stays in step through a thousand commands in one go", () =>
      Effect.gen(function*() {
        const { heard, writes } = yield* shout({}, "NOOP\r\n".repeat(1000) + "QUIT\r\n")
        expect(heard.length).toBe(1002)
        expect(writes.length).toBeLessThan(5)
      }))
  })

  describe("the order of commands (RFC 5321 section 4.1.4)", () => {
    const table: ReadonlyArray<
      readonly [string, string, ReadonlyArray<readonly [string, string]>]
    > = [
      ["before a greeting", "S: 220 mx.example ESMTP", [
        ["MAIL FROM:<a@b.example>", "503 5.5.1 Bad sequence of commands: expected EHLO or HELO"],
        ["RCPT TO:<a@b.example>", "503 5.5.1 Bad sequence of commands: expected EHLO or HELO"],
        ["DATA", "503 5.5.1 Bad sequence of commands: expected EHLO or HELO"],
        ["STARTTLS", "503 5.5.1 Bad sequence of commands: expected EHLO or HELO"],
        ["AUTH PLAIN", "503 5.5.1 Bad sequence of commands: expected EHLO or HELO"],
        ["RSET", "250 2.0.0 OK"],
        ["NOOP ignored", "250 2.0.0 OK"],
        ["HELP", "214 See RFC 5321"],
        ["VRFY a", "252 2.5.2 Cannot verify the user, but will try to deliver"]
      ]],
      ["between transactions", greeted, [
        ["RCPT TO:<a@b.example>", "503 5.5.1 Bad sequence of commands: expected MAIL"],
        ["DATA", "503 5.5.1 Bad sequence of commands: expected MAIL"],
        ["STARTTLS", "502 5.5.1 Command not implemented"],
        ["AUTH PLAIN", "502 5.5.1 Command not implemented"],
        ["HELP MAIL", "214 See RFC 5321"],
        ["RSET", "250 2.0.0 OK"],
        ["HELO again.example", "250 mx.example"]
      ]],
      [
        "before the first recipient",
        `${greeted}
        C: MAIL FROM:<a@client.example>
        S: 250 2.1.0 Sender OK`,
        [
          ["MAIL FROM:<a@b.example>", "503 5.5.1 Bad sequence of commands: expected RCPT"],
          ["DATA", "554 5.5.1 No valid recipients"],
          ["STARTTLS", "503 5.5.1 Bad sequence of commands: expected RCPT"],
          ["AUTH PLAIN", "503 5.5.1 AUTH is not allowed during a transaction"],
          ["NOOP", "250 2.0.0 OK"],
          ["RCPT TO:<a@b.example>", "250 2.1.5 Recipient OK"]
        ]
      ],
      ["with recipients", addressed, [
        ["MAIL FROM:<a@b.example>", "503 5.5.1 Bad sequence of commands: expected RCPT or DATA"],
        ["STARTTLS", "503 5.5.1 Bad sequence of commands: expected RCPT or DATA"],
        ["AUTH PLAIN", "503 5.5.1 AUTH is not allowed during a transaction"],
        ["VRFY a", "252 2.5.2 Cannot verify the user, but will try to deliver"],
        ["HELO again.example", "250 mx.example"],
        ["DATA", "503 5.5.1 Bad sequence of commands: expected MAIL"]
      ]]
    ]

    for (const [where, before, rows] of table) {
      it.effect(`S11, X1: ${where}, each command has its answer and the session goes on`, () =>
        Effect.gen(function*() {
          const said = rows.map(([line, reply]) => `C: ${line}\nS: ${reply}`).join("\n")
          const { mails } = yield* talk({}, `${before}\n${said}\n${goodbye}`)
          expect(mails).toEqual([])
        }))
    }
  })

  describe("lines that are no command here (RFC 5321 section 4.3.2)", () => {
    const table: ReadonlyArray<readonly [string, string]> = [
      ["", "500 5.5.1 Command not recognized"],
      ["FOO", "500 5.5.1 Command not recognized"],
      ["FOO bar", "500 5.5.1 Command not recognized"],
      [" NOOP", "500 5.5.1 Command not recognized"],
      ["XXXX".repeat(20), "500 5.5.1 Command not recognized"],
      [".", "500 5.5.1 Command not recognized"],
      ["EXPN list", "502 5.5.1 Command not implemented"],
      ["LHLO client.example", "502 5.5.1 Command not implemented"],
      ["BDAT 0 LAST", "503 5.5.1 Bad sequence of commands: expected MAIL"],
      ["ETRN example.org", "502 5.5.1 Command not implemented"],
      ["XCLIENT ADDR=1.2.3.4", "502 5.5.1 Command not implemented"],
      ["DATA now", "501 5.5.4 Syntax: expected no argument"],
      ["RSET now", "501 5.5.4 Syntax: expected no argument"],
      ["QUIT now", "501 5.5.4 Syntax: expected no argument"],
      ["VRFY", "501 5.5.4 Syntax: expected a user or list name"],
      ["MAIL", "501 5.5.4 Syntax: expected FROM:"],
      ["MAIL <a@b.example>", "501 5.5.4 Syntax: expected FROM:"],
      ["RCPT FROM:<a@b.example>", "501 5.5.4 Syntax: expected TO:"],
      ["AUTH", "501 5.5.4 Syntax: expected a SASL mechanism name"]
    ]

    for (const [line, reply] of table) {
      it.effect(`${JSON.stringify(line.slice(0, 24))}: ${reply.slice(0, 9)}`, () =>
        talk({}, `${greeted}\nC: ${line}\nS: ${reply}\n${goodbye}`))
    }

    const codes: ReadonlyArray<readonly [string, string, string]> = [
      ["X19", "MAIL FROM:<a b@c.example>", "501 5.1.7"],
      ["X19", "MAIL FROM:<a@>", "501 5.1.7"],
      ["X19", "MAIL FROM:a@b.example", "501 5.1.7"],
      ["X19", "MAIL FROM: <a@b.example>", "501 5.1.7"],
      ["X2", "MAIL FROM:<a@b.example> SIZE=x", "501 5.5.4"],
      ["X2", "MAIL FROM:<a@b.example> SIZE=1 SIZE=1", "501 5.5.4"],
      ["X2", "MAIL FROM:<a@b.example> FOO=1", "555 5.5.4"],
      ["X2", "MAIL FROM:<a@b.example> RET=HDRS", "555 5.5.4"],
      ["X2", "MAIL FROM:<a@b.example> BODY=BINARYMIME", "555 5.5.4"],
      ["X2", "MAIL FROM:<a@b.example> BODY=9BIT", "501 5.5.4"],
      ["N12", "EHLO", "501 5.5.4"],
      ["N12", "EHLO -bad-", "501 5.5.4"],
      ["N12", "HELO [1.2.3]", "501 5.5.4"],
      ["N12", "NOOP \u0000", "501 5.5.2"],
      ["N12", "MAIL FROM:<a\u0000@b.example>", "501 5.5.2"],
      ["N1", "MAIL FROM:<a@b.example>\rRCPT TO:<c@d.example>", "501 5.5.2"],
      ["N12", "NOOP é", "553 5.6.7"]
    ]

    for (const [id, line, code] of codes) {
      it.effect(`${id}: ${JSON.stringify(line)} is ${code}, and the session goes on`, () =>
        Effect.gen(function*() {
          const { heard } = yield* shout({}, `HELO c.example\r\n${line}\r\nNOOP\r\nQUIT\r\n`)
          expect(heard.length).toBe(5)
          expect(heard[2].slice(0, 9)).toBe(code)
          expect(heard[3]).toBe("250 2.0.0 OK")
        }))
    }

    it.effect("X19: a bad recipient is refused, and the transaction goes on", () =>
      Effect.gen(function*() {
        const { heard, mails } = yield* shout(
          {},
          "HELO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<x y@mx.example>\r\n" +
            "RCPT TO:<>\r\nRCPT TO:<a@b.example> NOTIFY=NEVER\r\nRCPT TO:<ok@mx.example>\r\n" +
            "DATA\r\n.\r\nQUIT\r\n"
        )
        expect(heard.slice(3, 8).map((line) => line.slice(0, 9)))
          .toEqual(["501 5.1.3", "501 5.1.3", "555 5.5.4", "250 2.1.5", "354 End w"])
        expect(mails.map(({ to }) => to)).toEqual([["<ok@mx.example>"]])
      }))

    it.effect("text that is not UTF-8", () =>
      Effect.gen(function*() {
        const line = Uint8Array.of(0x4e, 0x4f, 0x4f, 0x50, 0x20, 0xff, 0xfe, 0x0d, 0x0a)
        const { heard } = yield* shout({}, line)
        expect(heard[1]).toBe("500 5.5.2 Not UTF-8")
      }))

    it.effect("N1: a line that ends in LF alone is answered, and never obeyed", () =>
      Effect.gen(function*() {
        const { heard } = yield* shout({}, "NOOP\nNOOP\r\n")
        expect(heard).toEqual([
          "220 mx.example ESMTP",
          "500 5.5.2 Lines end in CR LF",
          "250 2.0.0 OK"
        ])
      }))

    it.effect("a server may overlook bare LFs and odd addresses", () =>
      Effect.gen(function*() {
        const { heard } = yield* shout(
          { manners: { lineEnd: "relaxed", addresses: AddressMode.lenient } },
          "HELO c.example\nMAIL FROM: a@b.example\nQUIT\n"
        )
        expect(heard.map((line) => line.slice(0, 3))).toEqual(["220", "250", "250", "221"])
      }))
  })

  describe("limits", () => {
    const noop = (octets: number) => `NOOP ${"x".repeat(octets - 7)}\r\n`

    it.effect("N12: a command line may be as long as the limit, and no longer", () =>
      Effect.gen(function*() {
        const { heard } = yield* shout({ limits: { commandLine: 512 } }, noop(512) + noop(513))
        expect(heard.slice(1)).toEqual([
          "250 2.0.0 OK",
          "500 5.5.2 Line too long: at most 512 octets"
        ])
      }))

    it.effect("N12: a line without end is given up, with a word, in little memory", () =>
      Effect.scoped(Effect.gen(function*() {
        const session = yield* open({
          limits: { discardedLine: 100_000 },
          network: { capacity: 1024 }
        })
        const hearing = yield* Effect.fork(readAll(session.client))
        let sent = 0
        const piece = new Uint8Array(1000).fill(0x41)
        yield* session.client.write(piece).pipe(
          Effect.tap(() => {
            sent += piece.length
          }),
          Effect.forever,
          Effect.ignore,
          Effect.race(Effect.ignore(Fiber.join(session.run)))
        )
        expect(sent).toBeGreaterThan(99_000)
        expect(sent).toBeLessThan(103_000)
        expect((yield* Fiber.join(hearing)).split("\r\n").slice(1)).toEqual([
          "421 4.5.2 Too much input to understand",
          ""
        ])
      })))

    it.effect("N12, X1: bad commands are forgiven up to the limit", () =>
      Effect.gen(function*() {
        const { heard } = yield* shout(
          { limits: { badCommands: 2 } },
          "A\r\nB\r\nNOOP\r\nC\r\nNOOP\r\n"
        )
        expect(heard.slice(1)).toEqual([
          "500 5.5.1 Command not recognized",
          "500 5.5.1 Command not recognized",
          "250 2.0.0 OK",
          "421 4.7.0 Too many bad commands"
        ])
      }))

    it.effect("N12: so are good ones", () =>
      Effect.gen(function*() {
        const { heard } = yield* shout({ limits: { commands: 2 } }, "NOOP\r\n".repeat(4))
        expect(heard.slice(1)).toEqual([
          "250 2.0.0 OK",
          "250 2.0.0 OK",
          "421 4.7.0 Too many commands in one session"
        ])
      }))

    it.effect("X1: too many recipients are refused, and the rest get their mail", () =>
      Effect.gen(function*() {
        const { mails } = yield* talk(
          { limits: { recipients: 1 } },
          `${addressed}
          C: RCPT TO:<c@mx.example>
          S: 452 4.5.3 Too many recipients
          C: DATA
          S: 354 End with a dot on a line by itself
          C: .
          S: 250 2.0.0 Queued as 1
          ${goodbye}`
        )
        expect(mails[0].to).toEqual(["<b@mx.example>"])
      }))

    it.effect("X2: a message that is announced too large is refused at MAIL", () =>
      talk(
        { limits: { messageSize: 1000 } },
        `${greeted}
        C: MAIL FROM:<a@client.example> SIZE=1001
        S: 552 5.3.4 Message size exceeds the fixed limit
        C: MAIL FROM:<a@client.example> SIZE=1000
        S: 250 2.1.0 Sender OK
        ${goodbye}`
      ))
  })

  describe("SMTPUTF8 (RFC 6531)", () => {
    it.effect("an address beyond ASCII needs it", () =>
      talk(
        {},
        `${greeted}
        C: MAIL FROM:<josé@client.example>
        S: 553 5.6.7 The address needs SMTPUTF8
        C: MAIL FROM:<a@client.example>
        S: 250 2.1.0 Sender OK
        C: RCPT TO:<josé@mx.example>
        S: 553 5.6.7 The address needs SMTPUTF8
        ${goodbye}`
      ))

    it.effect("with it, addresses are what they are", () =>
      Effect.gen(function*() {
        const { mails } = yield* talk(
          {},
          `${greeted}
          C: MAIL FROM:<josé@bücher.example> SMTPUTF8 BODY=8BITMIME
          S: 250 2.1.0 Sender OK
          C: RCPT TO:<用户@例子.example>
          S: 250 2.1.5 Recipient OK
          C: DATA
          S: 354 End with a dot on a line by itself
          C: Grüße
          C: .
          S: 250 2.0.0 Queued as 1
          ${goodbye}`
        )
        expect(mails).toEqual([{
          from: "<josé@bücher.example>",
          to: ["<用户@例子.example>"],
          body: "Grüße\r\n"
        }])
      }))
  })

  describe("endings", () => {
    it.scoped("a client that says nothing is told so after five minutes", () =>
      Effect.gen(function*() {
        const session = yield* open()
        yield* say(session, greeted)
        yield* TestClock.adjust("299 seconds")
        expect(yield* Fiber.poll(session.run)).toEqual(Option.none())
        yield* TestClock.adjust("1 second")
        expect(yield* readAll(session.client)).toBe("421 4.4.2 Timeout\r\n")
        yield* Fiber.join(session.run)
      }))

    it.scoped("a message that stops is given up after three, and not stored", () =>
      Effect.gen(function*() {
        const session = yield* open()
        yield* say(session, `${started}\nC: half`)
        yield* TestClock.adjust("3 minutes")
        expect(yield* readAll(session.client)).toBe("421 4.4.2 Timeout\r\n")
        yield* Fiber.join(session.run)
        expect(session.mails).toEqual([])
      }))

    it.scoped("a client that does not read is hung up on", () =>
      Effect.gen(function*() {
        const session = yield* open({ network: { capacity: 64 } })
        const writing = yield* Effect.fork(
          Effect.ignore(session.client.write(bytes("HELP\r\n".repeat(1000))))
        )
        yield* TestClock.adjust("5 minutes")
        expect(yield* Fiber.poll(session.run)).toEqual(Option.none())
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.join(session.run)
        yield* Fiber.interrupt(writing)
      }))

    it.scoped("an interruption is told to the client", () =>
      Effect.gen(function*() {
        const session = yield* open()
        yield* say(session, `${started}\nC: half`)
        yield* Fiber.interrupt(session.run)
        expect(yield* readAll(session.client)).toBe("421 4.3.2 Shutting down\r\n")
        expect(session.mails).toEqual([])
      }))

    it.scoped("N18: what comes after QUIT is nobody's, and harms nobody", () =>
      Effect.gen(function*() {
        const { heard, mails } = yield* shout(
          {},
          "QUIT\r\nMAIL FROM:<a@b.example>\r\n\u0016\u0003\u0001 not TLS"
        )
        expect(heard).toEqual(["220 mx.example ESMTP", "221 2.0.0 Goodbye"])
        expect(mails).toEqual([])
        const session = yield* open()
        yield* say(session, `${greeted}\nC: QUIT`)
        yield* session.client.reset
        yield* Fiber.join(session.run)
      }))

    it.scoped("is idle between transactions only", () =>
      Effect.gen(function*() {
        const session = yield* open()
        const { isIdle } = session.conversation
        yield* say(session, greeted)
        yield* Effect.yieldNow()
        expect(yield* isIdle).toBe(true)
        yield* say(session, "C: MAIL FROM:<a@b.example>\nS: 250 2.1.0 Sender OK")
        yield* Effect.yieldNow()
        expect(yield* isIdle).toBe(false)
        yield* say(session, "C: RSET\nS: 250 2.0.0 OK")
        yield* Effect.yieldNow()
        expect(yield* isIdle).toBe(true)
      }))
  })

  describe("what the peer says is never spliced into a log line", () => {
    it.effect("N21: a failing handler is logged in the same words whoever the client is", () =>
      Effect.gen(function*() {
        const lines: Array<unknown> = []
        const logger = Logger.make(({ message }) => {
          lines.push(message)
        })
        yield* Effect.provide(
          talk(
            {
              handler: {
                mail: (client) => Effect.fail(Option.map(client.name, Domain.print))
              }
            },
            `S: 220 mx.example ESMTP
            C: HELO xn--forged.example
            S: 250 mx.example
            C: MAIL FROM:<"a 250 OK"@client.example>
            S: 451 4.3.0 Local error in processing
            ${goodbye}`
          ),
          Logger.replace(Logger.defaultLogger, logger)
        )
        expect(lines).toEqual([["a handler failed"]])
      }))
  })

  describe("the bytes of replies", () => {
    it.effect("N7: a handler's text stays on its lines", () =>
      Effect.gen(function*() {
        const { heard } = yield* shout({
          handler: { help: () => Effect.succeed("one\r\n250 forged\u0000\ntwo") }
        }, "HELP\r\nQUIT\r\n")
        expect(heard.slice(1)).toEqual([
          "214-one",
          "214-250 forged?",
          "214 two",
          "221 2.0.0 Goodbye"
        ])
        expect(text(bytes(heard.join("")))).toBe(heard.join(""))
      }))
  })

  describe("any input at all", () => {
    const piece = FastCheck.oneof(
      FastCheck.constantFrom(
        "EHLO c.example\r\n",
        "HELO c.example\r\n",
        "MAIL FROM:<a@c.example>\r\n",
        "MAIL FROM:<a@c.example> SIZE=99999999\r\n",
        "RCPT TO:<b@mx.example>\r\n",
        "DATA\r\n",
        "text\r\n",
        ".\r\n",
        "\r\n.\r\n",
        "RSET\r\n",
        "AUTH PLAIN\r\n",
        "*\r\n",
        "STARTTLS\r\n",
        "QUIT\r\n",
        "\r",
        "\n",
        "\0",
        "."
      ),
      FastCheck.string({ maxLength: 20 })
    )

    /** Says the pieces in chunks of so many bytes; the replies. */
    const replies = (said: string, n: number) =>
      Effect.scoped(Effect.gen(function*() {
        const session = yield* open({ limits: { commandLine: 64, discardedLine: 128 } })
        const hearing = yield* Effect.fork(readAll(session.client))
        yield* Effect.ignore(Rechunk.withChunks(session.client, n).write(bytes(said)))
        yield* session.client.end
        yield* Fiber.join(session.run)
        return { heard: yield* Fiber.join(hearing), mails: session.mails }
      }))

    it.effect.prop(
      "N1, N12: is answered in whole replies, the same ones wherever it was cut",
      {
        pieces: FastCheck.array(piece, { maxLength: 20 }),
        n: FastCheck.integer({ min: 1, max: 9 })
      },
      ({ n, pieces }) =>
        Effect.gen(function*() {
          const whole = yield* replies(pieces.join(""), 1_000_000)
          expect(whole.heard).toMatch(/^(?:[2-5][0-9][0-9][ -][^\r\n]*\r\n)+$/)
          expect(yield* replies(pieces.join(""), n)).toEqual(whole)
        }),
      { fastCheck: { numRuns: 200 } }
    )
  })
})
