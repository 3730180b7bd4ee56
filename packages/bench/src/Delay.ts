/**
 * Delay: a proxy on the loopback that delays each octet by 5 ms, either way, as a network does where
 * the other side is far away. It is a program of its own: it is told a port, and answers with its own.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import * as Program from "./Program.js"
import * as Port from "./receivers/Port.js"

const millis = 5

/** Timers of the same length fire in the order they were set, so nothing overtakes anything. */
const carry = (from: Net.Socket, to: Net.Socket): void => {
  from.on("data", (chunk) => setTimeout(() => to.write(chunk), millis))
  from.on("end", () => setTimeout(() => to.end(), millis))
  from.on("error", () => to.destroy())
}

const join = (near: Net.Socket, port: number): void => {
  const far = Net.connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true })
  carry(near, far)
  carry(far, near)
}

Program.proxy((port) =>
  Effect.suspend(() =>
    Port.listen(
      Net.createServer({ noDelay: true, allowHalfOpen: true }, (near) => join(near, port))
    )
  )
)
