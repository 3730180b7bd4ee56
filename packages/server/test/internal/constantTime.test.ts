import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { equals } from "../../src/internal/constantTime.js"

const text = FastCheck.string({ unit: "grapheme", maxLength: 40 })

describe("constantTime", () => {
  describe("equals", () => {
    it.prop("N15: says what === says", { one: text, other: text }, ({ one, other }) => {
      expect(equals(one, other)).toBe(one === other)
      expect(equals(one, one)).toBe(true)
      expect(equals(one, `${one}x`)).toBe(false)
      expect(equals(`${one}x`, one)).toBe(false)
    })

    it("N15: does not take repetition for equality", () => {
      for (
        const [given, known] of [["abab", "ab"], ["ab", "abab"], ["", "a"], ["a", ""], ["\0", ""]]
      ) {
        expect(equals(given, known)).toBe(false)
      }
      expect(equals("", "")).toBe(true)
    })
  })
})
