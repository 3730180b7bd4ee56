/**
 * Load: sends messages with as little work as possible, to one recipient each, over one connection at a
 * time. The same for every server.
 *
 * @module
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import * as Message from "../Message.js"
import type * as Task from "../Task.js"

/** Something to say, and the codes of the replies that must follow. */
export interface Exchange {
  readonly say: string | Uint8Array
  readonly hear: ReadonlyArray<string>
}

/** What is said to send that many times what follows DATA, in order. */
export type Session = (messages: number, content: Uint8Array) => Iterable<Exchange>

const mail = `MAIL FROM:<${Message.from}>\r\n`
const recipient = `RCPT TO:<${Message.recipients(1)[0]}>\r\n`
const data = "DATA\r\n"
const quit = "QUIT\r\n"

const hello = [
  { say: "", hear: ["220"] },
  { say: "EHLO client.example\r\n", hear: ["250"] }
]

/** As clients do that know nothing of PIPELINING: every command waits for the reply to the one before. */
export const stepByStep: Session = function*(messages, content) {
  yield* hello
  for (let sent = 0; sent < messages; sent++) {
    yield { say: mail, hear: ["250"] }
    yield { say: recipient, hear: ["250"] }
    yield { say: data, hear: ["354"] }
    yield { say: content, hear: ["250"] }
  }
  yield { say: quit, hear: ["221"] }
}

/** With PIPELINING (RFC 2920): MAIL, RCPT and DATA in one write, and behind each message what is next. */
export const pipelined: Session = function*(messages, content) {
  const envelope = `${mail}${recipient}${data}`
  const more = Buffer.concat([content, Buffer.from(envelope)])
  const last = Buffer.concat([content, Buffer.from(quit)])
  yield* hello
  yield { say: envelope, hear: ["250", "250", "354"] }
  for (let sent = 1; sent < messages; sent++) {
    yield { say: more, hear: ["250", "250", "250", "354"] }
  }
  yield { say: last, hear: ["250", "221"] }
}

const play = (port: number, session: Iterable<Exchange>): Effect.Effect<void, Error> =>
  Effect.async((resume) => {
    const socket = Net.connect({ host: "127.0.0.1", port, noDelay: true })
    const exchanges = session[Symbol.iterator]()
    let hoped: ReadonlyArray<string> = []
    let heard = 0
    let held = ""

    const fail = (reason: string) => {
      socket.destroy()
      resume(Effect.fail(new Error(reason)))
    }
    const proceed = () => {
      const next = exchanges.next()
      if (next.done === true) {
        socket.destroy()
        resume(Effect.void)
      } else {
        hoped = next.value.hear
        heard = 0
        if (next.value.say.length > 0) socket.write(next.value.say)
      }
    }

    socket.setEncoding("latin1")
    socket.on("data", (text: string) => {
      const lines = `${held}${text}`.split("\r\n")
      held = lines.pop() ?? ""
      for (const line of lines) {
        if (line[3] === "-") continue
        if (line.slice(0, 3) !== hoped[heard]) return fail(`hoped for ${hoped[heard]}: ${line}`)
        heard++
      }
      if (heard === hoped.length) proceed()
    })
    socket.on("error", (error) => fail(error.message))
    socket.on("end", () => fail("the server has closed the connection"))
    proceed()
    return Effect.sync(() => socket.destroy())
  })

/** Sends what it is told to in such sessions. */
export const deliver =
  (session: Session) =>
  ({ messages, octets, perConnection, port }: Task.Delivery): Effect.Effect<void, Error> =>
    Effect.suspend(() => {
      const content = Buffer.concat([Message.make(octets), Buffer.from(".\r\n")])
      const sessions = perConnection === "One" ? Arr.replicate(1, messages) : [messages]
      return Effect.forEach(
        sessions,
        (count) => play(port, session(count, content)),
        { discard: true }
      )
    })
