/**
 * Load: sends messages with as little work as possible, as a client does that uses PIPELINING: MAIL,
 * RCPT and DATA in one write, the message in the next, to one recipient over one connection. The same
 * for every server.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import * as Message from "../Message.js"
import * as Program from "../Program.js"
import type * as Task from "../Task.js"

/** Something to say, and the codes of the replies that must follow. */
interface Exchange {
  readonly say: string | Uint8Array
  readonly hear: ReadonlyArray<string>
}

const envelope = `MAIL FROM:<${Message.from}>\r\nRCPT TO:<${Message.recipients(1)[0]}>\r\nDATA\r\n`

/** A session, in order. */
const session = function*({ messages, octets }: Task.Delivery): Generator<Exchange> {
  const content = Buffer.concat([Message.make(octets), Buffer.from(".\r\n")])
  yield { say: "", hear: ["220"] }
  yield { say: "EHLO client.example\r\n", hear: ["250"] }
  for (let sent = 0; sent < messages; sent++) {
    yield { say: envelope, hear: ["250", "250", "354"] }
    yield { say: content, hear: ["250"] }
  }
  yield { say: "QUIT\r\n", hear: ["221"] }
}

const deliver = (delivery: Task.Delivery): Effect.Effect<void, Error> =>
  Effect.async((resume) => {
    const socket = Net.connect({ host: "127.0.0.1", port: delivery.port, noDelay: true })
    const exchanges = session(delivery)
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

Program.sender(deliver)
