import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import * as Taking from "../../src/receivers/Taking.js"

/** What a sink answers to a session that is written in pieces of that many octets, and the sizes it saw. */
const session = (extensions: ReadonlyArray<string>, said: string, piece: number) =>
  Effect.gen(function*() {
    const sizes: Array<number> = []
    const port = yield* Taking.listen(extensions, (octets) => sizes.push(octets))
    const heard = yield* Effect.async<string, Error>((resume) => {
      const socket = Net.connect({ host: "127.0.0.1", port, noDelay: true })
      let text = ""
      socket.setEncoding("latin1")
      socket.on("data", (more: string) => {
        text += more
      })
      socket.on("end", () => resume(Effect.succeed(text)))
      socket.on("error", (error) => resume(Effect.fail(error)))
      for (let at = 0; at < said.length; at += piece) socket.write(said.slice(at, at + piece))
      socket.end()
    })
    return { sizes, replies: heard.split("\r\n").slice(0, -1) }
  })

const pieces = [1, 7, 1000]

describe("Taking", () => {
  describe("listen", () => {
    for (const piece of pieces) {
      it.scopedLive(`takes messages after DATA, in pieces of ${piece} octets`, () =>
        Effect.gen(function*() {
          const said = "MAIL FROM:<>\r\nDATA\r\na\r\n..b\r\n.\r\nDATA\r\nccc\r\n.\r\nQUIT\r\n"
          const { replies, sizes } = yield* session([], said, piece)
          expect(sizes).toEqual([8, 5])
          expect(replies.map((reply) => reply.slice(0, 3))).toEqual(
            ["220", "250", "354", "250", "354", "250", "221"]
          )
        }))

      it.scopedLive(`takes messages in chunks, in pieces of ${piece} octets`, () =>
        Effect.gen(function*() {
          const said = "BDAT 5\r\nab\r\n.BDAT 2 LAST\r\n\r\nBDAT 1\r\nxBDAT 0 LAST\r\nQUIT\r\n"
          const { replies, sizes } = yield* session(["CHUNKING"], said, piece)
          expect(sizes).toEqual([7, 1])
          expect(replies.map((reply) => reply.slice(0, 3))).toEqual(
            ["220", "250", "250", "250", "250", "221"]
          )
        }))
    }

    it.scopedLive("offers CHUNKING only where it is told to", () =>
      Effect.gen(function*() {
        const offered = ["250-PIPELINING", "250-8BITMIME", "250-SMTPUTF8", "250 SIZE 10485760"]
        const without = yield* session([], "EHLO a\r\n", 100)
        expect(without.replies.slice(1)).toEqual(["250-sink.example", ...offered])
        const chunking = yield* session(["CHUNKING"], "EHLO a\r\n", 100)
        expect(chunking.replies.slice(1)).toEqual(["250-sink.example", "250-CHUNKING", ...offered])
      }))
  })
})
