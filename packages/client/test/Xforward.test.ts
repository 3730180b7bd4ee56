import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { around, converse, using } from "./harness.js"

const spike = [{ name: "NAME", value: "spike.example" }, { name: "PROTO", value: "ESMTP" }]

describe("Xforward", () => {
  it.effect("says where the mail comes from", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("C: XFORWARD NAME=spike.example PROTO=ESMTP\nS: 250 ok", ["XFORWARD NAME PROTO"]),
        using(({ xforward }) => xforward(spike))
      )
      expect(value.code).toBe(250)
    }))

  it.effect("a refusal is Refused, and the session goes on", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around(
          `C: XFORWARD NAME=spike.example PROTO=ESMTP
           S: 550 5.7.0 insufficient authorization
           C: NOOP
           S: 250 ok`,
          ["XFORWARD NAME PROTO"]
        ),
        using(({ noop, xforward }) => Effect.zipLeft(Effect.flip(xforward(spike)), noop))
      )
      expect(value).toMatchObject({ _tag: "Refused", phase: "Xforward" })
    }))

  for (const offer of ["XCLIENT NAME PROTO", "XFORWARD NAME"]) {
    it.effect(`M15: nothing is said where the server offers ${offer}`, () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around("", [offer]),
          using(({ xforward }) => Effect.flip(xforward(spike)))
        )
        expect(value).toMatchObject({ _tag: "Unsupported", extension: "XFORWARD" })
      }))
  }

  it.effect("N8: an attribute's name cannot say more than a name", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("", ["XFORWARD NAME=A"]),
        using(({ xforward }) => Effect.flip(xforward([{ name: "NAME=A", value: "b" }])))
      )
      expect(value).toMatchObject({ _tag: "Unsendable", phase: "Xforward" })
    }))
})
