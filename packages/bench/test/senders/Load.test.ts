import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import * as Port from "../../src/receivers/Port.js"
import * as Taking from "../../src/receivers/Taking.js"
import * as Load from "../../src/senders/Load.js"

const content = new TextEncoder().encode("a\r\n.\r\n")

/** What is said at once, and how many replies are waited for then. */
const turns = (session: Load.Session) =>
  Array.from(
    session(2, content),
    ({ hear, say }) => [Buffer.from(say).toString("latin1"), hear.join(" ")] as const
  )

const mail = "MAIL FROM:<alice@client.example>\r\n"
const rcpt = "RCPT TO:<bob@mx.example>\r\n"
const hello = [["", "220"], ["EHLO client.example\r\n", "250"]]

/** Sends 3 messages to a sink: their sizes, and over how many connections they came. */
const sent = (session: Load.Session, perConnection: "One" | "All") =>
  Effect.gen(function*() {
    const sizes: Array<number> = []
    let connections = 0
    const sink = yield* Taking.listen([], (octets) => sizes.push(octets))
    const port = yield* Port.listen(Net.createServer((near) => {
      connections++
      const far = Net.connect({ host: "127.0.0.1", port: sink })
      near.on("error", () => far.destroy()).pipe(far).pipe(near)
    }))
    yield* Load.deliver(session)({
      port,
      messages: 3,
      octets: 1024,
      recipients: 1,
      connections: 1,
      perConnection,
      atATime: 1
    })
    return { sizes, connections }
  })

describe("Load", () => {
  describe("stepByStep", () => {
    it("waits for the reply to each command", () => {
      const message = [[mail, "250"], [rcpt, "250"], ["DATA\r\n", "354"], ["a\r\n.\r\n", "250"]]
      expect(turns(Load.stepByStep)).toEqual([...hello, ...message, ...message, [
        "QUIT\r\n",
        "221"
      ]])
    })
  })

  describe("pipelined", () => {
    it("says with each message what comes behind it", () => {
      expect(turns(Load.pipelined)).toEqual([
        ...hello,
        [`${mail}${rcpt}DATA\r\n`, "250 250 354"],
        [`a\r\n.\r\n${mail}${rcpt}DATA\r\n`, "250 250 250 354"],
        ["a\r\n.\r\nQUIT\r\n", "250 221"]
      ])
    })
  })

  describe("deliver", () => {
    const sessions = [["stepByStep", Load.stepByStep], ["pipelined", Load.pipelined]] as const
    for (const [name, session] of sessions) {
      it.scopedLive(`sends every message over one connection, ${name}`, () =>
        Effect.gen(function*() {
          expect(yield* sent(session, "All")).toEqual({ sizes: [1024, 1024, 1024], connections: 1 })
        }))

      it.scopedLive(`sends each message over its own connection, ${name}`, () =>
        Effect.gen(function*() {
          expect(yield* sent(session, "One")).toEqual({ sizes: [1024, 1024, 1024], connections: 3 })
        }))
    }

    it.scopedLive("fails when a reply is another than it must be", () =>
      Effect.gen(function*() {
        const port = yield* Port.listen(Net.createServer((socket) => {
          socket.on("error", () => socket.destroy())
          socket.write("554 No\r\n")
        }))
        const error = yield* Effect.flip(
          Load.deliver(Load.stepByStep)({
            port,
            messages: 1,
            octets: 1024,
            recipients: 1,
            connections: 1,
            perConnection: "All",
            atATime: 1
          })
        )
        expect(error.message).toBe("hoped for 220: 554 No")
      }))
  })
})
