/**
 * FlowContract: what every {@link Flow} promises, as a suite to run over each way of making one.
 *
 * @module
 */
import type { Flow } from "@effect-smtp/flow/Flow"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"

/** How each side of one connection is acquired. Both are run at the same time, once. */
export interface Sides {
  readonly client: Effect.Effect<Flow, FlowError, Scope.Scope>
  readonly server: Effect.Effect<Flow, FlowError, Scope.Scope>
}

/** What is set up before: a bound endpoint, say, that lives as long as the test. */
export type Connection = Effect.Effect<Sides, FlowError, Scope.Scope>

interface Connected {
  readonly client: Flow
  readonly server: Flow
  readonly closeClient: (exit: Exit.Exit<void, string>) => Effect.Effect<void>
}

const connect = (connection: Connection) =>
  Effect.gen(function*() {
    const sides = yield* connection
    const test = yield* Effect.scope
    const scope = yield* Scope.make()
    const [client, server] = yield* Effect.all([
      Scope.extend(sides.client, scope),
      Scope.extend(sides.server, test)
    ], { concurrency: 2 })
    yield* Effect.addFinalizer((exit) => Scope.close(scope, exit))
    const connected: Connected = {
      client,
      server,
      closeClient: (exit) => Scope.close(scope, exit)
    }
    return connected
  })

const bytes = (text: string) => new TextEncoder().encode(text)

/** Reads until there are that many bytes, or the peer has finished. */
const take = (flow: Flow, length: number) =>
  Effect.gen(function*() {
    const all = new Uint8Array(length)
    let filled = 0
    while (filled < length) {
      const chunk = yield* flow.read
      if (Option.isNone(chunk)) {
        break
      }
      expect(chunk.value.length).toBeGreaterThan(0)
      all.set(chunk.value, filled)
      filled += chunk.value.length
    }
    return all.subarray(0, filled)
  })

const text = (flow: Flow, length: number) =>
  Effect.map(take(flow, length), (all) => new TextDecoder().decode(all))

/** Distinguishable bytes: each is a function of its place. */
const pattern = (length: number) =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff)

const same = (one: Uint8Array, other: Uint8Array) =>
  one.length === other.length && one.every((byte, i) => byte === other[i])

const chunksOf = (all: Uint8Array, size: number) =>
  Array.from(
    { length: Math.ceil(all.length / size) },
    (_, i) => all.subarray(i * size, (i + 1) * size)
  )

/** More than loopback sockets hold when nobody reads, and less than is written. */
const lead = 16 * 1024 * 1024

/**
 * Registers the contract's tests under the name. `cutReadsAs` is what a peer reads of a connection
 * that was cut: `"Reset"`, or `"none"` on transports that cannot tell (Unix sockets).
 */
export const suite = (
  name: string,
  connection: Connection,
  cutReadsAs: "Reset" | "none" = "Reset"
): void => {
  const scoped = (title: string, test: (connected: Connected) => Effect.Effect<void, unknown>) =>
    it.scopedLive(title, () => Effect.flatMap(connect(connection), test))

  describe(`FlowContract over ${name}`, () => {
    scoped("carries bytes both ways, in order", ({ client, server }) =>
      Effect.gen(function*() {
        yield* client.write(bytes("EHLO client\r\n"))
        expect(yield* text(server, 13)).toBe("EHLO client\r\n")
        yield* server.write(bytes("250-server\r\n"))
        yield* server.write(bytes("250 SIZE\r\n"))
        expect(yield* text(client, 22)).toBe("250-server\r\n250 SIZE\r\n")
      }))

    scoped(
      "carries much at once, in both directions at the same time",
      ({ client, server }) =>
        Effect.gen(function*() {
          const sent = pattern(700_001)
          const send = (flow: Flow) =>
            Effect.forEach(chunksOf(sent, 9_973), flow.write, { discard: true })
          const [, , up, down] = yield* Effect.all([
            send(client),
            send(server),
            take(server, sent.length),
            take(client, sent.length)
          ], { concurrency: "unbounded" })
          expect(same(up, sent)).toBe(true)
          expect(same(down, sent)).toBe(true)
        })
    )

    scoped("writes nothing as nothing", ({ client, server }) =>
      Effect.gen(function*() {
        yield* client.write(new Uint8Array(0))
        yield* client.write(bytes("x"))
        expect(yield* text(server, 1)).toBe("x")
      }))

    scoped(
      "lets the peer read what was written before an orderly close",
      (connected) =>
        Effect.gen(function*() {
          const sent = pattern(50_000)
          const reader = yield* Effect.fork(take(connected.server, sent.length))
          yield* connected.client.write(sent)
          yield* connected.closeClient(Exit.void)
          expect(same(yield* Fiber.join(reader), sent)).toBe(true)
          expect(yield* connected.server.read).toEqual(Option.none())
          expect(yield* connected.server.read).toEqual(Option.none())
        })
    )

    scoped("wakes a reader when the peer closes", (connected) =>
      Effect.gen(function*() {
        const reader = yield* Effect.fork(connected.server.read)
        yield* Effect.yieldNow()
        yield* connected.closeClient(Exit.void)
        expect(yield* Fiber.join(reader)).toEqual(Option.none())
      }))

    scoped("wakes the peer's reader when it is cut", (connected) =>
      Effect.gen(function*() {
        yield* connected.server.write(bytes("220\r\n"))
        expect(yield* text(connected.client, 5)).toBe("220\r\n")
        const reader = yield* Effect.fork(Effect.either(connected.server.read))
        yield* Effect.yieldNow()
        yield* connected.closeClient(Exit.fail("anything"))
        const seen = Either.match(yield* Fiber.join(reader), {
          onLeft: ({ reason }) => reason,
          onRight: Option.match({ onNone: () => "none", onSome: () => "bytes" })
        })
        expect(seen).toBe(cutReadsAs)
      }))

    scoped("fails with Closed once its own scope is closed", (connected) =>
      Effect.gen(function*() {
        yield* connected.closeClient(Exit.void)
        expect((yield* Effect.flip(connected.client.read)).reason).toBe("Closed")
        expect((yield* Effect.flip(connected.client.write(bytes("x")))).reason).toBe("Closed")
      }))

    scoped(
      "loses nothing when a read is interrupted",
      ({ client, server }) =>
        Effect.gen(function*() {
          let seen = 0
          for (let i = 0; i < 20; i++) {
            const reader = yield* Effect.fork(server.read)
            yield* Effect.yieldNow()
            yield* client.write(bytes("x"))
            const exit = yield* Fiber.interrupt(reader)
            seen += Exit.isSuccess(exit) ? Option.getOrThrow(exit.value).length : 0
          }
          yield* client.write(bytes("end"))
          const rest = "x".repeat(20 - seen) + "end"
          expect(yield* text(server, rest.length)).toBe(rest)
        })
    )

    scoped("makes a writer wait for its reader", ({ client, server }) =>
      Effect.gen(function*() {
        const chunk = pattern(65_536)
        const count = 1.5 * lead / chunk.length
        let written = 0
        const writer = yield* Effect.fork(Effect.repeatN(
          Effect.tap(client.write(chunk), () => {
            written += chunk.length
          }),
          count - 1
        ))
        let read = 0
        let ahead = 0
        while (read < count * chunk.length) {
          read += Option.getOrThrow(yield* server.read).length
          ahead = Math.max(ahead, written - read)
        }
        yield* Fiber.join(writer)
        expect(read).toBe(written)
        expect(ahead).toBeLessThan(lead)
      }))
  })
}
