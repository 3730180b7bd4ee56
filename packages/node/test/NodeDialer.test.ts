import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Net from "node:net"

const listen = NodeListener.make().listen(Endpoint.Tcp({ host: "127.0.0.1", port: 0 }))

const portOf = (endpoint: Endpoint.Endpoint) => endpoint._tag === "Tcp" ? endpoint.port : 0

/** A port nobody listens on any more. */
const closedPort = Effect.map(Effect.scoped(listen), (bound) => portOf(bound.endpoint))

const named = (
  addresses: ReadonlyArray<string>,
  options: NodeDialer.Options = {}
) =>
  NodeDialer.make({
    ...options,
    resolve: () =>
      Effect.succeed(addresses.map((address) => ({
        address,
        family: Net.isIPv6(address) ? "ipv6" : "ipv4"
      })))
  })

describe("NodeDialer", () => {
  describe("dial", () => {
    it.scopedLive("connects, and knows both ends", () =>
      Effect.gen(function*() {
        const bound = yield* listen
        const near = yield* NodeDialer.make().dial(bound.endpoint)
        const far = yield* bound.accept
        expect(near.peer.remote).toEqual(bound.endpoint)
        expect(far.peer.local).toEqual(bound.endpoint)
        expect(near.peer.local).toEqual(far.peer.remote)
        expect(near.peer.local).toMatchObject({ _tag: "Tcp", host: "127.0.0.1" })
      }))

    it.scopedLive("goes on to the address that answers", () =>
      Effect.gen(function*() {
        const bound = yield* listen
        const dialer = named(["127.0.0.3", "127.0.0.2", "127.0.0.1"])
        const near = yield* dialer.dial(
          Endpoint.Tcp({ host: "mx.example", port: portOf(bound.endpoint) })
        )
        expect(near.peer.remote).toEqual(bound.endpoint)
      }))

    it.scopedLive("connects from the local address, and only to its family", () =>
      Effect.gen(function*() {
        const bound = yield* listen
        const dialer = named(["::1", "127.0.0.1"], { localAddress: "127.0.0.7" })
        const near = yield* dialer.dial(
          Endpoint.Tcp({ host: "mx.example", port: portOf(bound.endpoint) })
        )
        expect(near.peer.local).toMatchObject({ host: "127.0.0.7" })
      }))

    it.scopedLive("resolves with the system's resolver", () =>
      Effect.gen(function*() {
        const bound = yield* listen
        const near = yield* NodeDialer.make().dial(
          Endpoint.Tcp({ host: "localhost", port: portOf(bound.endpoint) })
        )
        expect(near.peer.remote).toEqual(bound.endpoint)
      }))
  })

  describe("failures", () => {
    it.scopedLive("is refused where nobody listens", () =>
      Effect.gen(function*() {
        const port = yield* closedPort
        const error = yield* Effect.flip(
          NodeDialer.make().dial(Endpoint.Tcp({ host: "127.0.0.1", port }))
        )
        expect(error).toMatchObject({ reason: "Refused", during: "dial" })
      }))

    it.scopedLive("tells of each address", () =>
      Effect.gen(function*() {
        const port = yield* closedPort
        const dialer = named(["127.0.0.1", "127.0.0.2"])
        const error = yield* Effect.flip(dialer.dial(Endpoint.Tcp({ host: "mx.example", port })))
        expect(error.reason).toBe("Refused")
        expect(error.detail).toContain(`127.0.0.1:${port}; `)
        expect(error.detail).toContain(`127.0.0.2:${port}`)
      }))

    it.scopedLive("passes on what the resolver said", () =>
      Effect.gen(function*() {
        const unknown = new FlowError({
          reason: "NotFound",
          during: "dial",
          detail: "no such name"
        })
        const dialer = NodeDialer.make({ resolve: () => Effect.fail(unknown) })
        const error = yield* Effect.flip(
          dialer.dial(Endpoint.Tcp({ host: "mx.example", port: 25 }))
        )
        expect(error).toMatchObject({ reason: "NotFound", detail: "no such name" })
      }))

    it.scopedLive("finds no Unix socket where there is none", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(
          NodeDialer.make().dial(Endpoint.Unix({ path: "/nonexistent/socket" }))
        )
        expect(error.reason).toBe("NotFound")
      }))

    it.scopedLive("connects to no other Unix socket than it was told of", () =>
      Effect.gen(function*() {
        const path = `/tmp/${"x".repeat(120)}`
        for (
          const [wrong, detail] of [
            [path, `has ${path.length} octets, and at most `],
            ["/tmp/a\0b", "has a NUL in it"],
            ["", "is empty"]
          ] as const
        ) {
          const error = yield* Effect.flip(NodeDialer.make().dial(Endpoint.Unix({ path: wrong })))
          expect(error).toMatchObject({ reason: "Unsupported", during: "dial" })
          expect(error.detail).toContain(detail)
        }
      }))

    it.scoped("gives up after its timeout", () =>
      Effect.gen(function*() {
        const dialer = NodeDialer.make({ resolve: () => Effect.never, connectTimeout: "3 seconds" })
        const dialing = yield* Effect.fork(
          Effect.flip(dialer.dial(Endpoint.Tcp({ host: "mx.example", port: 25 })))
        )
        yield* TestClock.adjust("3 seconds")
        expect(yield* Fiber.join(dialing)).toMatchObject({
          reason: "Timeout",
          detail: "mx.example:25 did not answer within 3s"
        })
      }))
  })
})
