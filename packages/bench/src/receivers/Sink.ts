/**
 * Sink: takes messages and says yes, with as little work as possible. The same for every client: it
 * parses nothing, and answers a pipelined group with one write.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import * as Program from "../Program.js"
import * as Port from "./Port.js"

const hello =
  "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 10485760\r\n"

const replies: ReadonlyMap<string, string> = new Map([
  ["EHLO", hello],
  ["DATA", "354 Go ahead\r\n"],
  ["QUIT", "221 Goodbye\r\n"]
])

const lineEnd = "\r\n"
const messageEnd = "\r\n.\r\n"

const converse = (socket: Net.Socket, received: (octets: number) => void): void => {
  let held = Buffer.alloc(0)
  let inMessage = false
  /** Up to here there is no end of a message. */
  let searched = 0

  const drop = (octets: number): void => {
    held = held.subarray(octets)
    searched = 0
  }

  /** Takes a command or a message off the input: the reply to it, or none while it is unfinished. */
  const next = (): string | undefined => {
    const end = held.indexOf(inMessage ? messageEnd : lineEnd, searched)
    if (end === -1) {
      searched = Math.max(0, held.length - messageEnd.length + 1)
      return undefined
    }
    if (inMessage) {
      received(end + lineEnd.length)
      drop(end + messageEnd.length)
      inMessage = false
      return "250 Accepted\r\n"
    }
    const verb = held.toString("latin1", 0, 4).toUpperCase()
    drop(end + lineEnd.length)
    inMessage = verb === "DATA"
    return replies.get(verb) ?? "250 OK\r\n"
  }

  socket.write("220 sink.example ESMTP\r\n")
  socket.on("error", () => socket.destroy())
  socket.on("end", () => socket.end())
  socket.on("data", (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    let answer = ""
    for (let reply = next(); reply !== undefined; reply = next()) answer += reply
    if (answer !== "") socket.write(answer)
  })
}

Program.receiver((received) =>
  Effect.suspend(() =>
    Port.listen(Net.createServer({ noDelay: true }, (socket) => converse(socket, received)))
  )
)
