import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { around, converse, using } from "./harness.js"

describe("Expand", () => {
  it.effect("names the members, a line each", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around(
          `C: EXPN staff
           S: 250-Alice <alice@mx.example>
           S: 250 Bob <bob@mx.example>`
        ),
        using(({ expand }) => expand("staff"))
      )
      expect(value.lines).toEqual(["Alice <alice@mx.example>", "Bob <bob@mx.example>"])
    }))

  it.effect("a refusal is Refused, and the session goes on", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around(
          `C: EXPN staff
           S: 502 5.5.1 not here
           C: NOOP
           S: 250 ok`
        ),
        using(({ expand, noop }) => Effect.zipLeft(Effect.flip(expand("staff")), noop))
      )
      expect(value).toMatchObject({ _tag: "Refused", phase: "Expand", reply: { code: 502 } })
    }))

  for (const list of ["a\r\nRSET", "a\0", "", "ren\u00e9"]) {
    it.effect(`N8: ${JSON.stringify(list)} is not written`, () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(""),
          using(({ expand }) => Effect.flip(expand(list)))
        )
        expect(value).toMatchObject({ _tag: "Unsendable", phase: "Expand" })
      }))
  }

  it.effect("goes beyond ASCII where the server offers SMTPUTF8", () =>
    converse(
      around("C: EXPN ren\u00e9 SMTPUTF8\nS: 250 <ren\u00e9@mx.example>", ["SMTPUTF8"]),
      using(({ expand }) => expand("ren\u00e9"))
    ))
})
