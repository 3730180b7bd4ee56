import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import type { Direction } from "@effect-smtp/flow/Tap"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as Fault from "../src/Fault.js"
import * as FaultyFlow from "../src/FaultyFlow.js"
import * as FlowContract from "../src/FlowContract.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** What a read gives: text, `null` at the end, or the reason of its failure. */
const read = (flow: Flow) =>
  Effect.match(flow.read, {
    onFailure: ({ reason }) => `<${reason}>`,
    onSuccess: Option.match({ onNone: () => null, onSome: text })
  })

const reads = (flow: Flow, times: number) => Effect.replicateEffect(read(flow), times)

const write = (flow: Flow, said: string) =>
  Effect.match(flow.write(bytes(said)), {
    onFailure: ({ reason }) => `<${reason}>`,
    onSuccess: () => "written"
  })

/** A connection whose second end has faults. */
const pair = (...faults: ReadonlyArray<Fault.Fault>) =>
  Effect.gen(function*() {
    const [peer, flow] = yield* MemoryNetwork.pair()
    return { peer, flow: yield* FaultyFlow.make(Effect.succeed(flow), faults) }
  })

/** When the effect is done, by the clock of the test; the clock runs up to a minute. */
const timed = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.fork(Effect.zip(effect, Clock.currentTimeMillis))
    yield* TestClock.adjust("1 minute")
    const [value, end] = yield* Fiber.join(fiber)
    return { value, millis: end - start }
  })

const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })

/** Both ends of a connection on a network whose dialer or listener has faults. */
const connect = Effect.gen(function*() {
  const { dial } = yield* Dialer.Dialer
  const { listen } = yield* Listener.Listener
  const bound = yield* listen(endpoint)
  return Effect.all({ client: dial(endpoint), server: bound.accept }, { concurrency: 2 })
})

const memory = MemoryNetwork.layer({ upgrade: NodeTls.wrap })
const dialing = (faults: FaultyFlow.Faults) =>
  FaultyFlow.dialer(faults).pipe(Layer.provideMerge(memory))
const listening = (faults: FaultyFlow.Faults) =>
  FaultyFlow.listener(faults).pipe(Layer.provideMerge(memory))

