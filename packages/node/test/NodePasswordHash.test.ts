import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as NodePasswordHash from "../src/NodePasswordHash.js"

const cheap: NodePasswordHash.Cost = { logN: 4, r: 1, p: 1 }
const sesame = Redacted.make("sesame")

/** `scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1)` of RFC 7914 section 12. */
const pleaseLetMeIn = "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$" +
  Buffer.from(
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2" +
      "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
    "hex"
  ).toString("base64").replace(/=+$/, "")

const salt = "AAAAAAAAAAAAAAAAAAAAAA"
const key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

describe("NodePasswordHash", () => {
  it.live("verifies the password of RFC 7914 section 12", () =>
    Effect.gen(function*() {
      const hash = yield* NodePasswordHash.parse(pleaseLetMeIn)
      expect(yield* NodePasswordHash.verify(hash, Redacted.make("pleaseletmein"))).toBe(true)
      expect(yield* NodePasswordHash.verify(hash, Redacted.make("pleaseletmeIn"))).toBe(false)
    }))

  it.live("verifies what it made, and nothing else", () =>
    Effect.gen(function*() {
      const made = yield* NodePasswordHash.make(sesame, cheap)
      const text = NodePasswordHash.print(made)
      expect(text).toMatch(/^\$scrypt\$ln=4,r=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
      const hash = yield* NodePasswordHash.parse(text)
      expect(yield* NodePasswordHash.verify(hash, sesame)).toBe(true)
      for (const wrong of ["", "Sesame", "sesame ", "sesam"]) {
        expect(yield* NodePasswordHash.verify(hash, Redacted.make(wrong))).toBe(false)
      }
      expect(NodePasswordHash.print(yield* NodePasswordHash.make(sesame, cheap))).not.toBe(text)
    }))

  it.live("costs by default what is documented", () =>
    Effect.gen(function*() {
      const made = yield* NodePasswordHash.make(sesame)
      expect(NodePasswordHash.print(made)).toContain("$scrypt$ln=14,r=8,p=5$")
      expect(yield* NodePasswordHash.verify(made, sesame)).toBe(true)
    }))

  it.live("takes a password however it was typed", () =>
    Effect.gen(function*() {
      const made = yield* NodePasswordHash.make(Redacted.make("p\u00e4ssw\u00f6rd"), cheap)
      const typed = Redacted.make("pa\u0308sswo\u0308rd")
      expect(yield* NodePasswordHash.verify(made, typed)).toBe(true)
    }))

  it.live("has a decoy that no password fits", () =>
    Effect.gen(function*() {
      const decoy = NodePasswordHash.decoy(cheap)
      expect(yield* NodePasswordHash.verify(decoy, sesame)).toBe(false)
      expect(yield* NodePasswordHash.verify(decoy, Redacted.make(""))).toBe(false)
    }))

  for (
    const [what, text, expected] of [
      ["nothing", "", "$scrypt$"],
      ["another function", `$argon2id$ln=14,r=8,p=1$${salt}$${key}`, "$scrypt$"],
      ["no parameter", `$scrypt$ln=14,r=8$${salt}$${key}`, "$scrypt$"],
      ["a zero", `$scrypt$ln=14,r=0,p=1$${salt}$${key}`, "$scrypt$"],
      ["more memory than there is", `$scrypt$ln=18,r=8,p=1$${salt}$${key}`, "octets of memory"],
      ["N beyond all bounds", `$scrypt$ln=99,r=1,p=1$${salt}$${key}`, "octets of memory"],
      ["r beyond all bounds", `$scrypt$ln=14,r=9999,p=1$${salt}$${key}`, "octets of memory"],
      ["more time than there is", `$scrypt$ln=14,r=8,p=17$${salt}$${key}`, "N * r * p"],
      ["a short salt", `$scrypt$ln=14,r=8,p=1$AAAA$${key}`, "a salt of 8 to 64 octets"],
      ["a long salt", `$scrypt$ln=14,r=8,p=1$${"A".repeat(88)}$${key}`, "a salt of 8"],
      ["a short key", `$scrypt$ln=14,r=8,p=1$${salt}$AAAA`, "a key of 16 to 64 octets"],
      ["padding", `$scrypt$ln=14,r=8,p=1$${salt}==$${key}`, "$scrypt$"],
      ["stray bits", `$scrypt$ln=14,r=8,p=1$${salt.slice(1)}B$${key}`, "a salt of 8"],
      ["something behind it", `$scrypt$ln=14,r=8,p=1$${salt}$${key}\n`, "$scrypt$"]
    ] as const
  ) {
    it.effect(`is not ${what}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(NodePasswordHash.parse(text))
        expect(error).toMatchObject({ _tag: "BadPasswordHash" })
        expect(error.message).toContain(expected)
      }))
  }

  it.effect("is not made at a cost out of bounds", () =>
    Effect.gen(function*() {
      for (const cost of [{ logN: 30 }, { r: 0 }, { p: 1.5 }, { p: 1000 }]) {
        const made = NodePasswordHash.make(sesame, { ...cheap, r: 8, logN: 14, ...cost })
        expect(Either.isLeft(yield* Effect.either(made))).toBe(true)
      }
    }))

  it.live("N19: shows no key when printed by accident", () =>
    Effect.gen(function*() {
      const made = yield* NodePasswordHash.make(sesame, cheap)
      const [, , , , key = "?"] = NodePasswordHash.print(made).split("$")
      expect(JSON.stringify(made)).not.toContain(key)
      expect(JSON.stringify(made)).toContain("redacted")
    }))
})
