import * as SocketFlow from "@effect-smtp/flow/SocketFlow"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Socket from "@effect/platform/Socket"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"

const bytes = (text: string) => new TextEncoder().encode(text)

/** Lets every other fiber run as far as it can. */
const settle = Effect.repeatN(Effect.yieldNow(), 20)

/** A platform's Socket, of web streams, and the test as its peer. */
const connect = (options: SocketFlow.Options = {}) =>
  Effect.gen(function*() {
    const written: Array<Uint8Array> = []
    let peer: ReadableStreamDefaultController<Uint8Array> | undefined
    const socket = yield* Socket.fromTransformStream(Effect.succeed({
      readable: new ReadableStream<Uint8Array>({
        start: (controller) => {
          peer = controller
        }
      }),
      writable: new WritableStream<Uint8Array>({
        write: (chunk) => {
          written.push(chunk)
        }
      })
    }))
    const flow = yield* SocketFlow.make(socket, options)
    return { flow, written, peer: Option.getOrThrow(Option.fromNullable(peer)) }
  })

describe("SocketFlow", () => {
  describe("read", () => {
    it.scopedLive("keeps the order of chunks that arrive at once", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* connect()
        for (let i = 0; i < 100; i++) {
          peer.enqueue(Uint8Array.of(i))
        }
        for (let i = 0; i < 100; i++) {
          expect(yield* flow.read).toEqual(Option.some(Uint8Array.of(i)))
        }
      }))

    it.scopedLive("gives what is there, and then none, when the peer has finished", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* connect()
        peer.enqueue(bytes("last"))
        peer.close()
        expect(yield* flow.read).toEqual(Option.some(bytes("last")))
        expect(yield* flow.read).toEqual(Option.none())
        expect(yield* flow.read).toEqual(Option.none())
        expect((yield* Effect.flip(flow.write(bytes("x")))).reason).toBe("Reset")
      }))

    it.scopedLive("fails with Reset when the connection breaks", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* connect()
        peer.error(new Error("cut"))
        const error = yield* Effect.flip(flow.read)
        expect(error).toMatchObject({ reason: "Reset", during: "read", detail: "cut" })
      }))

    it.scopedLive("fails rather than hold more than its limit", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* connect({ limit: 10 })
        peer.enqueue(bytes("1234567890"))
        yield* settle
        expect(yield* flow.read).toEqual(Option.some(bytes("1234567890")))
        peer.enqueue(bytes("12345678901"))
        const error = yield* Effect.flip(flow.read)
        expect(error.reason).toBe("Other")
        expect(error.detail).toContain("over 10 bytes")
      }))
  })

  describe("write", () => {
    it.scopedLive("hands bytes on in order", () =>
      Effect.gen(function*() {
        const { flow, written } = yield* connect()
        yield* flow.write(bytes("a"))
        yield* flow.write(bytes("b"))
        expect(written).toEqual([bytes("a"), bytes("b")])
      }))
  })

  describe("scope", () => {
    for (const exit of [Exit.void, Exit.fail("anything")]) {
      it.scopedLive(`is closed afterwards (${exit._tag})`, () =>
        Effect.gen(function*() {
          const scope = yield* Scope.make()
          const { flow } = yield* Scope.extend(connect(), scope)
          yield* Scope.close(scope, exit)
          expect((yield* Effect.flip(flow.read)).reason).toBe("Closed")
          expect((yield* Effect.flip(flow.write(bytes("x")))).reason).toBe("Closed")
        }))
    }
  })

  describe("make", () => {
    it.scopedLive("fails as dialing does when the socket cannot be opened", () =>
      Effect.gen(function*() {
        const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })
        const socket = yield* Socket.fromTransformStream(
          Effect.fail(new Socket.SocketGenericError({ reason: "Open", cause: refused }))
        )
        const error = yield* Effect.flip(SocketFlow.make(socket))
        expect(error).toMatchObject({ reason: "Refused", during: "dial" })
      }))
  })

  describe("upgrade", () => {
    it.scopedLive("cannot, unless it is told how", () =>
      Effect.gen(function*() {
        const tls = Tls.client({ serverName: "mx.example" })
        const plain = yield* connect()
        expect((yield* Effect.flip(plain.flow.upgrade(tls))).reason).toBe("Unsupported")
        const able = yield* connect({ upgrade: (flow) => Effect.as(flow.write(bytes("!")), flow) })
        yield* able.flow.upgrade(tls)
        expect(able.written).toEqual([bytes("!")])
      }))
  })
})
