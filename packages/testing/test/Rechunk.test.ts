import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Rechunk from "../src/Rechunk.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const texts = (chunks: Rechunk.Chunks) => chunks.map(text)

/** What so many reads hand out. */
const read = (flow: Flow, times: number) =>
  Effect.map(
    Effect.replicateEffect(flow.read, times),
    (chunks) => chunks.map((chunk) => Option.match(chunk, { onNone: () => null, onSome: text }))
  )

/** An upgrade that stands in for TLS: the same bytes, and the fact that it was asked for. */
const asked: Array<Tls.Options> = []
const pretend = (flow: Flow, tls: Tls.Options) =>
  Effect.sync(() => {
    asked.push(tls)
    return { ...flow, peer: { ...flow.peer, local: Endpoint.Unix({ path: "secure" }) } }
  })

describe("Rechunk", () => {
  describe("of bytes", () => {
    it("cuts in two everywhere", () => {
      expect(Rechunk.splits(bytes("ab")).map(texts)).toEqual([["", "ab"], ["a", "b"], ["ab", ""]])
      expect(Rechunk.splits(new Uint8Array()).map(texts)).toEqual([["", ""]])
    })

    it("cuts in pieces of n", () => {
      expect(texts(Rechunk.chunksOf(bytes("abcde"), 2))).toEqual(["ab", "cd", "e"])
      expect(texts(Rechunk.chunksOf(bytes("abcd"), 2))).toEqual(["ab", "cd"])
      expect(Rechunk.chunksOf(new Uint8Array(), 2)).toEqual([])
      expect(texts(Rechunk.everyByte(bytes("abc")))).toEqual(["a", "b", "c"])
    })

    it.prop(
      "loses nothing and makes no empty pieces",
      [FastCheck.uint8Array(), FastCheck.integer({ min: 1, max: 9 })],
      ([input, n]) => {
        const chunks = Rechunk.chunksOf(input, n)
        expect(chunks.flatMap((chunk) => [...chunk])).toEqual([...input])
        expect(chunks.every((chunk) => chunk.length > 0 && chunk.length <= n)).toBe(true)
        for (const split of Rechunk.splits(input)) {
          expect(split.flatMap((chunk) => [...chunk])).toEqual([...input])
        }
      }
    )
  })

  describe("of a flow", () => {
    it.scoped("hands out at most n bytes at a time, then the end", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair()
        const rechunked = Rechunk.withChunks(other, 2)
        yield* one.write(bytes("abcde"))
        yield* one.end
        expect(yield* read(rechunked, 5)).toEqual(["ab", "cd", "e", null, null])
      }))

    it.scoped("passes on at most n bytes at a time", () =>
      Effect.gen(function*() {
        const written: Array<string> = []
        const [one] = yield* MemoryNetwork.pair()
        const spy: Flow = {
          ...one,
          write: (bytes) => Effect.sync(() => void written.push(text(bytes)))
        }
        yield* Rechunk.oneByte(spy).write(bytes("abc"))
        yield* Rechunk.withChunks(spy, 2).write(bytes("de"))
        expect(written).toEqual(["a", "b", "c", "de"])
      }))

    it.scoped("loses no bytes when a read is interrupted", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair()
        const rechunked = Rechunk.oneByte(other)
        const reading = yield* Effect.fork(rechunked.read)
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(reading)
        yield* one.write(bytes("ab"))
        expect(yield* read(rechunked, 2)).toEqual(["a", "b"])
      }))

    it.scoped("stays rechunked over an upgrade", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair({ upgrade: pretend })
        const tls = Tls.client({ serverName: "mx.example" })
        const secure = yield* Rechunk.oneByte(other).upgrade(tls)
        expect(asked).toEqual([tls])
        expect(secure.peer.local).toEqual(Endpoint.Unix({ path: "secure" }))
        yield* one.write(bytes("ab"))
        expect(yield* read(secure, 2)).toEqual(["a", "b"])
      }))

    it.scoped("N4, N5: clear text it holds never surfaces behind an upgrade", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair({ upgrade: pretend })
        const rechunked = Rechunk.oneByte(other)
        yield* one.write(bytes("ab"))
        expect(yield* read(rechunked, 1)).toEqual(["a"])
        const error = yield* Effect.flip(rechunked.upgrade(Tls.client({ serverName: "x" })))
        expect(error).toMatchObject({ reason: "Handshake", during: "upgrade" })
      }))
  })

  describe("of layers", () => {
    const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })
    const network = MemoryNetwork.layer()

    const converse = Effect.gen(function*() {
      const listener = yield* Listener.Listener
      const dialer = yield* Dialer.Dialer
      const bound = yield* listener.listen(endpoint)
      const client = yield* dialer.dial(endpoint)
      const server = yield* bound.accept
      yield* client.write(bytes("ab"))
      yield* server.write(bytes("cd"))
      return [yield* read(client, 1), yield* read(server, 1)]
    })

    it.scoped("leave the flows of others alone", () =>
      Effect.gen(function*() {
        expect(yield* converse).toEqual([["cd"], ["ab"]])
      }).pipe(Effect.provide(network)))

    it.scoped("cut what the dialer's flows read and write", () =>
      Effect.gen(function*() {
        expect(yield* converse).toEqual([["c"], ["a"]])
      }).pipe(Effect.provide(Rechunk.dialer(1).pipe(Layer.provideMerge(network)))))

    it.scoped("cut what the listener's flows read and write", () =>
      Effect.gen(function*() {
        expect(yield* converse).toEqual([["c"], ["a"]])
      }).pipe(Effect.provide(Rechunk.listener(1).pipe(Layer.provideMerge(network)))))
  })
})
