import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { around, converse, using } from "./harness.js"

describe("Verify", () => {
  for (const reply of ["250 <jones@mx.example>", "251 forwards", "252 2.1.5 cannot say"]) {
    it.effect(`${reply} is an answer`, () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(`C: VRFY jones\nS: ${reply}`),
          using(({ verify }) => verify("jones"))
        )
        expect(value.code).toBe(Number(reply.slice(0, 3)))
      }))
  }

  it.effect("550 is Refused, and the session goes on", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around(
          `C: VRFY nobody
           S: 550 5.1.1 unknown
           C: VRFY Fred Smith
           S: 553-5.1.4 ambiguous: <fsmith@mx.example>
           S: 553 5.1.4 <fred@mx.example>`
        ),
        using(({ verify }) =>
          Effect.all([Effect.flip(verify("nobody")), Effect.flip(verify("Fred Smith"))])
        )
      )
      expect(value).toMatchObject([
        { _tag: "Refused", phase: "Verify", reply: { code: 550 } },
        {
          _tag: "Refused",
          reply: { lines: ["ambiguous: <fsmith@mx.example>", "<fred@mx.example>"] }
        }
      ])
    }))

  for (const name of ["a\r\nRSET", "a\nRSET", "a\rb", "a\0", "a\x7f", "ren\u00e9", "", " a "]) {
    it.effect(`N8: ${JSON.stringify(name)} is not written`, () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around("C: NOOP\nS: 250 ok"),
          using(({ noop, verify }) => Effect.zipLeft(Effect.flip(verify(name)), noop))
        )
        expect(value).toMatchObject({ _tag: "Unsendable", phase: "Verify", retry: "Never" })
      }))
  }

  it.effect("goes beyond ASCII where the server offers SMTPUTF8", () =>
    converse(
      around("C: VRFY ren\u00e9 SMTPUTF8\nS: 250 <ren\u00e9@mx.example>", ["SMTPUTF8"]),
      using(({ verify }) => verify("ren\u00e9"))
    ))
})
