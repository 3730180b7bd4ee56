import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { around, converse, using } from "./harness.js"

describe("Help", () => {
  it.effect("gives all that the server says, of itself or of a topic", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around(
          `C: HELP
           S: 214-See RFC 5321
           S: 214 or ask
           C: HELP MAIL
           S: 211 MAIL FROM:<sender>`
        ),
        using(({ help }) => Effect.all([help(Option.none()), help(Option.some("MAIL"))]))
      )
      expect(value.map(Reply.text)).toEqual(["See RFC 5321\nor ask", "MAIL FROM:<sender>"])
    }))

  it.effect("502 is Refused", () =>
    Effect.gen(function*() {
      const { value } = yield* converse(
        around("C: HELP\nS: 502 5.5.1 no help"),
        using(({ help }) => Effect.flip(help(Option.none())))
      )
      expect(value).toMatchObject({ _tag: "Refused", phase: "Help", retry: "Never" })
    }))

  for (const topic of ["MAIL\r\nRSET", "a\n", "a\0", "\u00e9"]) {
    it.effect(`N8: ${JSON.stringify(topic)} is not written`, () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(""),
          using(({ help }) => Effect.flip(help(Option.some(topic))))
        )
        expect(value).toMatchObject({ _tag: "Unsendable", phase: "Help" })
      }))
  }
})
