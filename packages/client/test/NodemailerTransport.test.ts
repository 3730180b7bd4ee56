import * as Dialer from "@effect-smtp/flow/Dialer"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as NodemailerTransport from "../src/NodemailerTransport.js"
import * as SmtpPool from "../src/SmtpPool.js"
import { around, clear, connect, converse, endpoint } from "./harness.js"
import * as PostOffice from "./postOffice.js"

const line = `${"x".repeat(98)}\r\n`

/** A source that can be read once, like nodemailer's, and what has come of it. */
interface Source {
  readonly readable: NodemailerTransport.Readable
  written: number
  destroyed: number
}

/** This many chunks of 10 000 octets, and then what `end` does. */
const source = (chunks: number, end: () => ReadonlyArray<string> = () => []): Source => {
  const write = async function*() {
    yield "Subject: long\r\n\r\n"
    for (; made.written < chunks; made.written++) yield line.repeat(100)
    yield* end()
  }
  const lines = write()
  const made: Source = {
    written: 0,
    destroyed: 0,
    readable: {
      [Symbol.asyncIterator]: () => lines,
      destroy: () => made.destroyed++
    }
  }
  return made
}

const mail = (
  { readable }: Source,
  data: NodemailerTransport.Mail["data"] = {},
  to: ReadonlyArray<string> = ["bob@mx.example"]
): NodemailerTransport.Mail => ({
  data,
  message: {
    getEnvelope: () => ({ from: "alice@client.example", to }),
    messageId: () => "<1@client.example>",
    createReadStream: () => readable
  }
})

const extensions = ["8BITMIME", "SIZE 100000000", "DSN"]

const sendThrough = ({ send }: NodemailerTransport.Transport) => (mail: NodemailerTransport.Mail) =>
  Effect.async<NodemailerTransport.Info, Error>((resume) =>
    send(
      mail,
      (error, info) =>
        resume(
          info === undefined ? Effect.fail(error ?? new Error("neither")) : Effect.succeed(info)
        )
    )
  )

/** A transport over a pool of one session with a post office. */
const open = (
  options: Partial<SmtpPool.Options> = {},
  mood: Parameters<typeof PostOffice.make>[0] = undefined,
  offered: ReadonlyArray<string> = extensions
) =>
  Effect.gen(function*() {
    const { dialer, seen } = yield* PostOffice.make(mood, offered)
    const pool = yield* SmtpPool.make({ endpoint, session: clear, connections: 1, ...options })
      .pipe(
        Effect.provideService(Dialer.Dialer, dialer)
      )
    const transport = yield* NodemailerTransport.make(pool)
    return { seen, send: sendThrough(transport) }
  })

const lengths = ({ stored }: PostOffice.Seen) => stored.map(({ length }) => length)

const whole = (chunks: number) => "Subject: long\r\n\r\n".length + chunks * 10_000 - 2

