/**
 * Taking: takes messages and says yes, with as little work as possible. The same for every client: it
 * parses next to nothing, keeps nothing, and answers a pipelined group with one write.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"
import * as Port from "./Port.js"

/** What is called with the octets of each message. */
type Received = (octets: number) => void

const extensions = ["PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 10485760"]

const hello = (more: ReadonlyArray<string>): string =>
  [
    "250-sink.example",
    ...[...more, ...extensions].map((extension, index, { length }) =>
      `250${index === length - 1 ? " " : "-"}${extension}`
    ),
    ""
  ].join("\r\n")

const lineEnd = "\r\n"
const messageEnd = "\r\n.\r\n"
const accepted = "250 Accepted\r\n"
const ok = "250 OK\r\n"
const newline = 0x0a

/** What MAIL begins with; and RCPT and RSET, which are answered like it. */
const letterM = 0x4d
const letterR = 0x52

const converse = (socket: Net.Socket, greeting: string, received: Received): void => {
  let held = Buffer.alloc(0)
  let inside: "Commands" | "Message" | "Chunk" = "Commands"
  /** Octets of the message that have been let go of. */
  let passed = 0
  /** Octets of the chunk that have not come yet, and whether it is the last of its message. */
  let missing = 0
  let last = false

  const drop = (octets: number): void => {
    held = held.subarray(octets)
  }
  const complete = (octets: number): void => {
    received(octets)
    passed = 0
  }

  /** After DATA: up to the dot on a line of its own. */
  const message = (): string | undefined => {
    const end = held.indexOf(messageEnd)
    if (end === -1) {
      const done = Math.max(0, held.length - messageEnd.length + 1)
      passed += done
      drop(done)
      return undefined
    }
    complete(passed + end + lineEnd.length)
    drop(end + messageEnd.length)
    inside = "Commands"
    return accepted
  }

  /** After BDAT: as many octets as it said. */
  const chunk = (): string | undefined => {
    const taken = Math.min(held.length, missing)
    passed += taken
    missing -= taken
    drop(taken)
    if (missing > 0) return undefined
    if (last) complete(passed)
    inside = "Commands"
    return accepted
  }

  const command = (): string | undefined => {
    const end = held.indexOf(newline)
    if (end === -1) return undefined
    const first = held[0]
    if (first === letterR || first === letterM) {
      drop(end + 1)
      return ok
    }
    const [verb, argument, mark] = held.toString("latin1", 0, end).trimEnd().split(" ")
    drop(end + 1)
    switch (verb) {
      case "EHLO":
        return greeting
      case "DATA":
        inside = "Message"
        return "354 Go ahead\r\n"
      case "BDAT":
        inside = "Chunk"
        missing = Number(argument)
        last = mark === "LAST"
        return chunk()
      case "QUIT":
        return "221 Goodbye\r\n"
      default:
        return ok
    }
  }

  /** Takes what is next off the input: the reply to it, or none while it is unfinished. */
  const next = (): string | undefined =>
    inside === "Message" ? message() : inside === "Chunk" ? chunk() : command()

  socket.write("220 sink.example ESMTP\r\n")
  socket.on("error", () => socket.destroy())
  socket.on("end", () => socket.end())
  socket.on("data", (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes])
    let answer = ""
    for (let reply = next(); reply !== undefined; reply = next()) answer += reply
    if (answer !== "") socket.write(answer)
  })
}

/** Listens until the scope closes, offers these extensions as well, and gives the port. */
export const listen = (
  more: ReadonlyArray<string>,
  received: Received
): Effect.Effect<number, Error, Scope.Scope> =>
  Effect.suspend(() => {
    const greeting = hello(more)
    return Port.listen(
      Net.createServer({ noDelay: true }, (socket) => converse(socket, greeting, received))
    )
  })
