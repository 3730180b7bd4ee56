import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type * as Flow from "@effect-smtp/flow/Flow"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tap from "@effect-smtp/flow/Tap"
import * as Tls from "@effect-smtp/flow/Tls"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"

const bytes = (text: string) => new TextEncoder().encode(text)

describe("Tap", () => {
  describe("make", () => {
    it.scoped("tells what was read and written, when, and how it ended", () =>
      Effect.gen(function*() {
        const { events, sink } = yield* Tap.collect
        const [near, far] = yield* MemoryNetwork.pair()
        yield* Effect.scoped(Effect.gen(function*() {
          const flow = yield* Tap.make(near, sink)
          yield* flow.write(bytes("a"))
          yield* TestClock.adjust(5)
          yield* far.write(bytes("b"))
          yield* far.end
          yield* flow.read
          yield* flow.read
          yield* near.reset
          yield* Effect.flip(flow.write(bytes("c")))
        }))
        expect((yield* events).map((event) => [event._tag, event.at])).toEqual([
          ["Bytes", 0],
          ["Bytes", 5],
          ["Ended", 5],
          ["Bytes", 5],
          ["Failed", 5],
          ["Closed", 5]
        ])
        expect((yield* events)[1]).toMatchObject({ direction: "in", bytes: bytes("b") })
      }))

    it.scoped("goes on in the secure flow", () =>
      Effect.gen(function*() {
        const { events, sink } = yield* Tap.collect
        const upgrade: Flow.Upgrade = (flow) =>
          Effect.succeed({ ...flow, read: Effect.succeedSome(bytes("inside")) })
        const [near] = yield* MemoryNetwork.pair({ upgrade })
        const plain = yield* Tap.make(near, sink)
        const secure = yield* plain.upgrade(Tls.client({ serverName: "mx.example" }))
        yield* secure.read
        expect((yield* events).map((event) => event._tag)).toEqual(["Upgraded", "Bytes"])
      }))
  })

  describe("dialer", () => {
    it.scoped("gives each connection a sink of its own", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        const bound = yield* network.listen(Endpoint.Tcp({ host: "mx", port: 25 }))
        const collectors: Array<Tap.Collector> = []
        const dialer = Tap.dialer(network, () =>
          Effect.map(Tap.collect, (collector) => {
            collectors.push(collector)
            return collector.sink
          }))
        for (const text of ["one", "two"]) {
          const flow = yield* dialer.dial(bound.endpoint)
          yield* flow.write(bytes(text))
          const far = yield* bound.accept
          expect(yield* far.read).toEqual(Option.some(bytes(text)))
        }
        const seen = yield* Effect.forEach(collectors, ({ events }) => events)
        expect(seen.map((events) => events.length)).toEqual([1, 1])
      }))
  })
})
