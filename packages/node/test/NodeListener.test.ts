import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const bytes = (text: string) => new TextEncoder().encode(text)
const loopback = Endpoint.Tcp({ host: "127.0.0.1", port: 0 })
const listener = NodeListener.make()
const dialer = NodeDialer.make()

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "listener-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** Octets of the longest path of a Unix socket here. */
const longest = process.platform === "linux" ? 107 : 103

/** A path of so many octets. */
const pathOf = (directory: string, octets: number) =>
  join(directory, "x".repeat(octets - Buffer.byteLength(directory) - 1))

/** Leaves a socket file behind, as a process does that is killed while it listens. */
const leaveBehind = (path: string) =>
  execFileSync(process.execPath, [
    "-e",
    "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 9))",
    path
  ], { stdio: "ignore" })

/** Sockets and servers that keep the process alive. */
const openSockets = () =>
  process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length

/** One turn of the event loop. */
const turn = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

describe("NodeListener", () => {
  describe("accept", () => {
    it.scopedLive("gives connections in order, and an interrupted one takes none away", () =>
      Effect.gen(function*() {
        const bound = yield* listener.listen(loopback)
        const accepting = yield* Effect.fork(bound.accept)
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(accepting)
        const near = []
        for (let i = 0; i < 3; i++) {
          near.push(yield* dialer.dial(bound.endpoint))
        }
        const far = yield* Effect.replicateEffect(bound.accept, 3)
        expect(far.map((flow) => flow.peer.remote)).toEqual(near.map((flow) => flow.peer.local))
      }))

    it.scopedLive("cuts connections over its bound", () =>
      Effect.gen(function*() {
        const bound = yield* NodeListener.make({ pending: 1 }).listen(loopback)
        const first = yield* dialer.dial(bound.endpoint)
        const second = Effect.flatMap(dialer.dial(bound.endpoint), (flow) => flow.read)
        expect((yield* Effect.flip(second)).reason).toBe("Reset")
        const far = yield* bound.accept
        yield* far.write(bytes("220\r\n"))
        expect(yield* first.read).toEqual(Option.some(bytes("220\r\n")))
      }))

    it.scopedLive("still knows who it was when the peer has reset while it waited", () =>
      Effect.gen(function*() {
        const bound = yield* listener.listen(loopback)
        const scope = yield* Scope.make()
        const near = yield* Scope.extend(dialer.dial(bound.endpoint), scope)
        yield* Effect.repeatN(turn, 5)
        yield* Scope.close(scope, Exit.fail("anything"))
        yield* Effect.repeatN(turn, 5)
        const far = yield* bound.accept
        expect(far.peer.remote).toEqual(near.peer.local)
        expect((yield* Effect.flip(far.read)).reason).toBe("Reset")
      }))

    it.scopedLive("gives a connection whose peer has gone while it waited", () =>
      Effect.gen(function*() {
        const bound = yield* listener.listen(loopback)
        yield* Effect.scoped(
          Effect.tap(dialer.dial(bound.endpoint), (flow) => flow.write(bytes("bye")))
        )
        const far = yield* bound.accept
        expect(yield* far.read).toEqual(Option.some(bytes("bye")))
        expect(yield* far.read).toEqual(Option.none())
      }))
  })

  describe("scope", () => {
    it.scopedLive("stops accepting, cuts who waits, and lets accepted connections live", () =>
      Effect.gen(function*() {
        const scope = yield* Scope.make()
        const bound = yield* Scope.extend(listener.listen(loopback), scope)
        const near = yield* dialer.dial(bound.endpoint)
        const far = yield* bound.accept
        const accepting = yield* Effect.fork(Effect.flip(bound.accept))
        yield* Effect.yieldNow()
        yield* Scope.close(scope, Exit.void)
        expect((yield* Fiber.join(accepting)).reason).toBe("Closed")
        expect((yield* Effect.flip(bound.accept)).reason).toBe("Closed")
        expect((yield* Effect.flip(dialer.dial(bound.endpoint))).reason).toBe("Refused")
        yield* near.write(bytes("still"))
        expect(yield* far.read).toEqual(Option.some(bytes("still")))
      }))

    it.scopedLive("leaves no server or socket behind", () =>
      Effect.gen(function*() {
        const before = openSockets()
        yield* Effect.scoped(Effect.gen(function*() {
          const bound = yield* listener.listen(loopback)
          yield* dialer.dial(bound.endpoint)
          yield* bound.accept
          yield* dialer.dial(bound.endpoint)
          expect(openSockets()).toBeGreaterThan(before)
        }))
        yield* Effect.repeat(turn, { until: () => openSockets() <= before, times: 100 })
        expect(openSockets()).toBeLessThanOrEqual(before)
      }))
  })

  describe("listen", () => {
    it.scopedLive("is refused where somebody listens", () =>
      Effect.gen(function*() {
        const bound = yield* listener.listen(loopback)
        const error = yield* Effect.flip(listener.listen(bound.endpoint))
        expect(error).toMatchObject({ reason: "Refused", during: "listen" })
      }))

    it.scopedLive("is refused on an address that is not ours", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(
          listener.listen(Endpoint.Tcp({ host: "192.0.2.1", port: 0 }))
        )
        expect(error).toMatchObject({ reason: "Refused", during: "listen" })
      }))
  })

  describe("Unix sockets", () => {
    it.scopedLive("removes its own file when it is closed", () =>
      Effect.gen(function*() {
        const path = join(yield* folder, "socket")
        yield* Effect.scoped(Effect.gen(function*() {
          const bound = yield* listener.listen(Endpoint.Unix({ path }))
          const near = yield* dialer.dial(bound.endpoint)
          const far = yield* bound.accept
          expect(near.peer.remote).toEqual(Endpoint.Unix({ path }))
          expect(far.peer.local).toEqual(Endpoint.Unix({ path }))
        }))
        expect(existsSync(path)).toBe(false)
      }))

    it.scopedLive("leaves a live one alone", () =>
      Effect.gen(function*() {
        const path = join(yield* folder, "socket")
        const bound = yield* listener.listen(Endpoint.Unix({ path }))
        expect((yield* Effect.flip(listener.listen(Endpoint.Unix({ path })))).reason)
          .toBe("Refused")
        const near = yield* dialer.dial(bound.endpoint)
        yield* near.write(bytes("x"))
      }))

    it.scopedLive("replaces one that nobody listens on any more", () =>
      Effect.gen(function*() {
        const path = join(yield* folder, "socket")
        expect(() => leaveBehind(path)).toThrow()
        expect(existsSync(path)).toBe(true)
        const bound = yield* listener.listen(Endpoint.Unix({ path }))
        yield* dialer.dial(bound.endpoint)
      }))

    it.scopedLive("does not touch another file", () =>
      Effect.gen(function*() {
        const path = join(yield* folder, "precious")
        writeFileSync(path, "data")
        expect((yield* Effect.flip(listener.listen(Endpoint.Unix({ path })))).reason)
          .toBe("Refused")
        expect(existsSync(path)).toBe(true)
      }))

    it.scopedLive("listens on the longest path that there can be", () =>
      Effect.gen(function*() {
        const path = pathOf(yield* folder, longest)
        const bound = yield* listener.listen(Endpoint.Unix({ path }))
        expect(existsSync(path)).toBe(true)
        const near = yield* dialer.dial(bound.endpoint)
        yield* near.write(bytes("x"))
      }))

    it.scopedLive("listens on no other path than it was told of", () =>
      Effect.gen(function*() {
        const directory = yield* folder
        for (
          const [path, detail] of [
            [
              pathOf(directory, longest + 1),
              `has ${longest + 1} octets, and at most ${longest} fit`
            ],
            [pathOf(directory, longest - 1) + "é", `has ${longest + 1} octets`],
            [join(directory, "a\0b"), "has a NUL in it"],
            ["", "is empty"]
          ] as const
        ) {
          const error = yield* Effect.flip(listener.listen(Endpoint.Unix({ path })))
          expect(error).toMatchObject({ reason: "Unsupported", during: "listen" })
          expect(error.detail).toContain(detail)
          expect(readdirSync(directory)).toEqual([])
        }
      }))
  })
})