describe("NodemailerTransport", () => {
  describe("content", () => {
    it.scoped("is read as it is sent, and no further ahead than it may be", () =>
      Effect.gen(function*() {
        const asked = yield* Deferred.make<void>()
        const go = yield* Effect.makeLatch()
        const { seen, send } = yield* open({}, ({ what }) =>
          what === "DATA"
            ? PostOffice.wait(Effect.zipRight(Deferred.succeed(asked, undefined), go.await))
            : PostOffice.answer)
        const long = source(100)
        const sending = yield* Effect.fork(send(mail(long)))
        yield* Deferred.await(asked)
        expect(long.written).toBeLessThan(20)
        yield* go.open
        expect(yield* Fiber.join(sending)).toMatchObject({ accepted: ["bob@mx.example"] })
        expect(lengths(seen)).toEqual([whole(100)])
        expect(long.destroyed).toBe(1)
      }))

    it.effect("is declared with its size where it is short", () =>
      converse(
        around(
          `C: MAIL FROM:<alice@client.example> SIZE=17
           S: 250 ok
           C: RCPT TO:<bob@mx.example>
           S: 250 ok
           C: DATA
           S: 354 go ahead
           C: Subject: long
           C:
           C: .
           S: 250 2.0.0 Ok: queued as 4FqK1z`,
          ["SIZE"]
        ),
        Effect.gen(function*() {
          const transport = yield* NodemailerTransport.make(yield* connect())
          expect(yield* sendThrough(transport)(mail(source(0)))).toMatchObject({
            response: "250 2.0.0 Ok: queued as 4FqK1z",
            serverMessageId: "4FqK1z"
          })
        })
      ))

    it.scoped("goes to a server without 8BITMIME as long as it does not need it", () =>
      Effect.gen(function*() {
        const { seen, send } = yield* open({}, undefined, [])
        yield* send(mail(source(50)))
        const wrong = source(50, () => ["Grüße\r\n"])
        expect(yield* Effect.flip(send(mail(wrong)))).toMatchObject({ code: "EMESSAGE" })
        const early = source(0, () => [`Grüße\r\n${line.repeat(2000)}`])
        expect(yield* Effect.flip(send(mail(early)))).toMatchObject({
          cause: { _tag: "Unsupported", extension: "8BITMIME" }
        })
        expect(lengths(seen)).toEqual([whole(50)])
        expect([wrong.destroyed, early.destroyed]).toEqual([1, 1])
      }))

    it.scoped("that cannot be read to its end is not delivered", () =>
      Effect.gen(function*() {
        const { seen, send } = yield* open()
        const fail = () => {
          throw new Error("unreadable")
        }
        for (const chunks of [1, 50]) {
          expect(yield* Effect.flip(send(mail(source(chunks, fail))))).toMatchObject({
            code: "ESTREAM",
            message: "unreadable"
          })
        }
        expect(seen.stored).toEqual([])
      }))

    it.scoped("is let go of when nobody wants it", () =>
      Effect.gen(function*() {
        const { send } = yield* open({}, ({ what }) =>
          what === "RCPT" ? PostOffice.say("550 nobody") : PostOffice.answer)
        const long = source(100)
        expect(yield* Effect.flip(send(mail(long)))).toMatchObject({ code: "EENVELOPE" })
        expect(long.written).toBeLessThan(20)
        expect(long.destroyed).toBe(1)
      }))
  })

  describe("another attempt", () => {
    const retry = Schedule.recurs(3)

    it.scoped("is made in place of a session that has died before it", () =>
      Effect.gen(function*() {
        let mails = 0
        const { seen, send } = yield* open(
          {},
          ({ what }) => what === "MAIL" && mails++ === 1 ? PostOffice.vanish : PostOffice.answer
        )
        yield* send(mail(source(50)))
        yield* send(mail(source(60)))
        expect([lengths(seen), seen.connections]).toEqual([[whole(50), whole(60)], 2])
      }))

    it.scoped("is made of a short mail, and of a long one until it has been read", () =>
      Effect.gen(function*() {
        const refusals = new Map([["MAIL", 2]])
        const { seen, send } = yield* open({ retry }, ({ what }) => {
          const left = refusals.get(what) ?? 0
          refusals.set(what, left - 1)
          return left > 0 ? PostOffice.say("451 not now") : PostOffice.answer
        })
        yield* send(mail(source(50)))
        refusals.set("DATA", 2)
        yield* send(mail(source(5)))
        expect(lengths(seen)).toEqual([whole(50), whole(5)])
      }))

    it.scoped("is never made with what is left of a long one", () =>
      Effect.gen(function*() {
        const { seen, send } = yield* open({ retry }, ({ connection, what }) =>
          connection === 0 && what.startsWith("Subject")
            ? PostOffice.say("451 full")
            : PostOffice.answer)
        expect(yield* Effect.flip(send(mail(source(50))))).toMatchObject({
          code: "ESTREAM",
          message: expect.stringContaining("only once")
        })
        expect(seen.stored).toEqual([])
      }))
  })

  describe("signal", () => {
    /** The first mail waits for a `go` at this command. */
    const waiting = (at: string) =>
      Effect.gen(function*() {
        const reached = yield* Deferred.make<void>()
        const { seen, send } = yield* open({}, ({ connection, what }) =>
          connection === 0 && what.startsWith(at)
            ? PostOffice.wait(Effect.zipRight(Deferred.succeed(reached, undefined), Effect.never))
            : PostOffice.answer)
        const controller = new AbortController()
        const sending = yield* Effect.fork(
          Effect.flip(send(mail(source(5), { signal: controller.signal })))
        )
        yield* Deferred.await(reached)
        yield* Effect.sync(() =>
          controller.abort()
        )
        return { error: yield* Fiber.join(sending), seen, send }
      })

    it.scoped("takes a mail back, and the next one goes out", () =>
      Effect.gen(function*() {
        const { error, seen, send } = yield* waiting("RCPT")
        expect(error).toMatchObject({ code: "EABORT", message: "Message sending aborted" })
        yield* send(mail(source(6)))
        expect(lengths(seen)).toEqual([whole(6)])
      }))

    it.scoped("says so if it comes too late to tell", () =>
      Effect.gen(function*() {
        const { error } = yield* waiting("Subject")
        expect(error).toMatchObject({
          code: "EABORT",
          message: expect.stringContaining("may have been delivered")
        })
      }))

    it.scoped("that has been given already, or never is", () =>
      Effect.gen(function*() {
        const { seen, send } = yield* open()
        const given = { signal: AbortSignal.abort() }
        expect(yield* Effect.flip(send(mail(source(5), given)))).toMatchObject({ code: "EABORT" })
        yield* send(mail(source(6), { signal: new AbortController().signal }))
        expect(lengths(seen)).toEqual([whole(6)])
      }))
  })

  describe("dsn.recipient", () => {
    const to = (recipient: string) => mail(source(1), { dsn: { recipient } })

    it.scoped("beyond ASCII is EENVELOPE, and nothing is sent", () =>
      Effect.gen(function*() {
        const { seen, send } = yield* open()
        for (const recipient of ["jürgen@mx.example", "rfc822;ü@mx.example", "ü;a@b", "\ud800@b"]) {
          expect(yield* Effect.flip(send(to(recipient)))).toMatchObject({
            code: "EENVELOPE",
            command: "API"
          })
        }
        expect(seen.stored).toEqual([])
      }))

    it.scoped("may be of the type that is for it", () =>
      Effect.gen(function*() {
        const { seen, send } = yield* open()
        yield* send(to("utf-8;jürgen@mx.example"))
        expect(seen.stored).toHaveLength(1)
      }))
  })
})
