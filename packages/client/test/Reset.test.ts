import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { around, converse, using } from "./harness.js"

describe("Reset", () => {
  it.effect("gives the server's answer", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("C: RSET\nS: 250 2.0.0 forgotten"),
        using(({ reset }) => reset)
      )
      expect(value).toMatchObject({ code: 250, lines: ["forgotten"] })
    }))

  it.effect("is Refused with 4xx, for now", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("C: RSET\nS: 451 4.3.0 not now"),
        using(({ reset }) => Effect.flip(reset))
      )
      expect(value).toMatchObject({ _tag: "Refused", phase: "Reset", retry: "Later" })
    }))
})
