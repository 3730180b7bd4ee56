import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { around, converse, using } from "./harness.js"

describe("Noop", () => {
  it.effect("gives the server's answer", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("C: NOOP\nS: 250 2.0.0 here"),
        using(({ noop }) => noop)
      )
      expect(value).toMatchObject({ code: 250, lines: ["here"] })
    }))

  it.effect("is Refused with 5xx, and the session goes on", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("C: NOOP\nS: 500 5.5.2 what?\nC: NOOP\nS: 250 ok"),
        using(({ noop }) => Effect.zipLeft(Effect.flip(noop), noop))
      )
      expect(value).toMatchObject({ _tag: "Refused", phase: "Noop" })
    }))
})
