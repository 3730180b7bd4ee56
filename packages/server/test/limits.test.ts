import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Authenticator from "../src/Authenticator.js"
import * as Policy from "../src/Policy.js"
import * as Verdict from "../src/Verdict.js"
import type { Session } from "./talk.js"
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
  talk
} from "./talk.js"

const timeout = "421 4.4.2 Timeout\r\n"
const expired = "421 4.7.0 The time for this session is over\r\n"
const tooSlow = "421 4.7.0 The message comes too slowly\r\n"

const isOver = (session: Session) => Effect.map(Fiber.poll(session.run), Option.isSome)

const required: Policy.Policy = {
  ...Policy.clearText,
  authentication: "Required",
  clearTextPasswords: "ExposedToEveryone"
}

/** Writes the same again and again until the server hangs up or takes no more; tells how much it took. */
const flood = (session: Session, piece: Uint8Array) =>
  Effect.gen(function*() {
    let taken = 0
    const writing = yield* session.client.write(piece).pipe(
      Effect.tap(() => {
        taken += piece.length
      }),
      Effect.forever,
      Effect.ignore,
      Effect.fork
    )
    return { writing, taken: Effect.sync(() => taken) }
  })

/** Octets of buffers that are still in use. */
const held = Effect.sync(() => {
  setFlagsFromString("--expose-gc")
  runInNewContext("gc")()
  return process.memoryUsage().arrayBuffers
})

const small = { capacity: 1024 }

