import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as SaslPrep from "../src/SaslPrep.js"

describe("SaslPrep", () => {
  it("prepares the examples of RFC 4013 section 3", () => {
    for (const prepare of [SaslPrep.query, SaslPrep.stored]) {
      expect(prepare("I\u00adX", "x")).toEqual(Either.right("IX"))
      expect(prepare("user", "x")).toEqual(Either.right("user"))
      expect(prepare("USER", "x")).toEqual(Either.right("USER"))
      expect(prepare("\u00aa", "x")).toEqual(Either.right("a"))
      expect(prepare("\u2168", "x")).toEqual(Either.right("IX"))
      expect(prepare("\u0007", "a name")).toEqual(Either.left("a name that SASLprep allows"))
      expect(prepare("\u0627\u0031", "a name")).toEqual(Either.left("a name that SASLprep allows"))
    }
  })

  it("keeps nothing newer than Unicode 3.2, and looks it up", () => {
    expect(SaslPrep.query("\u0221", "x")).toEqual(Either.right("\u0221"))
    expect(Either.isLeft(SaslPrep.stored("\u0221", "x"))).toBe(true)
  })

  it("is bounded", () => {
    expect(SaslPrep.stored("x".repeat(1025), "a name")).toEqual(
      Either.left("a name of at most 1024 octets")
    )
  })
})
