import * as NodeFlow from "@effect-smtp/node/NodeFlow"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Net from "node:net"

const bytes = (text: string) => new TextEncoder().encode(text)

const once = (emitter: Net.Socket, event: string) =>
  Effect.async<void>((resume) => {
    emitter.once(event, () => resume(Effect.void))
  })

/** A flow, and Node's own socket as its peer. */
const connect = Effect.gen(function*() {
  const server = yield* Effect.acquireRelease(
    Effect.async<Net.Server>((resume) => {
      const listening = Net.createServer({ pauseOnConnect: true, allowHalfOpen: true })
      listening.listen(0, "127.0.0.1", () => resume(Effect.succeed(listening)))
    }),
    (listening) => Effect.sync(() => listening.close())
  )
  const address = server.address()
  const port = address !== null && typeof address === "object" ? address.port : 0
  const accepted = yield* Effect.fork(Effect.async<Net.Socket>((resume) => {
    server.once("connection", (socket) => resume(Effect.succeed(socket)))
  }))
  const peer = yield* Effect.acquireRelease(
    Effect.sync(() => Net.connect({ port, host: "127.0.0.1", allowHalfOpen: true })),
    (socket) => Effect.sync(() => socket.destroy())
  )
  yield* once(peer, "connect")
  peer.on("error", () => {})
  const socket = yield* Fiber.join(accepted)
  const scope = yield* Scope.make()
  const flow = yield* Scope.extend(NodeFlow.fromSocket(socket), scope)
  yield* Effect.addFinalizer((exit) => Scope.close(scope, exit))
  return { flow, peer, scope, socket }
})

describe("NodeFlow", () => {
  describe("half-closed", () => {
    it.scopedLive("still writes after the peer has finished", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* connect
        peer.end("QUIT\r\n")
        expect(yield* flow.read).toEqual(Option.some(bytes("QUIT\r\n")))
        expect(yield* flow.read).toEqual(Option.none())
        yield* flow.write(bytes("221\r\n"))
        const received = yield* Effect.async<Buffer>((resume) => {
          peer.once("data", (chunk) => resume(Effect.succeed(chunk)))
        })
        expect(received.toString()).toBe("221\r\n")
        expect(yield* flow.read).toEqual(Option.none())
      }))
  })

  describe("errors", () => {
    it.scopedLive("wakes a read with Reset, and fails all later calls", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* connect
        const reader = yield* Effect.fork(Effect.flip(flow.read))
        yield* Effect.yieldNow()
        peer.resetAndDestroy()
        expect(yield* Fiber.join(reader)).toMatchObject({ reason: "Reset", during: "read" })
        expect((yield* Effect.flip(flow.read)).reason).toBe("Reset")
        expect(yield* Effect.flip(flow.write(bytes("x"))))
          .toMatchObject({ reason: "Reset", during: "write" })
      }))

    it.scopedLive("gives what had arrived before the error", () =>
      Effect.gen(function*() {
        const { flow, peer, socket } = yield* connect
        peer.write("421 bye\r\n")
        expect(yield* flow.read).toEqual(Option.some(bytes("421 bye\r\n")))
        peer.write("more")
        yield* once(socket, "data")
        peer.resetAndDestroy()
        yield* once(socket, "close")
        expect(yield* flow.read).toEqual(Option.some(bytes("more")))
        expect((yield* Effect.flip(flow.read)).reason).toBe("Reset")
      }))

    it.scopedLive("wakes a writer that waits", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* connect
        const writer = yield* Effect.fork(
          Effect.flip(Effect.forever(flow.write(new Uint8Array(1_000_000))))
        )
        yield* Effect.yieldNow()
        peer.resetAndDestroy()
        expect((yield* Fiber.join(writer)).reason).toBe("Reset")
      }))

    it.scopedLive("N18: swallows errors once it is closed", () =>
      Effect.gen(function*() {
        const { flow, peer, scope, socket } = yield* connect
        yield* flow.write(bytes("221\r\n"))
        yield* Scope.close(scope, Exit.void)
        expect(socket.listenerCount("error")).toBeGreaterThan(0)
        socket.emit("error", new Error("late"))
        peer.resetAndDestroy()
        yield* once(socket, "close")
        socket.emit("error", new Error("later"))
      }))
  })

  describe("closing", () => {
    it.scopedLive("wakes a read and a write that wait on this side", () =>
      Effect.gen(function*() {
        const { flow, scope } = yield* connect
        const reader = yield* Effect.fork(Effect.flip(flow.read))
        const writer = yield* Effect.fork(
          Effect.flip(Effect.forever(flow.write(new Uint8Array(1_000_000))))
        )
        yield* Effect.yieldNow()
        yield* Scope.close(scope, Exit.fail("anything"))
        expect((yield* Fiber.join(reader)).reason).toBe("Closed")
        expect((yield* Fiber.join(writer)).reason).toBe("Closed")
      }))

    it.scopedLive("does not answer late bytes with a reset", () =>
      Effect.gen(function*() {
        const { flow, peer, scope } = yield* connect
        yield* flow.write(bytes("421 too busy\r\n"))
        yield* Scope.close(scope, Exit.void)
        peer.write("MAIL FROM:<a@b>\r\n")
        let seen = ""
        peer.on("data", (chunk) => {
          seen += chunk
        })
        yield* once(peer, "end")
        peer.end("QUIT\r\n")
        yield* once(peer, "close")
        expect(seen).toBe("421 too busy\r\n")
        expect(peer.errored).toBe(null)
      }))
  })

  describe("reading", () => {
    it.scopedLive("pauses the socket while nobody reads", () =>
      Effect.gen(function*() {
        const { flow, peer, socket } = yield* connect
        expect(socket.isPaused()).toBe(true)
        peer.write(new Uint8Array(4_000_000))
        let read = Option.getOrThrow(yield* flow.read).length
        yield* once(socket, "pause")
        expect(socket.isPaused()).toBe(true)
        while (read < 4_000_000) {
          read += Option.getOrThrow(yield* flow.read).length
        }
        expect(read).toBe(4_000_000)
      }))
  })

  describe("writing", () => {
    it.scopedLive("leaves others their turn, however fast the peer takes what it is sent", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* connect
        peer.resume()
        const turns = { count: 0 }
        setImmediate(() => turns.count++)
        yield* Effect.replicateEffect(flow.write(new Uint8Array(65_536)), 64)
        expect(turns.count).toBe(1)
      }))
  })
})
