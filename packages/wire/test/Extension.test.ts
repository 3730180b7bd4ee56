import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Extension from "../src/Extension.js"

describe("Extension", () => {
  describe("print", () => {
    it("is the keyword and the parameters", () => {
      expect(Extension.print(Extension.EightBitMime())).toBe("8BITMIME")
      expect(Extension.print(Extension.Size({ limit: Option.some(10) }))).toBe("SIZE 10")
      expect(Extension.print(Extension.Size({ limit: Option.none() }))).toBe("SIZE")
      expect(Extension.print(Extension.Auth({ mechanisms: ["PLAIN", "LOGIN"] }))).toBe(
        "AUTH PLAIN LOGIN"
      )
      expect(Extension.print(Extension.NoSoliciting({ keywords: ["a.example:ADV", "b"] }))).toBe(
        "NO-SOLICITING a.example:ADV,b"
      )
      expect(
        Extension.print(Extension.Limits({
          rcptMax: Option.some(100),
          mailMax: Option.none(),
          rcptDomainMax: Option.some(1),
          others: ["NEW=1"]
        }))
      ).toBe("LIMITS RCPTMAX=100 RCPTDOMAINMAX=1 NEW=1")
    })
  })

  describe("keyword", () => {
    it("is different for each kind", () => {
      const all = Object.values(Extension.keywords)
      expect(new Set(all).size).toBe(all.length)
      expect(Extension.keyword(Extension.Other({ keyword: "XFOO", parameters: [] }))).toBe("XFOO")
    })
  })

  describe("Equivalence", () => {
    it("compares keyword and parameters", () => {
      const plain = Extension.Auth({ mechanisms: ["PLAIN"] })
      expect(Extension.Equivalence(plain, Extension.Auth({ mechanisms: ["PLAIN"] }))).toBe(true)
      expect(Extension.Equivalence(plain, Extension.Auth({ mechanisms: ["LOGIN"] }))).toBe(false)
      expect(Extension.Equivalence(plain, Extension.Burl({ parameters: ["PLAIN"] }))).toBe(false)
    })
  })
})
