import * as Resolver from "@effect-smtp/client/Resolver"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as NodeResolver from "@effect-smtp/node/NodeResolver"
import * as NameServer from "@effect-smtp/testing/NameServer"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Dgram from "node:dgram"

const zone: NameServer.Zone = {
  "mx.example": {
    mx: [{ preference: 10, exchange: "one.example" }, { preference: 5, exchange: "Two.example" }]
  },
  "many.example": {
    mx: Array.from({ length: 10 }, (_, preference) => ({ preference, exchange: `${preference}.a` }))
  },
  "none.example": { a: ["127.0.0.1"] },
  "null.example": { mx: [{ preference: 0, exchange: "" }] },
  "odd.example": { mx: [{ preference: 0, exchange: "192.0.2.1" }] },
  "both.example": { a: ["127.0.0.1"], aaaa: ["0:0:0:0:0:0:0:1"] },
  "broken.example": "ServerFailure",
  "closed.example": "Refused",
  "silent.example": "Silence",
  "quiet.example": "Silence"
}

const served = Effect.suspend(() => NameServer.serve(Dgram.createSocket("udp4"), zone))

const domain = (text: string) => Either.getOrThrow(Domain.parse(text))

/** What the server has to say of the domain. */
const ask = (text: string, options: NodeResolver.Options = {}) =>
  Effect.gen(function*() {
    const { port } = yield* served
    const { exchanges } = NodeResolver.make({ servers: [`127.0.0.1:${port}`], ...options })
    return yield* exchanges(domain(text))
  })

const host = (first: string) => ({ _tag: "Name", labels: [first, "example"] })

const patience: NodeResolver.Options = { timeout: "100 millis", tries: 1 }

describe("NodeResolver", () => {
  describe("exchanges", () => {
    it.scopedLive("F7: are the MX records of a domain, equal ones, too", () =>
      Effect.gen(function*() {
        const found = yield* ask("MX.example")
        expect(found).toHaveLength(2)
        expect(found).toContainEqual({ _tag: "Host", preference: 10, host: host("one") })
        expect(found).toContainEqual({ _tag: "Host", preference: 5, host: host("Two") })
        expect(yield* ask("many.example")).toHaveLength(10)
      }))

    it.scopedLive("F7: tell a domain without any from one that takes no mail, and from rubbish", () =>
      Effect.gen(function*() {
        expect(yield* ask("none.example")).toEqual([])
        expect(yield* ask("null.example")).toEqual([{ _tag: "Nowhere", preference: 0 }])
        expect(yield* ask("odd.example")).toEqual([
          { _tag: "Unusable", preference: 0, name: "192.0.2.1" }
        ])
      }))

    it.scopedLive("F7: are a final error where there is no such domain", () =>
      Effect.map(Effect.flip(ask("nowhere.example")), (error) =>
        expect(error).toMatchObject({
          _tag: "NoSuchDomain",
          domain: "nowhere.example",
          retry: "Never"
        })))

    for (const name of ["broken.example", "closed.example", "silent.example"]) {
      it.scopedLive(`F7: are an error that later can help, where there is no answer (${name})`, () =>
        Effect.map(
          Effect.flip(ask(name, patience)),
          (error) => expect(error).toMatchObject({ _tag: "NoAnswer", domain: name, retry: "Later" })
        ))
    }

    it.live("F7: are such an error where nobody is to be asked", () =>
      Effect.gen(function*() {
        const asking = (servers: ReadonlyArray<string>) =>
          Effect.flip(NodeResolver.make({ ...patience, servers }).exchanges(domain("mx.example")))
        const { port } = yield* Effect.scoped(served)
        expect((yield* asking([`127.0.0.1:${port}`]))._tag).toBe("NoAnswer")
        expect((yield* asking(["not an address"]))._tag).toBe("NoAnswer")
      }))

    it.scopedLive("ask the next server where one does not answer", () =>
      Effect.gen(function*() {
        const { port: gone } = yield* Effect.scoped(served)
        const { port } = yield* served
        const { exchanges } = NodeResolver.make({
          ...patience,
          servers: [`127.0.0.1:${gone}`, `127.0.0.1:${port}`]
        })
        expect(yield* exchanges(domain("mx.example"))).toHaveLength(2)
      }))

    it.scopedLive("ask as often as they are told to", () =>
      Effect.gen(function*() {
        const { asked, port } = yield* served
        const { exchanges } = NodeResolver.make({
          servers: [`127.0.0.1:${port}`],
          timeout: "50 millis",
          tries: 2
        })
        yield* Effect.flip(exchanges(domain("silent.example")))
        expect(asked).toEqual(["silent.example", "silent.example"])
      }))

    it.scopedLive("are asked for no more once interrupted", () =>
      Effect.gen(function*() {
        const { asked, port } = yield* served
        const { exchanges } = NodeResolver.make({
          servers: [`127.0.0.1:${port}`],
          timeout: "50 millis",
          tries: 2
        })
        const asking = yield* Effect.fork(exchanges(domain("silent.example")))
        yield* Effect.sync(() => asked.length).pipe(
          Effect.repeat({ until: (count) => count > 0, schedule: Schedule.spaced("5 millis") })
        )
        yield* Fiber.interrupt(asking)
        // By the time this one is given up, the other would have been repeated.
        yield* Effect.flip(exchanges(domain("quiet.example")))
        expect(asked).toEqual(["silent.example", "quiet.example", "quiet.example"])
      }))
  })

  describe("layer", () => {
    it.scopedLive("is the resolver as a service", () =>
      Effect.gen(function*() {
        const { port } = yield* served
        const found = yield* Effect.flatMap(
          Resolver.Resolver,
          ({ exchanges }) => exchanges(domain("mx.example"))
        ).pipe(Effect.provide(NodeResolver.layer({ servers: [`127.0.0.1:${port}`] })))
        expect(found).toHaveLength(2)
      }))
  })

  describe("addresses", () => {
    const addresses = (name: string) =>
      Effect.flatMap(
        served,
        ({ port }) => NodeResolver.addresses({ ...patience, servers: [`127.0.0.1:${port}`] })(name)
      )

    it.scopedLive("are those of both families", () =>
      Effect.gen(function*() {
        expect(yield* addresses("both.example")).toEqual([
          { address: "::1", family: "ipv6" },
          { address: "127.0.0.1", family: "ipv4" }
        ])
        expect(yield* addresses("none.example")).toEqual([
          { address: "127.0.0.1", family: "ipv4" }
        ])
      }))

    it.scopedLive("tell a host without any from one that nothing is known of", () =>
      Effect.gen(function*() {
        for (
          const [name, reason] of [
            ["nowhere.example", "NotFound"],
            ["null.example", "NotFound"],
            ["broken.example", "Unreachable"],
            ["silent.example", "Timeout"]
          ] as const
        ) {
          expect(yield* Effect.flip(addresses(name))).toMatchObject({ reason, during: "dial" })
        }
      }))

    it.scopedLive("are where a dialer connects to", () =>
      Effect.gen(function*() {
        const bound = yield* NodeListener.make().listen(
          Endpoint.Tcp({ host: "127.0.0.1", port: 0 })
        )
        const { port } = yield* served
        const { dial } = NodeDialer.make({
          resolve: NodeResolver.addresses({ servers: [`127.0.0.1:${port}`] })
        })
        const flow = yield* dial(
          Endpoint.Tcp({
            host: "none.example",
            port: bound.endpoint._tag === "Tcp" ? bound.endpoint.port : 0
          })
        )
        expect(flow.peer.remote).toEqual(bound.endpoint)
      }))
  })
})