describe("limits", () => {
  describe("of time", () => {
    it.scoped("N12: a command has one deadline, however its octets trickle in", () =>
      Effect.gen(function*() {
        const session = yield* open()
        yield* say(session, greeted)
        for (let i = 0; i < 30; i++) {
          expect(yield* isOver(session)).toBe(false)
          yield* session.client.write(bytes("N"))
          yield* TestClock.adjust("10 seconds")
        }
        expect(yield* readAll(session.client)).toBe(timeout)
      }))

    it.scoped("N12: so has a line of an AUTH exchange", () =>
      Effect.gen(function*() {
        const authenticator = yield* Authenticator.fromPasswords(new Map())
        const session = yield* open({
          authenticator,
          policy: { ...required, authentication: "Optional" }
        })
        yield* say(session, `${greeted}\nC: AUTH PLAIN\nS: 334 `)
        for (let i = 0; i < 12; i++) {
          expect(yield* isOver(session)).toBe(false)
          yield* session.client.write(bytes("A"))
          yield* TestClock.adjust("10 seconds")
        }
        expect(yield* readAll(session.client)).toBe(timeout)
      }))

    it.scoped("N12: a message has to come at a minimum rate, however busy it looks", () =>
      Effect.gen(function*() {
        const session = yield* open({
          limits: { minimumRate: { octetsPerSecond: 10, grace: "1 minute" } }
        })
        yield* say(session, started)
        for (let i = 0; i < 66; i++) {
          expect(yield* isOver(session)).toBe(false)
          yield* session.client.write(bytes("x"))
          yield* TestClock.adjust("1 second")
        }
        yield* TestClock.adjust("1 second")
        expect(yield* readAll(session.client)).toBe(tooSlow)
        expect(session.mails).toEqual([])
      }))

    it.scoped("the time that the handler takes does not count against the sender", () =>
      Effect.gen(function*() {
        const session = yield* open({
          limits: { minimumRate: { octetsPerSecond: 1000, grace: "1 second" } },
          handler: {
            message: (_client, _envelope, message) =>
              Effect.as(
                Stream.runForEach(message.stream, () => Effect.sleep("1 minute")),
                Verdict.queued("slowly")
              )
          }
        })
        yield* say(session, started)
        for (let i = 0; i < 5; i++) {
          yield* session.client.write(bytes("a block\r\n"))
          yield* TestClock.adjust("1 minute")
        }
        yield* session.client.write(bytes(".\r\n"))
        yield* TestClock.adjust("1 minute")
        yield* say(session, `S: 250 2.0.0 Queued as slowly${goodbye}`)
      }))

    it.scoped("a session between transactions ends when its time is over", () =>
      Effect.gen(function*() {
        const session = yield* open({ limits: { sessionTime: "10 minutes" } })
        yield* say(session, greeted)
        for (let i = 0; i < 3; i++) {
          yield* TestClock.adjust("3 minutes")
          yield* say(session, "C: NOOP\nS: 250 2.0.0 OK")
        }
        yield* TestClock.adjust("59 seconds")
        expect(yield* isOver(session)).toBe(false)
        yield* TestClock.adjust("1 second")
        expect(yield* readAll(session.client)).toBe(expired)
      }))

    it.scoped("a transaction may go on for as long again, and no longer", () =>
      Effect.gen(function*() {
        const session = yield* open({ limits: { sessionTime: "10 minutes" } })
        yield* say(session, addressed)
        for (let i = 0; i < 6; i++) {
          yield* TestClock.adjust("3 minutes")
          yield* say(session, "C: NOOP\nS: 250 2.0.0 OK")
        }
        yield* TestClock.adjust("119 seconds")
        expect(yield* isOver(session)).toBe(false)
        yield* TestClock.adjust("1 second")
        expect(yield* readAll(session.client)).toBe(expired)
      }))

    it.scoped("a transaction that comes to its end late is the last", () =>
      Effect.gen(function*() {
        const session = yield* open({ limits: { sessionTime: "2 minutes" } })
        yield* say(session, started)
        yield* TestClock.adjust("75 seconds")
        yield* session.client.write(bytes("half\r\n"))
        yield* TestClock.adjust("75 seconds")
        yield* say(session, "C: message\nC: .\nS: 250 2.0.0 Queued as 1")
        yield* TestClock.adjust("10 seconds")
        expect(yield* readAll(session.client)).toBe(expired)
        expect(session.mails.length).toBe(1)
      }))

    it.scoped("who has to log in has little time for it; who has done so has all", () =>
      Effect.gen(function*() {
        const authenticator = yield* Authenticator.fromPasswords(
          new Map([["alice", Redacted.make("sesame")]])
        )
        const setup = { authenticator, policy: required }
        const stranger = yield* open(setup)
        const alice = yield* open(setup)
        yield* say(stranger, greeted)
        yield* say(
          alice,
          `${greeted}
          C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==
          S: 235 2.7.0 Authentication successful`
        )
        yield* TestClock.adjust("179 seconds")
        expect(yield* isOver(stranger)).toBe(false)
        yield* TestClock.adjust("1 second")
        expect(yield* readAll(stranger.client)).toBe(expired)
        yield* say(alice, goodbye)
      }))
  })

  describe("of numbers", () => {
    it.effect("transactions: also those that were refused count, and the next ends the session", () =>
      Effect.gen(function*() {
        const { heard } = yield* shout(
          {
            limits: { transactions: 2 },
            handler: { mail: () => Effect.succeed(Verdict.localError) }
          },
          "EHLO a.example\r\n" + "MAIL FROM:<a@b.example>\r\n".repeat(4)
        )
        expect(heard).toContain("250-LIMITS RCPTMAX=1000 MAILMAX=2")
        expect(heard.slice(-3)).toEqual([
          "451 4.3.0 Local error in processing",
          "451 4.3.0 Local error in processing",
          "421 4.7.0 Too many transactions in one session"
        ])
      }))

    it.effect("LIMITS (RFC 9422) says no number that has more than six digits", () =>
      Effect.gen(function*() {
        const none = yield* shout(
          { limits: { recipients: 1_000_000, transactions: Number.POSITIVE_INFINITY } },
          "EHLO a.example\r\n"
        )
        expect(none.heard.filter((line) => line.includes("LIMITS"))).toEqual([])
        const one = yield* shout({ limits: { transactions: 1_000_000 } }, "EHLO a.example\r\n")
        expect(one.heard).toContain("250-LIMITS RCPTMAX=1000")
      }))

    it.effect("X3: a line of a message may be as long as the limit, and no longer", () =>
      Effect.gen(function*() {
        const line = (octets: number) => "x".repeat(octets - 2)
        const { mails } = yield* talk(
          { limits: { dataLine: 100 } },
          `${started}
          C: ${line(100)}
          C: .${line(100).replace("x", ".")}
          C: .
          S: 250 2.0.0 Queued as 1
          C: MAIL FROM:<>
          S: 250 2.1.0 Sender OK
          C: RCPT TO:<b@mx.example>
          S: 250 2.1.5 Recipient OK
          C: DATA
          S: 354 End with a dot on a line by itself
          C: short
          C: ${line(101)}
          C: .
          S: 550 5.6.0 A line is too long: at most 100 octets
          ${goodbye}`
        )
        expect(mails.length).toBe(1)
      }))

    it.effect("the handler sees that a line is too long, and may not accept all the same", () =>
      Effect.gen(function*() {
        let seen: unknown
        yield* talk(
          {
            limits: { dataLine: 20 },
            handler: {
              message: (_client, _envelope, message) =>
                message.collect(1000).pipe(
                  Effect.catchAll((error) => {
                    seen = error
                    return Effect.succeed(Chunk.empty())
                  }),
                  Effect.as(Verdict.queued("all the same"))
                )
            }
          },
          `${started}
          C: ${"x".repeat(19)}
          C: .
          S: 550 5.6.0 A line is too long: at most 20 octets
          ${goodbye}`
        )
        expect(seen).toMatchObject({
          _tag: "LineTooLong",
          message: "a line of the message is longer than 20 octets"
        })
      }))
  })

  describe("of memory", () => {
    const piece = new Uint8Array(1000).fill(0x41)

    it.scoped("N12: an AUTH line without end is given up", () =>
      Effect.gen(function*() {
        const authenticator = yield* Authenticator.fromPasswords(new Map())
        const session = yield* open({
          authenticator,
          policy: { ...required, authentication: "Optional" },
          limits: { discardedLine: 50_000 },
          network: small
        })
        yield* say(session, `${greeted}\nC: AUTH PLAIN\nS: 334 `)
        const { taken, writing } = yield* flood(session, piece)
        const heard = yield* readAll(session.client)
        yield* Fiber.interrupt(writing)
        expect(heard).toBe("421 4.5.2 Too much input to understand\r\n")
        expect(yield* taken).toBeLessThan(53_000)
      }))

    it.scoped("N12: commands are not read while nobody reads the replies", () =>
      Effect.gen(function*() {
        const session = yield* open({ network: small })
        const { taken, writing } = yield* flood(session, bytes("HELP\r\n".repeat(100)))
        yield* TestClock.adjust("1 minute")
        const first = yield* taken
        expect(first).toBeLessThan(100_000)
        yield* TestClock.adjust("4 minutes")
        expect(yield* taken).toBe(first)
        yield* TestClock.adjust("10 seconds")
        expect(yield* isOver(session)).toBe(true)
        yield* Fiber.interrupt(writing)
      }))

    it.scoped("N12: a message is not read while its reader stands still", () =>
      Effect.gen(function*() {
        const session = yield* open({
          network: small,
          timeouts: { Handler: "10 minutes" },
          handler: {
            message: (_client, _envelope, message) =>
              Stream.runHead(message.stream).pipe(
                Effect.zipRight(Effect.sleep("5 minutes")),
                Effect.as(Verdict.ok)
              )
          }
        })
        yield* say(session, started)
        const { taken, writing } = yield* flood(session, bytes(`${"x".repeat(98)}\r\n`.repeat(10)))
        yield* TestClock.adjust("4 minutes")
        expect(yield* taken).toBeLessThan(4000)
        yield* Fiber.interrupt(writing)
      }))

    it.scoped("N12: 100 MB that nobody wants are dropped as they come", () =>
      Effect.gen(function*() {
        const session = yield* open({
          limits: { messageSize: 110_000_000 },
          handler: { message: () => Effect.succeed(Verdict.queued("nowhere")) }
        })
        yield* say(session, started)
        const before = yield* held
        let most = 0
        for (let i = 0; i < 1000; i++) {
          const block = new Uint8Array(100_000).fill(0x41)
          for (let end = 999; end < block.length; end += 1000) block.set([13, 10], end - 1)
          yield* session.client.write(block)
          if (i % 250 === 249) most = Math.max(most, (yield* held) - before)
        }
        yield* say(session, `C: .\nS: 250 2.0.0 Queued as nowhere${goodbye}`)
        expect(most).toBeLessThan(40_000_000)
      }))
  })
})
