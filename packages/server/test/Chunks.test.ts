import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import { bytes, goodbye, greeted, open, shout, talk } from "./talk.js"

const hello = "HELO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@mx.example>\r\n"

/** A session that sends this behind a recipient: the replies to it, and what was stored. */
const send = (said: string | Uint8Array, setup: Setup = {}) =>
  Effect.map(
    shout(
      setup,
      Uint8Array.of(...bytes(hello), ...(typeof said === "string" ? bytes(said) : said))
    ),
    ({ heard, mails }) => ({
      replies: heard.slice(4).map((line) => line.slice(0, 9)),
      bodies: mails.map(({ body }) => body)
    })
  )

const binary = "RSET\r\nMAIL FROM:<a@b.example> BODY=BINARYMIME\r\nRCPT TO:<c@mx.example>\r\n"

describe("BDAT (RFC 3030)", () => {
  describe("a message in chunks", () => {
    it.effect("X18: is whole, and each chunk has its reply", () =>
      Effect.gen(function*() {
        const chunks = "BDAT 4\r\nA:\r\nNOOP\r\nBDAT 0\r\nBDAT 7 LAST\r\n..\r\n.\r\nNOOP\r\n"
        expect(yield* send(chunks)).toEqual({
          replies: ["250 2.0.0", "250 2.0.0", "250 2.0.0", "250 2.0.0", "250 2.0.0"],
          bodies: ["A:\r\n..\r\n.\r\n"]
        })
      }))

    it.effect("of one chunk, of none, and with nothing in the last", () =>
      Effect.gen(function*() {
        expect(yield* send("BDAT 3 LAST\r\nA\r\nNOOP\r\n"))
          .toEqual({ replies: ["250 2.0.0", "250 2.0.0"], bodies: ["A\r\n"] })
        expect(yield* send("BDAT 0 LAST\r\n")).toEqual({ replies: ["250 2.0.0"], bodies: [""] })
        expect(yield* send("BDAT 3\r\nA\r\nBDAT 0 LAST\r\n"))
          .toEqual({ replies: ["250 2.0.0", "250 2.0.0"], bodies: ["A\r\n"] })
      }))

    it.effect("cut anywhere, also within a line end, and with a last line that does not end", () =>
      Effect.gen(function*() {
        expect(yield* send("BDAT 2\r\nA\rBDAT 3 LAST\r\n\nB."))
          .toEqual({ replies: ["250 2.0.0", "250 2.0.0"], bodies: ["A\r\nB.\r\n"] })
      }))

    it.effect("several on one connection, pipelined, with one write for the replies", () =>
      Effect.scoped(Effect.gen(function*() {
        const group = "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@mx.example>\r\nBDAT 3 LAST\r\n1\r\n"
        const { mails, writes } = yield* shout({}, `HELO c.example\r\n${group}${group}QUIT\r\n`)
        expect(mails.map(({ body }) => body)).toEqual(["1\r\n", "1\r\n"])
        expect(writes.length).toBe(2)
      })))

    it.effect("waits with its replies for a handler that reads slowly", () =>
      Effect.scoped(Effect.gen(function*() {
        const reached = yield* Deferred.make<void>()
        const session = yield* open({
          handler: {
            message: (_client, _envelope, { stream }) =>
              stream.pipe(
                Stream.tap(() =>
                  Effect.zipRight(Deferred.succeed(reached, undefined), Effect.sleep("1 minute"))
                ),
                Stream.runCollect,
                Effect.map((chunks) => Verdict.queued(String(Chunk.size(chunks))))
              )
          }
        })
        yield* session.client.write(bytes(`${hello}BDAT 3\r\nA\r\nBDAT 3 LAST\r\nB\r\n`))
        yield* Deferred.await(reached)
        expect(session.writes.join("")).not.toContain("octets received")
        yield* TestClock.adjust("1 minute")
        yield* TestClock.adjust("1 minute")
        yield* session.client.end
        yield* Fiber.join(session.run)
        expect(session.writes.join("")).toContain("3 octets received\r\n250 2.0.0 Queued as 2\r\n")
      })))
  })

  describe("out of order", () => {
    it.effect("N1: what a chunk holds is never taken for commands", () =>
      Effect.gen(function*() {
        const evil = "RSET\r\nMAIL FROM:<evil@b.example>\r\n"
        for (const before of ["", "HELO c.example\r\n"]) {
          const { heard, mails } = yield* shout(
            {},
            `${before}BDAT ${evil.length}\r\n${evil}NOOP\r\nQUIT\r\n`
          )
          expect(heard.slice(-3).map((line) => line.slice(0, 9)))
            .toEqual(["503 5.5.1", "250 2.0.0", "221 2.0.0"])
          expect(mails).toEqual([])
        }
      }))

    it.effect("without a recipient it is 554, with DATA behind it 503, and RSET mends all", () =>
      Effect.gen(function*() {
        yield* talk(
          {},
          `${greeted}
          C: MAIL FROM:<a@b.example>
          S: 250 2.1.0 Sender OK
          C: BDAT 3 LAST
          C: A
          S: 554 5.5.1 No valid recipients
          C: RCPT TO:<c@mx.example>
          S: 250 2.1.5 Recipient OK
          C: BDAT 3
          C: A
          S: 250 2.0.0 3 octets received
          C: DATA
          S: 503 5.5.1 Bad sequence of commands: expected BDAT or RSET
          C: FOO
          S: 500 5.5.1 Command not recognized
          C: RSET
          S: 250 2.0.0 OK
          C: DATA
          S: 503 5.5.1 Bad sequence of commands: expected MAIL
          ${goodbye}`
        )
      }))

    it.effect("a message that is given up is not stored, whatever the handler makes of it", () =>
      Effect.gen(function*() {
        const errors: Array<unknown> = []
        for (const leave of ["RSET", "EHLO c.example", "QUIT"]) {
          const { bodies, replies } = yield* send(`BDAT 3\r\nA\r\n${leave}\r\n`, {
            handler: {
              message: (_client, _envelope, message) =>
                Effect.matchEffect(message.collect(100), {
                  onFailure: (error) =>
                    Effect.sync(() => {
                      errors.push(error._tag)
                      return Verdict.ok
                    }),
                  onSuccess: () => Effect.succeed(Verdict.ok)
                })
            }
          })
          expect(bodies).toEqual([])
          expect(replies.slice(0, 1)).toEqual(["250 2.0.0"])
          expect(replies.at(-1)?.slice(0, 3)).toBe(leave === "QUIT" ? "221" : "250")
        }
        expect(errors).toEqual(["MessageAbandoned", "MessageAbandoned", "MessageAbandoned"])
      }))

    it.effect("the client vanishes between two chunks: nothing is stored", () =>
      Effect.gen(function*() {
        expect(yield* send("BDAT 3\r\nA\r\n")).toEqual({ replies: ["250 2.0.0"], bodies: [] })
        expect(yield* send("BDAT 3 LAST\r\nA")).toEqual({ replies: [], bodies: [] })
      }))

    it.effect("mistakes between chunks are counted", () =>
      Effect.gen(function*() {
        const { replies } = yield* send(`BDAT 3\r\nA\r\nDATA\r\nFOO\r\nMAIL\r\nNOOP\r\n`, {
          limits: { badCommands: 2 }
        })
        expect(replies).toEqual(["250 2.0.0", "503 5.5.1", "500 5.5.1", "421 4.7.0"])
        const counted = yield* send(`BDAT 3\r\nA\r\nNOOP\r\nNOOP\r\n`, { limits: { commands: 5 } })
        expect(counted.replies).toEqual(["250 2.0.0", "250 2.0.0", "421 4.7.0"])
        const kept = yield* send(`BDAT 0\r\nDATA\r\nBDAT 0 LAST\r\nDATA\r\nDATA\r\n`, {
          limits: { badCommands: 2 }
        })
        expect(kept.replies)
          .toEqual(["250 2.0.0", "503 5.5.1", "250 2.0.0", "503 5.5.1", "421 4.7.0"])
      }))
  })

  describe("what is not accepted", () => {
    it.effect("X3: too large: 552 once the chunk is read, and those behind it are dropped", () =>
      Effect.gen(function*() {
        const { bodies, replies } = yield* send(
          "BDAT 4\r\nAA\r\nBDAT 8\r\nAAAAAA\r\nBDAT 4\r\nAA\r\nBDAT 4 LAST\r\nAA\r\nNOOP\r\n",
          { limits: { messageSize: 10 } }
        )
        expect(replies)
          .toEqual(["250 2.0.0", "552 5.3.4", "503 5.5.1", "503 5.5.1", "250 2.0.0"])
        expect(bodies).toEqual([])
      }))

    it.effect("N12: a chunk beyond all bounds is not read", () =>
      Effect.gen(function*() {
        const limits = { messageSize: 10, excessSize: 10 }
        const inOrder = yield* send(`BDAT 30 LAST\r\n${"A".repeat(30)}NOOP\r\n`, { limits })
        expect(inOrder.replies).toEqual(["421 4.5.2"])
        const { heard } = yield* shout({ limits }, "HELO c\r\nBDAT 999999999999999\r\nNOOP\r\n")
        expect(heard.slice(2).map((line) => line.slice(0, 9))).toEqual(["421 4.5.2"])
      }))

    it.effect("N1: a bare CR or LF: 550 5.6.0, or mended where the server is told to", () =>
      Effect.gen(function*() {
        for (const bad of ["A\nB\r\n", "A\rB\r\n", "ABCD\r", "ABCD\n"]) {
          const strict = yield* send(`BDAT ${bad.length} LAST\r\n${bad}NOOP\r\n`)
          expect(strict).toEqual({ replies: ["550 5.6.0", "250 2.0.0"], bodies: [] })
          const first = yield* send(`BDAT ${bad.length}\r\n${bad}BDAT 0 LAST\r\nNOOP\r\n`)
          expect(first.bodies).toEqual([])
          const mended = yield* send(`BDAT ${bad.length} LAST\r\n${bad}`, {
            manners: { lineEndings: "normalise" }
          })
          expect(mended.replies).toEqual(["250 2.0.0"])
          expect(mended.bodies[0]).toBe(`${bad.replace(/\r\n|\r|\n/g, "\r\n")}`)
        }
      }))

    it.effect("a handler's refusal comes with the last chunk; what it left unread is dropped", () =>
      Effect.gen(function*() {
        const refusing: Setup = {
          handler: { message: () => Effect.succeed(Verdict.insufficientStorage) }
        }
        expect((yield* send("BDAT 3\r\nA\r\nBDAT 3 LAST\r\nB\r\nNOOP\r\n", refusing)).replies)
          .toEqual(["250 2.0.0", "452 4.3.1", "250 2.0.0"])
      }))

    it.effect("where CHUNKING is off it is 502", () =>
      Effect.gen(function*() {
        const { replies } = yield* send("BDAT 0 LAST\r\n", { extensions: { chunking: false } })
        expect(replies).toEqual(["502 5.5.1"])
      }))
  })

  describe("BINARYMIME", () => {
    const extensions = { binaryMime: true }

    it.effect("is any octets, kept as they are", () =>
      Effect.gen(function*() {
        const octets = Uint8Array.from({ length: 256 }, (_, octet) => octet)
        const seen: Array<Uint8Array> = []
        yield* send(Uint8Array.of(...bytes(`${binary}BDAT 256 LAST\r\n`), ...octets), {
          extensions,
          handler: {
            message: (_client, _envelope, message) =>
              Effect.map(message.collect(1000), (body) => {
                seen.push(body)
                return Verdict.ok
              })
          }
        })
        expect(seen).toEqual([octets])
      }))

    it.effect("does not come by DATA: 503 (RFC 3030 section 3)", () =>
      Effect.gen(function*() {
        const { bodies, replies } = yield* send(
          `${binary}DATA\r\nBDAT 2 LAST\r\n\n\rNOOP\r\n`,
          { extensions }
        )
        expect(replies.slice(3)).toEqual(["503 5.5.1", "250 2.0.0", "250 2.0.0"])
        expect(bodies).toEqual(["\n\r"])
      }))
  })

  it.effect("a session cut at any byte stores whole messages or nothing", () =>
    Effect.gen(function*() {
      const whole = `${hello}BDAT 4\r\nA:\r\nBDAT 5 LAST\r\nB: \r\nQUIT\r\n`
      const complete = whole.indexOf("QUIT")
      for (let length = 0; length <= whole.length; length++) {
        const { mails } = yield* shout({}, whole.slice(0, length))
        expect([length, mails.map(({ body }) => body)])
          .toEqual([length, length < complete ? [] : ["A:\r\nB: \r\n"]])
      }
    }))
})
