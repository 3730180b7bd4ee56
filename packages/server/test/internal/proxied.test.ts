import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import * as Rechunk from "@effect-smtp/testing/Rechunk"
import * as ProxyCodec from "@effect-smtp/wire/ProxyCodec"
import * as ProxyHeader from "@effect-smtp/wire/ProxyHeader"
import * as ProxyTlv from "@effect-smtp/wire/ProxyTlv"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import type { ClientInfo } from "../../src/ClientInfo.js"
import * as Handler from "../../src/Handler.js"
import * as Policy from "../../src/Policy.js"
import * as SmtpServer from "../../src/SmtpServer.js"
import * as Trust from "../../src/Trust.js"
import * as Verdict from "../../src/Verdict.js"
import { bytes, mx, readAll, text } from "../talk.js"

const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })

const trust = (proxies: ReadonlyArray<string>, others: "Refused" | "Welcome" = "Refused") =>
  Trust.make({
    proxy: Option.some({ from: Either.getOrThrow(Trust.peers(proxies)), others }),
    xclient: Either.getOrThrow(Trust.peers(["192.0.2.7"]))
  })

const header = ProxyHeader.Inet({
  transport: "Stream",
  source: { host: "192.0.2.7", port: 56324 },
  destination: { host: "198.51.100.2", port: 25 },
  tlvs: [ProxyTlv.UniqueId({ id: Uint8Array.of(1, 2) })]
})

const encoded = (value: ProxyHeader.ProxyHeader) =>
  Either.getOrThrow(ProxyCodec.encode(value, { version: 2, checksum: true }))

const line = bytes("PROXY TCP4 192.0.2.7 198.51.100.2 56324 25\r\n")
const joined = (...all: ReadonlyArray<Uint8Array>) =>
  Uint8Array.from(all.flatMap((each) => [...each]))

/** A server with that trust, and a way to it; whom it thinks it talks to. */
const serving = (place: Partial<SmtpServer.Place> = {}) =>
  Effect.gen(function*() {
    const seen: Array<ClientInfo> = []
    const network = yield* MemoryNetwork.make({ upgrade: NodeTls.wrap })
    const handler = Handler.make<unknown, never>({
      connect: (client) =>
        Effect.sync(() => {
          seen.push(client)
          return Verdict.ok
        }),
      message: () => Effect.succeed(Verdict.ok)
    })
    yield* SmtpServer.serve({
      name: mx,
      grace: 0,
      places: [{ endpoint, policy: Policy.clearText, trust: trust(["127.0.0.1"]), ...place }]
    }).pipe(
      Effect.provideService(Handler.Handler, handler),
      Effect.provideService(Listener.Listener, network)
    )
    return { seen, dial: network.dial(endpoint) }
  })

/** All that is heard on a connection on which this is said, and no more. */
const hear = (
  { dial }: Effect.Effect.Success<ReturnType<typeof serving>>,
  said: Uint8Array,
  size = Infinity
) =>
  Effect.scoped(Effect.gen(function*() {
    const flow = yield* dial
    const hearing = yield* Effect.fork(readAll(flow))
    yield* Effect.ignore((size === Infinity ? flow : Rechunk.withChunks(flow, size)).write(said))
    yield* flow.end
    return (yield* Fiber.join(hearing)).split("\r\n")
  }))

