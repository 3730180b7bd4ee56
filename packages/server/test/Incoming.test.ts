import * as Rechunk from "@effect-smtp/testing/Rechunk"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Handler from "../src/Handler.js"
import type { Incoming } from "../src/Incoming.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import {
  addressed,
  bytes,
  goodbye,
  open,
  readAll,
  say,
  shout,
  started,
  talk,
  text
} from "./talk.js"

/** What the handler does with the message. */
const reading = (
  message: (incoming: Incoming) => Effect.Effect<Verdict.Verdict, unknown>
): Setup => ({ handler: { message: (_client, _envelope, incoming) => message(incoming) } })

const envelope = "HELO c.example\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<b@mx.example>\r\n"

/** The replies to the message and to all that follows it. */
const deliver = (setup: Setup, message: string) =>
  Effect.map(
    shout(setup, `${envelope}DATA\r\n${message}`),
    ({ heard, mails }) => ({ mails, replies: heard.slice(5) })
  )

const queued = "250 2.0.0 Queued as 1"
const ok = "250 2.0.0 OK"
const bare = "550 5.6.0 Lines end in CR LF: a bare CR or LF is not accepted"
const tooLarge = "552 5.3.4 Message size exceeds the fixed limit"
const bye = "221 2.0.0 Goodbye"

