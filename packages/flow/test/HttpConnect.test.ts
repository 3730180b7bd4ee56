import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import type * as Dialer from "../src/Dialer.js"
import * as Endpoint from "../src/Endpoint.js"
import type { Flow } from "../src/Flow.js"
import * as HttpConnect from "../src/HttpConnect.js"
import * as MemoryNetwork from "../src/MemoryNetwork.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const text = Option.map((chunk: Uint8Array) => new TextDecoder().decode(chunk))
const proxy = Endpoint.Tcp({ host: "proxy.example", port: 3128 })
const server = Endpoint.Tcp({ host: "mx.example", port: 25 })

/** A proxy that answers so, and then is the server; and what it was asked. */
const behind = (
  answer: ReadonlyArray<string>,
  options: Partial<HttpConnect.Options> = {},
  endpoint: Endpoint.Endpoint = server
) =>
  Effect.gen(function*() {
    const [near, far] = yield* MemoryNetwork.pair()
    const dialed: Array<string> = []
    const through: Dialer.Shape = {
      dial: (asked) =>
        Effect.sync((): Flow => {
          dialed.push(Endpoint.print(asked))
          return near
        })
    }
    const dialing = yield* Effect.fork(
      HttpConnect.make(through, { proxy, ...options }).dial(endpoint)
    )
    const asked = answer.length === 0 ? Option.none() : text(yield* far.read)
    for (const piece of answer) yield* far.write(bytes(piece))
    return { asked, dialed, dialing, far }
  })

describe("HttpConnect", () => {
  it.scoped("asks the proxy for the server, and what follows the answer is the server's", () =>
    Effect.gen(function*() {
      const { asked, dialed, dialing, far } = yield* behind([
        "HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n220 mx.example\r\n"
      ])
      const flow = yield* Fiber.join(dialing)
      expect(dialed).toEqual(["proxy.example:3128"])
      expect(asked).toEqual(
        Option.some("CONNECT mx.example:25 HTTP/1.1\r\nHost: mx.example:25\r\n\r\n")
      )
      expect(flow.peer.remote).toEqual(server)
      expect(text(yield* flow.read)).toEqual(Option.some("220 mx.example\r\n"))
      yield* flow.write(bytes("QUIT\r\n"))
      expect(text(yield* far.read)).toEqual(Option.some("QUIT\r\n"))
    }))

  it.scoped("takes an answer in any pieces", () =>
    Effect.gen(function*() {
      const { dialing } = yield* behind([..."HTTP/1.0 200\r\n\r\n", "220 hi"])
      expect(text(yield* (yield* Fiber.join(dialing)).read)).toEqual(Option.some("220 hi"))
    }))

  it.scoped("says who it is, where the proxy wants to know", () =>
    Effect.gen(function*() {
      const { asked } = yield* behind(["HTTP/1.1 200 ok\r\n\r\n"], {
        credentials: { username: "alice", password: Redacted.make("sesame") }
      })
      expect(Option.getOrThrow(asked)).toContain(
        "\r\nProxy-Authorization: Basic YWxpY2U6c2VzYW1l\r\n"
      )
    }))

  const refused: ReadonlyArray<readonly [string, ReadonlyArray<string>, object]> = [
    ["HTTP/1.1 403 Forbidden\r\n\r\n", [], { reason: "Refused" }],
    ["HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", [], { reason: "Refused" }],
    ["220 mx.example ESMTP\r\n\r\n", [], { reason: "Other" }],
    [`HTTP/1.1 200 ${"x".repeat(HttpConnect.limit)}`, ["\r\n\r\n"], { reason: "Other" }]
  ]
  for (const [first, others, error] of refused) {
    it.scoped(`gives up after ${JSON.stringify(first.slice(0, 30))}`, () =>
      Effect.gen(function*() {
        const { dialing } = yield* behind([first, ...others])
        expect(yield* Effect.flip(Fiber.join(dialing))).toMatchObject({ during: "dial", ...error })
      }))
  }

  it.scoped("gives up on a proxy that hangs up, or says nothing", () =>
    Effect.gen(function*() {
      const gone = yield* behind(["HTTP/1.1 200 ok\r\n"])
      yield* gone.far.end
      expect(yield* Effect.flip(Fiber.join(gone.dialing))).toMatchObject({ reason: "Other" })
      const silent = yield* behind([], { timeout: "5 seconds" })
      yield* TestClock.adjust("5 seconds")
      expect(yield* Effect.flip(Fiber.join(silent.dialing))).toMatchObject({ reason: "Timeout" })
    }))

  const impossible = [
    Endpoint.Unix({ path: "/run/lmtp" }),
    Endpoint.Tcp({ host: "mx.example:25 HTTP/1.1\r\nX: y", port: 25 }),
    Endpoint.Tcp({ host: "", port: 25 })
  ]
  for (const endpoint of impossible) {
    it.scoped(`N10: asks for nothing but a host: ${JSON.stringify(Endpoint.print(endpoint))}`, () =>
      Effect.gen(function*() {
        const { dialed, dialing } = yield* behind([], {}, endpoint)
        expect(yield* Effect.flip(Fiber.join(dialing))).toMatchObject({ reason: "Unsupported" })
        expect(dialed).toEqual([])
      }))
  }
})
