import * as Capabilities from "@effect-smtp/wire/Capabilities"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { around, converse, using } from "./harness.js"

const spike = [{ name: "NAME", value: "spike.example" }, { name: "addr", value: "192.0.2.7" }]

describe("Xclient", () => {
  it.effect("starts the session over, and what is offered is what is offered now", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around(
          `C: XCLIENT NAME=spike.example ADDR=192.0.2.7
           S: 220 mx.example ready
           C: EHLO client.example
           S: 250-mx.example
           S: 250 SIZE 1000`,
          ["ETRN", "XCLIENT NAME ADDR"]
        ),
        using((client) =>
          Effect.gen(function*() {
            const now = yield* client.xclient(spike)
            const error = yield* Effect.flip(client.etrn("a"))
            return { now, error, capabilities: client.capabilities }
          })
        )
      )
      expect(value.now).toEqual(value.capabilities)
      expect(Capabilities.has(value.now, "Size")).toBe(true)
      expect(value.error).toMatchObject({ _tag: "Unsupported", extension: "ETRN" })
    }))

  it.effect("values are written as xtext", () =>
    converse(
      around(
        `C: XCLIENT NAME=a+20b+3Dc
         S: 220 mx.example ready
         C: EHLO client.example
         S: 250 mx.example`,
        ["XCLIENT NAME"]
      ),
      using(({ xclient }) => xclient([{ name: "NAME", value: "a b=c" }]))
    ))

  it.effect("N8, N21: a line break in a value is not written, not even as xtext", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("", ["XCLIENT NAME"]),
        using(({ xclient }) => Effect.flip(xclient([{ name: "NAME", value: "a\r\nb" }])))
      )
      expect(value).toMatchObject({ _tag: "Unsendable", phase: "Xclient" })
    }))

  it.effect("a refusal leaves the session as it was", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around(
          `C: XCLIENT NAME=spike.example ADDR=192.0.2.7
           S: 550 5.7.0 insufficient authorization
           C: NOOP
           S: 250 ok`,
          ["XCLIENT NAME ADDR"]
        ),
        using(({ noop, xclient }) => Effect.zipLeft(Effect.flip(xclient(spike)), noop))
      )
      expect(value).toMatchObject({ _tag: "Refused", phase: "Xclient", retry: "Never" })
    }))

  it.effect("a session whose new greeting is refused is over", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        `S: 220 mx.example ready
         C: EHLO client.example
         S: 250-mx.example
         S: 250 XCLIENT NAME ADDR
         C: XCLIENT NAME=spike.example ADDR=192.0.2.7
         S: 220 mx.example ready
         C: EHLO client.example
         S: 450 4.7.1 not you`,
        using(({ noop, xclient }) => Effect.all([Effect.flip(xclient(spike)), Effect.flip(noop)]))
      )
      expect(value).toMatchObject([
        { _tag: "Refused", phase: "Hello" },
        { _tag: "ConnectionFailed", cause: { _tag: "Abandoned" } }
      ])
    }))

  for (const offer of ["XFORWARD NAME ADDR", "XCLIENT NAME"]) {
    it.effect(`M15: nothing is said where the server offers ${offer}`, () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around("", [offer]),
          using(({ xclient }) => Effect.flip(xclient(spike)))
        )
        expect(value).toMatchObject({ _tag: "Unsupported", extension: "XCLIENT" })
      }))
  }
})
