import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (chunk: Option.Option<Uint8Array>) =>
  Option.getOrUndefined(Option.map(chunk, (_) => new TextDecoder().decode(_)))

/** Lets every other fiber run as far as it can. */
const settle = Effect.repeatN(Effect.yieldNow(), 10)

const readAll = (flow: MemoryNetwork.MemoryFlow) =>
  Effect.gen(function*() {
    const parts: Array<number> = []
    for (;;) {
      const chunk = yield* flow.read
      if (Option.isNone(chunk)) {
        return parts
      }
      parts.push(...chunk.value)
    }
  })

const tcp = (host: string, port: number) => Endpoint.Tcp({ host, port })

describe("MemoryNetwork", () => {
  describe("pair", () => {
    it.scoped("carries bytes both ways and ends each way on its own", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair()
        yield* one.write(bytes("EHLO x\r\n"))
        expect(text(yield* other.read)).toBe("EHLO x\r\n")
        yield* one.end
        expect(yield* other.read).toEqual(Option.none())
        expect(yield* other.read).toEqual(Option.none())
        yield* other.write(bytes("250 x\r\n"))
        expect(text(yield* one.read)).toBe("250 x\r\n")
        expect((yield* Effect.flip(one.write(bytes("x")))).reason).toBe("Closed")
      }))

    it.scoped("hands the reader memory of its own", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair()
        const written = bytes("abc")
        yield* one.write(written)
        yield* one.write(written)
        const first = Option.getOrThrow(yield* other.read)
        first[0] = 0
        expect(text(yield* other.read)).toBe("abc")
        expect(written[0]).toBe(97)
      }))

    it.scoped("lets a writer wait while the pipe is full, and go on as it drains", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair({ capacity: 4 })
        const writer = yield* Effect.fork(one.write(bytes("abcdefghij")))
        yield* settle
        expect(yield* Fiber.poll(writer)).toEqual(Option.none())
        expect(text(yield* other.read)).toBe("abcd")
        yield* settle
        expect(yield* Fiber.poll(writer)).toEqual(Option.none())
        expect(text(yield* other.read)).toBe("efgh")
        yield* Fiber.join(writer)
        expect(text(yield* other.read)).toBe("ij")
      }))

    it.scoped("leaves a prefix behind when a write is interrupted", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair({ capacity: 4 })
        const writer = yield* Effect.fork(one.write(bytes("abcdef")))
        yield* settle
        yield* Fiber.interrupt(writer)
        yield* one.end
        expect(yield* readAll(other)).toEqual(Array.from(bytes("abcd")))
      }))

    it.scoped("loses nothing when a read is interrupted", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair()
        const reader = yield* Effect.fork(other.read)
        yield* settle
        yield* one.write(bytes("x"))
        yield* Fiber.interrupt(reader)
        yield* one.write(bytes("y"))
        const exit = yield* Fiber.await(reader)
        const seen = Exit.isSuccess(exit) ? text(exit.value) : text(yield* other.read)
        expect(seen).toBe("x")
        expect(text(yield* other.read)).toBe("y")
      }))

    it.scoped("fails the peer with Reset and itself with Closed when it is cut", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair()
        yield* one.write(bytes("lost"))
        const reader = yield* Effect.fork(Effect.flip(one.read))
        yield* settle
        yield* one.reset
        expect((yield* Fiber.join(reader)).reason).toBe("Closed")
        expect((yield* Effect.flip(one.write(bytes("x")))).reason).toBe("Closed")
        expect((yield* Effect.flip(other.read)).reason).toBe("Reset")
        expect((yield* Effect.flip(other.write(bytes("x")))).reason).toBe("Reset")
      }))

    it.scoped("cannot upgrade unless it is told how", () =>
      Effect.gen(function*() {
        const tls = Tls.client({ serverName: "mx.example" })
        const [plain] = yield* MemoryNetwork.pair()
        expect((yield* Effect.flip(plain.upgrade(tls))).reason).toBe("Unsupported")
        const [able, peer] = yield* MemoryNetwork.pair({
          upgrade: (flow, options) =>
            Effect.as(flow.write(bytes(options._tag)), { ...flow, write: () => Effect.void })
        })
        yield* able.upgrade(tls)
        expect(text(yield* peer.read)).toBe("Client")
      }))

    it.effect.prop(
      "carries any chunks through any capacity, in order",
      [
        FastCheck.array(FastCheck.uint8Array({ maxLength: 40 }), { maxLength: 20 }),
        FastCheck.integer({ min: 1, max: 50 })
      ],
      ([chunks, capacity]) =>
        Effect.scoped(Effect.gen(function*() {
          const [one, other] = yield* MemoryNetwork.pair({ capacity })
          const writer = yield* Effect.fork(
            Effect.zipRight(Effect.forEach(chunks, one.write, { discard: true }), one.end)
          )
          expect(yield* readAll(other)).toEqual(chunks.flatMap((chunk) => Array.from(chunk)))
          yield* Fiber.join(writer)
        }))
    )
  })

  describe("scope", () => {
    const closed = (exit: Exit.Exit<void, string>) =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        const bound = yield* network.listen(tcp("mx", 25))
        const scope = yield* Scope.make()
        const near = yield* Scope.extend(network.dial(tcp("mx", 25)), scope)
        const far = yield* bound.accept
        yield* near.write(bytes("QUIT\r\n"))
        yield* Scope.close(scope, exit)
        return { near, far }
      })

    for (
      const [name, exit] of [
        ["success", Exit.void],
        ["interruption", Exit.interrupt(FiberId.none)]
      ] as const
    ) {
      it.scoped(`closes in order after ${name}`, () =>
        Effect.gen(function*() {
          const { far, near } = yield* closed(exit)
          expect(text(yield* far.read)).toBe("QUIT\r\n")
          expect(yield* far.read).toEqual(Option.none())
          expect((yield* Effect.flip(far.write(bytes("221\r\n")))).reason).toBe("Reset")
          expect((yield* Effect.flip(near.read)).reason).toBe("Closed")
        }))
    }

    it.scoped("cuts the connection after a failure", () =>
      Effect.gen(function*() {
        const { far } = yield* closed(Exit.fail("anything"))
        expect((yield* Effect.flip(far.read)).reason).toBe("Reset")
      }))
  })

  describe("endpoints", () => {
    it.scoped("connects whoever dials with whoever listens, under both names", () =>
      Effect.gen(function*() {
        const bound = yield* Effect.flatMap(Listener.Listener, (_) => _.listen(tcp("mx", 25)))
        const near = yield* Effect.flatMap(Dialer.Dialer, (_) => _.dial(tcp("mx", 25)))
        const far = yield* bound.accept
        yield* near.write(bytes("hello"))
        expect(text(yield* far.read)).toBe("hello")
        expect(near.peer.remote).toEqual(tcp("mx", 25))
        expect(far.peer.local).toEqual(tcp("mx", 25))
        expect(far.peer.remote).toEqual(near.peer.local)
      }).pipe(Effect.provide(MemoryNetwork.layer())))

    it.scoped("tells the unknown host from the closed port", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        yield* network.listen(tcp("mx", 25))
        expect((yield* Effect.flip(network.dial(tcp("mx", 26)))).reason).toBe("Refused")
        expect((yield* Effect.flip(network.dial(tcp("other", 25)))).reason).toBe("NotFound")
        expect((yield* Effect.flip(network.dial(Endpoint.Unix({ path: "/s" })))).reason)
          .toBe("NotFound")
      }))

    it.scoped("gives free numbers and refuses one in use", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        const one = yield* network.listen(tcp("mx", 0))
        const other = yield* network.listen(tcp("mx", 0))
        expect(one.endpoint).not.toEqual(other.endpoint)
        yield* network.dial(other.endpoint)
        yield* other.accept
        expect((yield* Effect.flip(network.listen(one.endpoint))).reason).toBe("Refused")
      }))

    it.scoped("is free again once its scope is closed", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        yield* Effect.scoped(network.listen(tcp("mx", 25)))
        expect((yield* Effect.flip(network.dial(tcp("mx", 25)))).reason).toBe("NotFound")
        yield* network.listen(tcp("mx", 25))
      }))
  })

  describe("queue", () => {
    it.scoped("lets dialers wait while it is full", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make({ backlog: 1 })
        const bound = yield* network.listen(tcp("mx", 25))
        yield* network.dial(tcp("mx", 25))
        const waiting = yield* Effect.fork(network.dial(tcp("mx", 25)))
        const leaving = yield* Effect.fork(network.dial(tcp("mx", 25)))
        yield* settle
        expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
        yield* Fiber.interrupt(leaving)
        yield* bound.accept
        const near = yield* Fiber.join(waiting)
        const far = yield* bound.accept
        expect(far.peer.remote).toEqual(near.peer.local)
      }))

    it.scoped("accepts in order, and an interrupted accept takes nobody away", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        const bound = yield* network.listen(tcp("mx", 25))
        const accepting = yield* Effect.fork(bound.accept)
        yield* settle
        yield* Fiber.interrupt(accepting)
        const near = yield* Effect.replicateEffect(network.dial(tcp("mx", 25)), 3)
        const far = yield* Effect.replicateEffect(bound.accept, 3)
        expect(far.map((flow) => flow.peer.remote)).toEqual(near.map((flow) => flow.peer.local))
      }))

    it.scoped("is cut, and its waiters refused, when the endpoint is closed", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make({ backlog: 1 })
        const scope = yield* Scope.make()
        const bound = yield* Scope.extend(network.listen(tcp("mx", 25)), scope)
        const near = yield* network.dial(tcp("mx", 25))
        const waiting = yield* Effect.fork(Effect.flip(network.dial(tcp("mx", 25))))
        yield* settle
        yield* Scope.close(scope, Exit.void)
        expect((yield* Effect.flip(near.read)).reason).toBe("Reset")
        expect((yield* Fiber.join(waiting)).reason).toBe("Refused")
        expect((yield* Effect.flip(bound.accept)).reason).toBe("Closed")
      }))

    it.scoped("wakes a pending accept when the endpoint is closed", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        const scope = yield* Scope.make()
        const bound = yield* Scope.extend(network.listen(tcp("mx", 25)), scope)
        const accepting = yield* Effect.fork(Effect.flip(bound.accept))
        yield* settle
        yield* Scope.close(scope, Exit.void)
        expect((yield* Fiber.join(accepting)).reason).toBe("Closed")
      }))
  })
})
