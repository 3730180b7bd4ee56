/**
 * Holder: opens connections, reads the greeting on each, and says nothing.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import * as Program from "../Program.js"

/** As many wait for their greeting at once: no server's queue is longer than it can bear. */
const concurrency = 250

const open = new Set<Net.Socket>()

const connect = (port: number): Effect.Effect<void, Error> =>
  Effect.async((resume) => {
    const socket = Net.connect({ host: "127.0.0.1", port })
    socket.setEncoding("latin1")
    socket.once("data", (greeting: string) => {
      open.add(socket)
      resume(
        greeting.startsWith("220 ")
          ? Effect.void
          : Effect.fail(new Error(`no greeting: ${greeting}`))
      )
    })
    socket.on("error", (error) => resume(Effect.fail(error)))
    socket.on("close", () => {
      open.delete(socket)
      resume(Effect.fail(new Error("the server has closed the connection")))
    })
    return Effect.sync(() => socket.destroy())
  })

Program.holder((port, more) =>
  Effect.all(Array.from({ length: more }, () => connect(port)), { concurrency, discard: true })
    .pipe(
      Effect.map(() => open.size)
    )
)
