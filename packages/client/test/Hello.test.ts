import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import type { Domain } from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as SmtpClient from "../src/SmtpClient.js"
import { clear, connect, converse, endpoint, refused } from "./harness.js"

describe("Hello", () => {
  describe("EHLO", () => {
    it.effect("M14: learns what the server can do, whatever its spelling", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 250-mx.example at your service
           S: 250-pipelining
           S: 250-SIZE 1000
           S: 250-auth=login PLAIN
           S: 250-XNEW thing
           S: 250 8BitMime
           C: QUIT
           S: 221 bye`,
          connect()
        )
        const { capabilities } = value
        expect(capabilities.greeting).toBe("mx.example at your service")
        expect(Capabilities.has(capabilities, "Pipelining")).toBe(true)
        expect(Capabilities.has(capabilities, "EightBitMime")).toBe(true)
        expect(Capabilities.has(capabilities, "SmtpUtf8")).toBe(false)
        expect(Capabilities.mechanisms(capabilities)).toEqual(["LOGIN", "PLAIN"])
        expect(Capabilities.other(capabilities, "XNEW")).toEqual(Option.some(["thing"]))
        expect(Option.map(Capabilities.get(capabilities, "Size"), (_) => _.limit))
          .toEqual(Option.some(Option.some(1000)))
      }))
  })

  describe("HELO", () => {
    for (const code of [500, 502, 504, 550]) {
      it.effect(`is said where EHLO is refused with ${code}`, () =>
        Effect.gen(function*() {
          const { value } = yield* converse(
            `S: 220 mx.example ready
             C: EHLO client.example
             S: ${code} what?
             C: HELO client.example
             S: 250 mx.example of old
             C: QUIT
             S: 221 bye`,
            connect()
          )
          expect(value.capabilities).toEqual({ greeting: "mx.example of old", extensions: [] })
        }))
    }

    it.effect("is not said where EHLO is refused for now", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 451 4.7.1 try later
           C: QUIT
           S: 221 bye`,
          refused()
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Hello", retry: "Later" })
      }))

    it.effect("is not said to a server that leaves", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 421 4.3.2 closing`,
          refused()
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Hello", reply: { code: 421 } })
      }))

    it.effect("fails as Refused where it is refused, too", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 502 5.5.1 not here
           C: HELO client.example
           S: 550 5.7.1 not you
           C: QUIT
           S: 221 bye`,
          refused()
        )
        expect(value).toMatchObject({
          _tag: "Refused",
          phase: "Hello",
          reply: { code: 550 },
          retry: "Elsewhere"
        })
      }))
  })

  describe("the name", () => {
    const transcript = (name: string) =>
      `S: 220 mx.example ready
       C: EHLO ${name}
       S: 250 mx.example
       C: QUIT
       S: 221 bye`
    const { name: _, ...nameless } = clear

    it.effect("is the literal of this side's address by default", () =>
      converse(transcript("[127.0.0.1]"), SmtpClient.connect(endpoint, nameless)))

    for (
      const [host, literal] of [
        ["192.0.2.7", "[192.0.2.7]"],
        ["2001:db8::7", "[IPv6:2001:db8::7]"],
        ["not an address", "[127.0.0.1]"]
      ] as const
    ) {
      it.scoped(`is ${literal} on ${host}`, () =>
        Effect.gen(function*() {
          const [near, far] = yield* MemoryNetwork.pair()
          const local = { ...endpoint, host }
          yield* far.write(new TextEncoder().encode("220 hi\r\n"))
          yield* Effect.forkScoped(
            SmtpClient.fromFlow({ ...near, peer: { ...near.peer, local } }, nameless)
          )
          const line = Option.getOrThrow(yield* far.read)
          expect(new TextDecoder().decode(line)).toBe(`EHLO ${literal}\r\n`)
          yield* far.reset
        }))
    }

    it.effect("N7: a name with a line end in it is never written", () =>
      Effect.gen(function*() {
        const name: Domain = { _tag: "Name", labels: ["client.example\r\nRSET"] }
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: QUIT
           S: 221 bye`,
          refused({ name })
        )
        expect(value).toMatchObject({ _tag: "Unsendable", phase: "Hello" })
      }))
  })
})
