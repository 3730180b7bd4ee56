import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { around, converse, using } from "./harness.js"

describe("Etrn", () => {
  it.effect("runs a queue", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("C: ETRN @client.example\nS: 253 2.0.0 5 pending messages started", ["ETRN"]),
        using(({ etrn }) => etrn("@client.example"))
      )
      expect(value.code).toBe(253)
    }))

  it.effect("a refusal is Refused, and worth retrying where it is 458", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("C: ETRN client.example\nS: 458 4.0.0 unable", ["ETRN"]),
        using(({ etrn }) => Effect.flip(etrn("client.example")))
      )
      expect(value).toMatchObject({ _tag: "Refused", phase: "Etrn", retry: "Later" })
    }))

  it.effect("M15: is not said to a server that does not offer it", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("", ["EXPN"]),
        using(({ etrn }) => Effect.flip(etrn("client.example")))
      )
      expect(value).toMatchObject({ _tag: "Unsupported", phase: "Etrn", extension: "ETRN" })
    }))

  it.effect("N8: a line break is not written", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("", ["ETRN"]),
        using(({ etrn }) => Effect.flip(etrn("client.example\r\nRSET")))
      )
      expect(value).toMatchObject({ _tag: "Unsendable", phase: "Etrn" })
    }))
})