describe("FaultyFlow", () => {
  describe("Delay", () => {
    it.scoped("makes what is read come later, whatever size it has", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(Fault.Delay({ direction: "in", by: "2 seconds" }))
        yield* peer.write(bytes("220 hi\r\n"))
        expect(yield* timed(read(flow))).toEqual({ value: "220 hi\r\n", millis: 2000 })
        expect(yield* timed(write(flow, "QUIT"))).toEqual({ value: "written", millis: 0 })
      }))

    it.scoped("makes what is written go later", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(Fault.Delay({ direction: "out", by: "2 seconds" }))
        yield* Effect.fork(write(flow, "QUIT"))
        expect(yield* timed(read(peer))).toEqual({ value: "QUIT", millis: 2000 })
      }))

    it.scoped("loses nothing when a read is interrupted, and time runs on", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(Fault.Delay({ direction: "in", by: "2 seconds" }))
        yield* peer.write(bytes("220"))
        const reading = yield* Effect.fork(read(flow))
        yield* TestClock.adjust("1500 millis")
        expect(Exit.isInterrupted(yield* Fiber.interrupt(reading))).toBe(true)
        expect(yield* timed(read(flow))).toEqual({ value: "220", millis: 500 })
      }))
  })

  describe("Drip", () => {
    it.scoped("hands out so many bytes at a time", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(
          Fault.Drip({ direction: "in", bytes: 2, every: "3 seconds" })
        )
        yield* peer.write(bytes("abcde"))
        yield* peer.end
        expect(yield* timed(reads(flow, 5))).toEqual({
          value: ["ab", "cd", "e", null, null],
          millis: 9000
        })
      }))

    it.scoped("writes so many bytes at a time", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(
          Fault.Drip({ direction: "out", bytes: 2, every: "3 seconds" })
        )
        yield* Effect.fork(write(flow, "abcde"))
        expect(yield* timed(reads(peer, 3))).toEqual({ value: ["ab", "cd", "e"], millis: 9000 })
      }))
  })

  it.scoped("a slow write that is interrupted has written whole pieces", () =>
    Effect.gen(function*() {
      const { flow, peer } = yield* pair(
        Fault.Drip({ direction: "out", bytes: 2, every: "3 seconds" })
      )
      const writing = yield* Effect.fork(write(flow, "abcde"))
      yield* TestClock.adjust("7 seconds")
      expect(Exit.isInterrupted(yield* Fiber.interrupt(writing))).toBe(true)
      yield* TestClock.adjust("1 minute")
      yield* peer.write(bytes("220"))
      expect(yield* reads(peer, 2)).toEqual(["ab", "cd"])
      expect(yield* read(flow)).toBe("220")
    }))

  describe("Bandwidth", () => {
    const sent = new Uint8Array(2500).fill(97)

    it.scoped("takes the time that the bytes need", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(
          Fault.Bandwidth({ direction: "out", bytesPerSecond: 1000 })
        )
        expect(yield* timed(flow.write(sent))).toMatchObject({ millis: 2500 })
        yield* peer.write(sent.subarray(0, 350))
        expect(yield* timed(flow.read)).toMatchObject({ millis: 0 })
      }))

    it.scoped("lets bytes through steadily", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(
          Fault.Bandwidth({ direction: "in", bytesPerSecond: 1000 })
        )
        yield* peer.write(sent)
        expect(yield* timed(flow.read)).toEqual({
          value: Option.some(sent.subarray(0, 100)),
          millis: 100
        })
      }))
  })

  describe("Vanish", () => {
    it.scoped("gives so many bytes, then nothing, and fails nothing", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(Fault.Vanish({ direction: "in", after: 4 }))
        yield* peer.write(bytes("220 hi"))
        expect(yield* read(flow)).toBe("220 ")
        yield* peer.end
        const reading = yield* Effect.fork(read(flow))
        expect(yield* write(flow, "lost")).toBe("written")
        yield* TestClock.adjust("1 day")
        expect(yield* Fiber.poll(reading)).toEqual(Option.none())
        expect(Exit.isInterrupted(yield* Fiber.interrupt(reading))).toBe(true)
        expect(yield* Effect.timeoutOption(peer.read, 0)).toEqual(Option.none())
      }))

    it.scoped("loses what is written after so many bytes, and what would be read then", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(Fault.Vanish({ direction: "out", after: 4 }))
        const reading = yield* Effect.fork(read(flow))
        expect(yield* write(flow, "QUIT\r\n")).toBe("written")
        expect(yield* write(flow, "more")).toBe("written")
        yield* peer.write(bytes("221"))
        yield* TestClock.adjust("1 day")
        expect(yield* read(peer)).toBe("QUIT")
        expect(yield* Fiber.poll(reading)).toEqual(Option.none())
        yield* Fiber.interrupt(reading)
      }))

    it.effect("lets go of who still reads when the connection is closed", () =>
      Effect.gen(function*() {
        const scope = yield* Scope.make()
        const { flow } = yield* Scope.extend(
          pair(Fault.Vanish({ direction: "in", after: 0 })),
          scope
        )
        const reading = yield* Effect.fork(read(flow))
        const upgrading = yield* Effect.fork(
          Effect.flip(Effect.scoped(flow.upgrade(Tls.client({ serverName: "x" }))))
        )
        yield* Effect.yieldNow()
        yield* Scope.close(scope, Exit.void)
        expect(yield* Fiber.join(reading)).toBe("<Closed>")
        expect(yield* Fiber.join(upgrading)).toMatchObject({ reason: "Closed" })
      }))
  })

  describe("Reset", () => {
    it.scoped("fails on this side after so many bytes read, in both directions", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(Fault.Reset({ direction: "in", after: 4 }))
        yield* peer.write(bytes("220 hi"))
        expect(yield* reads(flow, 3)).toEqual(["220 ", "<Reset>", "<Reset>"])
        expect(yield* write(flow, "QUIT")).toBe("<Reset>")
      }))

    it.scoped("fails the write that goes too far, once the rest has gone", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(Fault.Reset({ direction: "out", after: 4 }))
        expect(yield* write(flow, "QU")).toBe("written")
        expect(yield* write(flow, "IT\r\n")).toBe("<Reset>")
        expect(yield* reads(peer, 2)).toEqual(["QU", "IT"])
        expect(yield* read(flow)).toBe("<Reset>")
      }))

    it.scoped("cuts the connection: the peer sees it, too, and so does who waits", () =>
      Effect.gen(function*() {
        const { client, server } = yield* yield* connect
        const waiting = yield* Effect.fork(read(client))
        const peerWaiting = yield* Effect.fork(reads(server, 2))
        yield* Effect.yieldNow()
        expect(yield* write(client, "EHLO a\r\n")).toBe("written")
        expect(yield* Fiber.join(waiting)).toBe("<Reset>")
        expect((yield* Fiber.join(peerWaiting)).at(-1)).toBe("<Reset>")
        expect(yield* write(client, "QUIT\r\n")).toBe("<Reset>")
      }).pipe(Effect.provide(dialing(() => [Fault.Reset({ direction: "out", after: 8 })]))))

    it.scoped("may come before the first byte", () =>
      Effect.gen(function*() {
        const { client, server } = yield* yield* connect
        expect(yield* read(server)).toBe("<Reset>")
        expect(yield* read(client)).toBe("<Reset>")
      }).pipe(Effect.provide(listening(() => [Fault.Reset({ direction: "in", after: 0 })]))))
  })

  describe("HalfClose", () => {
    it.scoped("ends what is read, not what is written", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(Fault.HalfClose({ after: 3 }))
        yield* peer.write(bytes("QU"))
        yield* peer.write(bytes("IT\r\n"))
        expect(yield* reads(flow, 4)).toEqual(["QU", "I", null, null])
        expect(yield* write(flow, "221")).toBe("written")
        expect(yield* read(peer)).toBe("221")
        expect(yield* Effect.flip(flow.upgrade(Tls.client({ serverName: "x" })))).toMatchObject({
          reason: "Handshake"
        })
      }))
  })

  describe("Garbage", () => {
    const noise = bytes("%%")

    it.scoped.prop(
      "stands after so many bytes, wherever they are cut",
      [
        FastCheck.array(FastCheck.string({ unit: "binary-ascii", minLength: 1, maxLength: 5 })),
        FastCheck.nat(20),
        FastCheck.constantFrom<Direction>("in", "out")
      ],
      ([pieces, after, direction]) =>
        Effect.gen(function*() {
          const { flow, peer } = yield* pair(Fault.Garbage({ direction, after, bytes: noise }))
          const [from, to] = direction === "in" ? [peer, flow] : [flow, peer]
          yield* Effect.forEach(pieces, (piece) => from.write(bytes(piece)))
          const sent = pieces.join("")
          const reached = sent.length >= after && (direction === "in" || sent !== "")
          const expected = reached ? `${sent.slice(0, after)}%%${sent.slice(after)}` : sent
          let seen = ""
          while (seen.length < expected.length) seen += yield* read(to)
          expect(seen).toBe(expected)
        })
    )

    it.scoped("N4, N5: cannot get behind an upgrade", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(
          Fault.Garbage({ direction: "in", after: 3, bytes: noise })
        )
        yield* peer.write(bytes("220"))
        expect(yield* read(flow)).toBe("220")
        const error = yield* Effect.flip(flow.upgrade(Tls.client({ serverName: "x" })))
        expect(error).toMatchObject({ reason: "Handshake", during: "upgrade" })
      }))
  })

  describe("upgrades", () => {
    const made = Effect.runSync(Effect.cached(
      NodeCertificate.selfSigned({ names: ["mx.example"], notBefore: Date.now() - 86_400_000 })
    ))
    const handshake = ({ client, server }: { readonly client: Flow; readonly server: Flow }) =>
      Effect.gen(function*() {
        const { identity } = yield* made
        const tls = Tls.client({ serverName: "mx.example", ca: [identity.certificate] })
        const answering = yield* Effect.forkScoped(server.upgrade(Tls.server({ identity })))
        const secure = yield* client.upgrade(tls)
        return { client: secure, server: yield* Fiber.join(answering) }
      })

    it.scopedLive("BadCertificate: this side does not trust the other", () =>
      Effect.gen(function*() {
        const { client } = yield* yield* connect
        const error = yield* Effect.flip(client.upgrade(Tls.client({ serverName: "mx.example" })))
        expect(error).toMatchObject({ reason: "Certificate", during: "upgrade" })
      }).pipe(Effect.provide(dialing(() => [Fault.BadCertificate()]))))

    it.scopedLive("WrongIdentity: a real handshake, with another certificate", () =>
      Effect.gen(function*() {
        const other = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
        const error = yield* Effect.flatten(connect).pipe(
          Effect.flatMap(handshake),
          Effect.flip,
          Effect.provide(listening(() => [Fault.WrongIdentity({ identity: other.identity })]))
        )
        expect(error).toMatchObject({ reason: "Certificate", during: "upgrade" })
      }))

    it.scopedLive("other faults go on in the clear text inside TLS, where they had stopped", () =>
      Effect.gen(function*() {
        const { client, server } = yield* yield* connect
        yield* server.write(bytes("220"))
        expect(yield* read(client)).toBe("220")
        const secure = yield* handshake({ client, server })
        yield* secure.server.write(bytes("250 hi"))
        expect(secure.client.peer.tls._tag).toBe("Some")
        expect(yield* reads(secure.client, 4)).toEqual(["250 ", "%%", "hi", "<Reset>"])
      }).pipe(Effect.provide(dialing(() => [
        Fault.Garbage({ direction: "in", after: 7, bytes: bytes("%%") }),
        Fault.Reset({ direction: "in", after: 11 })
      ]))))
  })

  describe("several faults", () => {
    it.scoped("are done one upon the other, the first nearest to the network", () =>
      Effect.gen(function*() {
        const { flow, peer } = yield* pair(
          Fault.Garbage({ direction: "in", after: 1, bytes: bytes("%%") }),
          Fault.HalfClose({ after: 4 }),
          Fault.Drip({ direction: "in", bytes: 3, every: "1 second" })
        )
        yield* peer.write(bytes("abcdef"))
        expect(yield* timed(reads(flow, 4))).toEqual({
          value: ["a", "%%", "b", null],
          millis: 3000
        })
      }))

    it.scoped("are had by each connection for itself", () =>
      Effect.gen(function*() {
        const { dial } = yield* Dialer.Dialer
        const { listen } = yield* Listener.Listener
        const bound = yield* listen(endpoint)
        const heard = yield* Effect.replicateEffect(
          Effect.scoped(Effect.gen(function*() {
            const client = yield* dial(endpoint)
            const server = yield* bound.accept
            yield* server.write(bytes("220 hi"))
            return yield* reads(client, 1)
          })),
          3
        )
        expect(heard).toEqual([["22"], ["220 "], ["220 hi"]])
      }).pipe(Effect.provide(dialing((connection) =>
        connection < 2 ? [Fault.HalfClose({ after: 2 * (connection + 1) })] : []
      ))))

    it.scoped("do not count connections that were not opened", () =>
      Effect.gen(function*() {
        const { dial } = yield* Dialer.Dialer
        expect(yield* Effect.flip(dial(endpoint))).toMatchObject({ reason: "NotFound" })
        const { client } = yield* yield* connect
        expect(yield* read(client)).toBe(null)
      }).pipe(Effect.provide(dialing((connection) =>
        connection === 0 ? [Fault.HalfClose({ after: 0 })] : []
      ))))
  })

  /** Faults that never happen, or take no time, change nothing that a flow promises. */
  FlowContract.suite(
    "faults that do not show",
    Effect.gen(function*() {
      const never = 1e12
      const quiet = (direction: Direction): ReadonlyArray<Fault.Fault> => [
        Fault.Vanish({ direction, after: never }),
        Fault.Drip({ direction, bytes: never, every: 0 }),
        Fault.Reset({ direction, after: never }),
        Fault.Garbage({ direction, after: never, bytes: bytes("%%") }),
        Fault.HalfClose({ after: never })
      ]
      const network = yield* MemoryNetwork.make()
      const bound = yield* network.listen(endpoint)
      const faults = [...quiet("in"), ...quiet("out")]
      return {
        client: FaultyFlow.make(network.dial(endpoint), faults),
        server: FaultyFlow.make(bound.accept, faults)
      }
    })
  )
})
