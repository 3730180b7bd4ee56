import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { legible } from "../../src/internal/legible.js"

describe("legible", () => {
  it("leaves names as they are", () => {
    for (const name of ["", "alice", "alice@client.example", "Zoë Wörth", "用户", "a\"b\\c=d"]) {
      expect(legible(name)).toBe(name)
    }
  })

  it("N12: shows what cannot be seen, and what would begin another line or colour this one", () => {
    expect(legible("a\r\nb\0\u001b[31m\u2028\u202ec\ud800")).toBe("a��b��[31m��c�")
  })

  it("cuts off what is long", () => {
    expect(legible("x".repeat(64))).toBe("x".repeat(64))
    expect(legible("x".repeat(65))).toBe(`${"x".repeat(64)}…`)
    expect(legible(`${"x".repeat(63)}🌍`)).toBe(`${"x".repeat(63)}�…`)
  })

  it.prop("whatever it is", [FastCheck.string({ unit: "binary", maxLength: 200 })], ([text]) => {
    const shown = legible(text)
    expect(shown.length).toBeLessThanOrEqual(65)
    expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
  })
})