describe("Incoming", () => {
  describe("the message", () => {
    it.effect("X14: comes as it was before its dots were doubled, however it is cut", () =>
      Effect.gen(function*() {
        const sent = "..\r\n...\r\n.. two\r\n\r\n.a\r\nend\r\n"
        for (const n of [1, 2, 3, 5, 1000]) {
          yield* Effect.scoped(Effect.gen(function*() {
            const session = yield* open()
            const client = Rechunk.withChunks(session.client, n)
            const hearing = yield* Effect.fork(readAll(session.client))
            yield* client.write(bytes(`${envelope}DATA\r\n${sent}.\r\nQUIT\r\n`))
            yield* session.client.end
            yield* Fiber.join(session.run)
            expect(yield* Fiber.join(hearing)).toContain(queued)
            expect(session.mails.map(({ body }) => body))
              .toEqual([".\r\n..\r\n. two\r\n\r\na\r\nend\r\n"])
          }))
        }
      }))

    it.effect("is the same as a stream, in chunks that are never empty", () =>
      Effect.gen(function*() {
        const sizes: Array<number> = []
        const gathered: Array<string> = []
        const setup = reading(({ stream }) =>
          stream.pipe(
            Stream.runForEach((chunk) =>
              Effect.sync(() => {
                sizes.push(chunk.length)
                gathered.push(text(chunk))
              })
            ),
            Effect.as(Verdict.ok)
          )
        )
        yield* Effect.scoped(Effect.gen(function*() {
          const session = yield* open(setup)
          const hearing = yield* Effect.fork(readAll(session.client))
          yield* Rechunk.oneByte(session.client).write(
            bytes(`${envelope}DATA\r\n..one\r\n\r\ntwo\r\n.\r\n`)
          )
          yield* session.client.end
          yield* Fiber.join(session.run)
          expect(yield* Fiber.join(hearing)).toContain(ok)
        }))
        expect(gathered.join("")).toBe(".one\r\n\r\ntwo\r\n")
        expect(Math.min(...sizes)).toBeGreaterThan(0)
      }))

    it.scoped("waits for its reader: a handler that stands still stops the client", () =>
      Effect.gen(function*() {
        const gate = yield* Deferred.make<void>()
        const session = yield* open({
          ...reading(({ stream }) =>
            Effect.zipRight(Deferred.await(gate), Effect.as(Stream.runDrain(stream), Verdict.ok))
          ),
          network: { capacity: 1000 }
        })
        yield* say(session, started)
        let written = 0
        const line = bytes(`${"x".repeat(98)}\r\n`)
        const writing = yield* Effect.fork(
          session.client.write(line).pipe(
            Effect.tap(() => {
              written += line.length
            }),
            Effect.repeatN(999),
            Effect.zipRight(session.client.write(bytes(".\r\n")))
          )
        )
        yield* TestClock.adjust("1 minute")
        expect(written).toBe(1000)
        yield* Deferred.succeed(gate, undefined)
        yield* Fiber.join(writing)
        yield* say(session, `S: ${ok}\n${goodbye}`)
        expect(written).toBe(100_000)
      }))
  })

  describe("handlers that do not read it all", () => {
    const message = "Subject: x\r\n\r\n" + "line\r\n".repeat(1000)

    it.effect("one that ignores it", () =>
      Effect.gen(function*() {
        const { replies } = yield* deliver(
          reading(() => Effect.succeed(Verdict.queued("void"))),
          `${message}.\r\nQUIT\r\n`
        )
        expect(replies).toEqual(["250 2.0.0 Queued as void", bye])
      }))

    it.effect("one that looks at the beginning", () =>
      Effect.gen(function*() {
        const { replies } = yield* deliver(
          reading(({ stream }) =>
            Effect.as(
              Stream.runHead(stream),
              Verdict.reject(554, { subject: 6, detail: 0, text: "No" })
            )
          ),
          `${message}.\r\nNOOP\r\nQUIT\r\n`
        )
        expect(replies).toEqual(["554 5.6.0 No", ok, bye])
      }))

    it.effect("one that collects less than there is", () =>
      Effect.gen(function*() {
        const { replies } = yield* deliver(
          reading(({ collect }) => Effect.as(collect(100), Verdict.ok)),
          `${message}.\r\nNOOP\r\nQUIT\r\n`
        )
        expect(replies).toEqual([tooLarge, ok, bye])
      }))

    it.effect("a limit of its own is the last allowed size", () =>
      Effect.gen(function*() {
        const setup = reading(({ collect }) => Effect.as(collect(7), Verdict.ok))
        expect((yield* deliver(setup, "12345\r\n.\r\n")).replies).toEqual([ok])
        expect((yield* deliver(setup, "123456\r\n.\r\n")).replies).toEqual([tooLarge])
      }))

    it.scoped("one that gives up in the middle of a line, and takes its time", () =>
      Effect.gen(function*() {
        const session = yield* open(
          reading(({ collect }) =>
            Effect.as(Effect.timeoutOption(collect(1000), "1 second"), Verdict.localError)
          )
        )
        yield* say(session, started)
        for (const piece of ["text\r", "\n", ".", "\r"]) {
          yield* session.client.write(bytes(piece))
          yield* TestClock.adjust("300 millis")
        }
        yield* session.client.write(bytes("\nNOOP\r\n"))
        yield* say(session, `S: 451 4.3.0 Local error in processing\nS: ${ok}\n${goodbye}`)
      }))

    it.scoped("one that gives up and reads on has missed something, and is told so", () =>
      Effect.gen(function*() {
        const session = yield* open(
          reading(({ collect }) =>
            Effect.timeoutOption(collect(1000), "1 second").pipe(
              Effect.zipRight(Effect.either(collect(1000))),
              Effect.map((again) => Verdict.queued(Either.isLeft(again) ? again.left._tag : "all"))
            )
          )
        )
        yield* say(session, started)
        yield* session.client.write(bytes("one\r\n"))
        yield* TestClock.adjust("1 second")
        yield* session.client.write(bytes("two\r\n.\r\n"))
        yield* say(session, `S: 250 2.0.0 Queued as NotReadable\n${goodbye}`)
      }))

    it.effect("one that reads after its verdict", () =>
      Effect.gen(function*() {
        const leaked: Array<Incoming> = []
        const setup = reading((incoming) =>
          Effect.sync(() => {
            leaked.push(incoming)
            return Verdict.ok
          })
        )
        expect((yield* deliver(setup, `${message}.\r\n`)).replies).toEqual([ok])
        const error = {
          _tag: "NotReadable",
          message: "the message can no longer be read"
        }
        expect(yield* Effect.flip(leaked[0].collect(10))).toMatchObject(error)
        expect(yield* Effect.flip(Stream.runDrain(leaked[0].stream))).toMatchObject(error)
      }))

    it.effect("one that has read it all, and reads after its verdict", () =>
      Effect.gen(function*() {
        const leaked: Array<Incoming> = []
        const setup = reading((incoming) => {
          leaked.push(incoming)
          return Effect.as(incoming.collect(10_000), Verdict.ok)
        })
        expect((yield* deliver(setup, `${message}.\r\n`)).replies).toEqual([ok])
        expect(yield* Effect.flip(leaked[0].collect(10))).toMatchObject({ _tag: "NotReadable" })
      }))

    it.scoped("one that leaves somebody reading behind does not disturb the rest", () =>
      Effect.gen(function*() {
        const behind = yield* Deferred.make<Exit.Exit<Uint8Array, unknown>>()
        const session = yield* open(reading(({ collect }) =>
          collect(10_000).pipe(
            Effect.exit,
            Effect.intoDeferred(behind),
            Effect.forkDaemon,
            Effect.zipRight(Effect.yieldNow()),
            Effect.as(Verdict.ok)
          )
        ))
        yield* say(session, started)
        yield* Effect.repeatN(Effect.yieldNow(), 20)
        yield* session.client.write(bytes("one\r\n.\r"))
        expect(yield* Deferred.await(behind)).toMatchObject({
          cause: { error: { _tag: "NotReadable" } }
        })
        yield* session.client.write(bytes("\n"))
        yield* say(session, `S: ${ok}\n${goodbye}`)
      }))

    it.effect("one that reads again finds the end", () =>
      Effect.gen(function*() {
        const { replies } = yield* deliver(
          reading(({ collect }) =>
            Effect.map(
              Effect.zip(collect(100), collect(100)),
              ([one, other]) => Verdict.queued(`${one.length} ${other.length}`)
            )
          ),
          "12345\r\n.\r\n"
        )
        expect(replies).toEqual(["250 2.0.0 Queued as 7 0"])
      }))
  })

  describe("limits", () => {
    const limits = { messageSize: 1000, excessSize: 500 }
    const sized = (octets: number) => `${"x".repeat(octets - 2)}\r\n`

    it.effect("a message may be as long as the limit, dots not counted twice", () =>
      Effect.gen(function*() {
        const { mails, replies } = yield* deliver(
          { limits },
          `.${sized(1000).replace("x", ".")}.\r\n`
        )
        expect(replies).toEqual([queued])
        expect(mails[0].body.length).toBe(1000)
      }))

    it.effect("X3: one octet more is refused once it was read, and the session goes on", () =>
      Effect.gen(function*() {
        const { mails, replies } = yield* deliver({ limits }, `${sized(1001)}.\r\nNOOP\r\nQUIT\r\n`)
        expect(replies).toEqual([tooLarge, ok, bye])
        expect(mails).toEqual([])
      }))

    it.effect("the handler sees the limit, and may not accept all the same", () =>
      Effect.gen(function*() {
        const seen: Array<unknown> = []
        const { replies } = yield* deliver({
          limits,
          ...reading(({ stream }) =>
            Effect.map(Effect.either(Stream.runDrain(stream)), (result) => {
              seen.push(Either.isLeft(result) ? result.left : "all of it")
              return Verdict.queued("anyway")
            })
          )
        }, `${sized(1001)}.\r\n`)
        expect(replies).toEqual([tooLarge])
        expect(seen).toMatchObject([{
          _tag: "MessageTooLarge",
          message: "the message is longer than 1000 octets"
        }])
      }))

    for (const [what, start] of [["too large", ""], ["faulty", "bare\nLF\r\n"]]) {
      it.scoped(`N12: a message that is ${what} and does not end is given up`, () =>
        Effect.gen(function*() {
          const session = yield* open({ limits, network: { capacity: 100 } })
          yield* say(session, started)
          const hearing = yield* Effect.fork(readAll(session.client))
          let sent = 0
          const line = bytes(sized(100))
          yield* session.client.write(bytes(start))
          yield* session.client.write(line).pipe(
            Effect.tap(() => {
              sent += line.length
            }),
            Effect.forever,
            Effect.ignore,
            Effect.race(Fiber.join(session.run))
          )
          expect(sent).toBeGreaterThan(1400)
          expect(sent).toBeLessThan(2000)
          expect(yield* Fiber.join(hearing)).toBe("421 4.5.2 Too much input to understand\r\n")
          expect(session.mails).toEqual([])
        }))
    }

    it.scoped("a faulty message has as much time for each block as any other", () =>
      Effect.gen(function*() {
        const session = yield* open({
          limits: { minimumRate: { octetsPerSecond: 500, grace: "1 hour" } }
        })
        yield* say(session, started)
        yield* session.client.write(bytes("bare\nLF\r\n"))
        for (let i = 0; i < 5; i++) {
          yield* TestClock.adjust("2 minutes")
          yield* session.client.write(bytes("another block\r\n"))
        }
        yield* TestClock.adjust("2 minutes")
        yield* say(session, `C: .\nS: ${bare}\n${goodbye}`)
      }))
  })

  describe("bare CR and LF", () => {
    const CR = "\r"
    const LF = "\n"
    const CRLF = "\r\n"
    const ends = { CR, LF, CRLF }
    const smuggled = "MAIL FROM:<evil@c.example>\r\nRCPT TO:<b@mx.example>\r\nDATA\r\nevil\r\n.\r\n"

    for (const [before, first] of Object.entries(ends)) {
      for (const [after, second] of Object.entries(ends)) {
        const real = before === "CRLF" && after === "CRLF"

        it.effect(`N1: ${before} . ${after} ${real ? "ends" : "does not end"} a message`, () =>
          Effect.gen(function*() {
            const stuffed = `one${first}.${second}${smuggled}`
            const strict = yield* deliver({}, `${stuffed}NOOP\r\nQUIT\r\n`)
            const normalised = yield* deliver(
              { manners: { lineEndings: "normalise" } },
              `${stuffed}NOOP\r\nQUIT\r\n`
            )
            if (real) {
              expect(strict.mails.map(({ from }) => from)).toEqual([
                "<a@c.example>",
                "<evil@c.example>"
              ])
              expect(normalised.mails).toEqual(strict.mails)
            } else {
              expect(strict.mails).toEqual([])
              expect(strict.replies).toEqual([bare, ok, bye])
              expect(normalised.mails.map(({ from }) => from)).toEqual(["<a@c.example>"])
              expect(normalised.mails[0].body).toContain("\r\nMAIL FROM:<evil@c.example>\r\n")
              expect(normalised.replies).toEqual([queued, ok, bye])
            }
          }))
      }
    }

    for (
      const trick of [
        "\r\n.\r\r\n",
        "\n.\r\n",
        "\r\n\u0000.\r\n",
        "\r\n.\u0000\r\n",
        "\r\n.\r\u0000\n",
        "\r\u0000\n.\r\n",
        "\r.\r",
        "\r\n. \r\n",
        "\n\n.\n\n"
      ]
    ) {
      it.effect(`N1: nothing is smuggled behind ${JSON.stringify(trick)}`, () =>
        Effect.gen(function*() {
          for (const lineEndings of ["strict", "normalise"] as const) {
            const { mails, replies } = yield* deliver(
              { manners: { lineEndings } },
              `one${trick}${smuggled}QUIT\r\n`
            )
            expect(mails.filter(({ from }) => from === "<evil@c.example>")).toEqual([])
            expect(replies.length).toBe(2)
            expect(replies[1]).toBe(bye)
          }
        }))
    }

    it.effect("N1: the session goes on after the refusal, with another message", () =>
      Effect.gen(function*() {
        const { mails, replies } = yield* deliver(
          {},
          `bad\nend\r\n.\r\n${envelope.slice("HELO c.example\r\n".length)}DATA\r\ngood\r\n.\r\n`
        )
        expect(replies[0]).toBe(bare)
        expect(replies.at(-1)).toBe(queued)
        expect(mails.map(({ body }) => body)).toEqual(["good\r\n"])
      }))

    it.effect("N1: a handler that accepts before the fault is seen has not accepted", () =>
      Effect.gen(function*() {
        const { replies } = yield* deliver(
          reading(() => Effect.succeed(Verdict.queued("early"))),
          "bad\nend\r\n.\r\n"
        )
        expect(replies).toEqual([bare])
      }))

    it.effect("the handler sees what is wrong", () =>
      Effect.gen(function*() {
        const seen: Array<unknown> = []
        yield* deliver(
          reading(({ collect }) =>
            Effect.tapError(Effect.as(collect(1000), Verdict.ok), (error) =>
              Effect.sync(() => {
                seen.push(error)
              }))
          ),
          "bad\nend\r\n.\r\n"
        )
        expect(seen).toMatchObject([{ _tag: "BareLineEnd", kind: "LF", offset: 3 }])
      }))
  })

  describe("a lost client", () => {
    it.scoped("fails the reading, and nothing is accepted", () =>
      Effect.gen(function*() {
        const seen: Array<unknown> = []
        const session = yield* open(
          reading(({ collect }) =>
            Effect.catchAll(Effect.as(collect(1000), Verdict.ok), (error) => {
              seen.push(error)
              return Effect.succeed(Verdict.ok)
            })
          )
        )
        yield* say(session, `${started}\nC: half a mess`)
        yield* session.client.end
        yield* Fiber.join(session.run)
        expect(seen).toMatchObject([{ _tag: "PeerClosed", phase: "Content" }])
        expect(yield* readAll(session.client)).toBe("")
      }))
  })

  describe("the envelope", () => {
    it.effect("is whole when the message comes", () =>
      Effect.gen(function*() {
        const { mails } = yield* talk(
          {},
          `${addressed}
          C: RCPT TO:<c@mx.example>
          S: 250 2.1.5 Recipient OK
          C: DATA
          S: 354 End with a dot on a line by itself
          C: x
          C: .
          S: 250 2.0.0 Queued as 1
          ${goodbye}`
        )
        expect(mails).toEqual([{
          from: "<a@client.example>",
          to: ["<b@mx.example>", "<c@mx.example>"],
          body: "x\r\n"
        }])
      }))

    it.effect("N20: nobody is a recipient unless the handler says so", () =>
      Effect.gen(function*() {
        const { recipient } = Handler.make({ message: () => Effect.succeed(Verdict.ok) })
        const { mails } = yield* talk(
          { handler: { recipient } },
          `S: 220 mx.example ESMTP
          C: HELO client.example
          S: 250 mx.example
          C: MAIL FROM:<a@client.example>
          S: 250 2.1.0 Sender OK
          C: RCPT TO:<b@elsewhere.example>
          S: 550 5.7.1 Relaying is not allowed
          C: DATA
          S: 554 5.5.1 No valid recipients
          ${goodbye}`
        )
        expect(mails).toEqual([])
      }))
  })
})