describe("a server behind a proxy", () => {
  describe("a header", () => {
    it.scoped("says who the client is, and who says so", () =>
      Effect.gen(function*() {
        const server = yield* serving()
        for (const head of [encoded(header), line]) {
          for (const size of [1, 7, Infinity]) {
            expect((yield* hear(server, joined(head, bytes("QUIT\r\n")), size)).slice(0, 2))
              .toEqual(["220 mx.example ESMTP", "221 2.0.0 Goodbye"])
          }
        }
        expect(server.seen.length).toBe(6)
        for (const { peer } of server.seen) {
          expect(peer).toEqual({
            remote: Endpoint.Tcp({ host: "192.0.2.7", port: 56324 }),
            local: Endpoint.Tcp({ host: "198.51.100.2", port: 25 }),
            tls: Option.none()
          })
        }
        const told = Option.getOrThrow(server.seen[0].told.proxy)
        expect(told.header).toEqual(header)
        expect(Endpoint.print(told.by)).toContain("127.0.0.1")
      }))

    it.scoped("comes before the greeting", () =>
      Effect.gen(function*() {
        const { dial } = yield* serving()
        const flow = yield* dial
        yield* flow.write(line.subarray(0, 20))
        const greeting = yield* Effect.fork(flow.read)
        yield* TestClock.adjust("30 seconds")
        expect(Option.isNone(yield* Fiber.poll(greeting))).toBe(true)
        yield* flow.write(line.subarray(20))
        expect(text(Option.getOrThrow(yield* Fiber.join(greeting)))).toContain("220 mx.example")
      }))

    it.scoped("without addresses leaves those of the connection", () =>
      Effect.gen(function*() {
        const server = yield* serving()
        for (const value of [ProxyHeader.Local(), ProxyHeader.Unknown()]) {
          expect((yield* hear(server, encoded(value)))[0]).toBe("220 mx.example ESMTP")
        }
        expect((yield* hear(server, bytes("PROXY UNKNOWN\r\n")))[0]).toBe("220 mx.example ESMTP")
        for (const { peer, told } of server.seen) {
          expect(Endpoint.print(peer.remote)).toContain("127.0.0.1")
          expect(Option.isSome(told.proxy)).toBe(true)
        }
      }))

    it.scoped("may tell of a Unix socket", () =>
      Effect.gen(function*() {
        const server = yield* serving()
        const unix = ProxyHeader.Unix({
          transport: "Stream",
          source: "/run/a",
          destination: "/run/b",
          tlvs: []
        })
        yield* hear(server, encoded(unix))
        expect(server.seen[0].peer).toMatchObject({
          remote: Endpoint.Unix({ path: "/run/a" }),
          local: Endpoint.Unix({ path: "/run/b" })
        })
      }))

    it.scoped("decides who else is believed", () =>
      Effect.gen(function*() {
        const server = yield* serving()
        const xclient = bytes("XCLIENT ADDR=203.0.113.5\r\n")
        expect((yield* hear(server, joined(line, xclient)))[1]).toBe("220 mx.example ESMTP")
        expect((yield* hear(server, joined(bytes("PROXY UNKNOWN\r\n"), xclient)))[1].slice(0, 9))
          .toBe("550 5.7.0")
      }))

    it.scopedLive("comes before TLS from the first byte, and the client's first words may follow", () =>
      Effect.gen(function*() {
        const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
        const server = yield* serving({
          policy: { ...Policy.submissions(Tls.server({ identity })), authentication: "Optional" }
        })
        const flow = yield* server.dial
        // The header is sent in one piece with what TLS says first.
        const held: Array<Uint8Array> = [encoded(header)]
        const secure = yield* NodeTls.wrap(
          {
            ...flow,
            write: (more) => flow.write(joined(...held.splice(0), more))
          },
          Tls.client({ serverName: "mx.example", ca: [identity.certificate] })
        )
        expect(text(Option.getOrThrow(yield* secure.read))).toContain("220 mx.example")
        expect(server.seen[0].peer.remote)
          .toEqual(Endpoint.Tcp({ host: "192.0.2.7", port: 56324 }))
        expect(Option.isSome(server.seen[0].peer.tls)).toBe(true)
      }))

    it.scopedLive("still counts after STARTTLS", () =>
      Effect.gen(function*() {
        const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
        const server = yield* serving({ policy: Policy.exchange(Tls.server({ identity })) })
        const flow = yield* server.dial
        const say = (said: string) => Effect.zipRight(flow.write(bytes(said)), flow.read)
        yield* flow.write(line)
        yield* flow.read
        yield* say("EHLO c.example\r\n")
        yield* say("STARTTLS\r\n")
        const secure = yield* flow.upgrade(
          Tls.client({ serverName: "mx.example", ca: [identity.certificate] })
        )
        yield* secure.write(bytes("EHLO c.example\r\nXCLIENT PORT=1\r\n"))
        yield* secure.read
        expect(server.seen[1].peer).toMatchObject({ tls: { _tag: "Some" } })
        expect(Option.isSome(server.seen[1].told.proxy)).toBe(true)
      }))
  })

  describe("a connection is closed without a word", () => {
    it.scoped("N12: where the header is none, too long, or cut short", () =>
      Effect.gen(function*() {
        const server = yield* serving()
        for (
          const said of [
            bytes("EHLO client.example\r\nQUIT\r\n"),
            bytes("PROXY TCP4 192.0.2.256 192.0.2.1 1 2\r\n"),
            bytes(`PROXY UNKNOWN ${"x".repeat(100_000)}`),
            joined(encoded(header).subarray(0, -1), Uint8Array.of(0)),
            Uint8Array.of(...encoded(header).subarray(0, 14), 0xff, 0xff),
            line.subarray(0, 30),
            new Uint8Array()
          ]
        ) {
          expect(yield* hear(server, said)).toEqual([""])
        }
        expect(server.seen).toEqual([])
      }))

    it.scoped("N12: where it does not come in time", () =>
      Effect.gen(function*() {
        const { dial, seen } = yield* serving()
        const flow = yield* dial
        const hearing = yield* Effect.fork(readAll(flow))
        yield* flow.write(bytes("PROXY "))
        yield* TestClock.adjust("59 seconds")
        yield* Effect.ignore(flow.write(bytes("U")))
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(hearing)).toBe("")
        expect(seen).toEqual([])
      }))

    it.scoped("N20: where the peer is no proxy, whatever it says", () =>
      Effect.gen(function*() {
        const server = yield* serving({ trust: trust(["10.0.0.0/8"]) })
        expect(yield* hear(server, line)).toEqual([""])
        expect(server.seen).toEqual([])
      }))
  })

  describe("others", () => {
    it.scoped("N20: are clients like any other where they are welcome, and cannot be somebody else", () =>
      Effect.gen(function*() {
        const server = yield* serving({ trust: trust(["10.0.0.0/8"], "Welcome") })
        expect((yield* hear(server, joined(line, bytes("QUIT\r\n")))).slice(0, 3)).toEqual([
          "220 mx.example ESMTP",
          "500 5.5.1 Command not recognized",
          "221 2.0.0 Goodbye"
        ])
        expect(Endpoint.print(server.seen[0].peer.remote)).toContain("127.0.0.1")
        expect(server.seen[0].told.proxy).toEqual(Option.none())
      }))
  })
})
