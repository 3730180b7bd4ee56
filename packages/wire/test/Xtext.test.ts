import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Xtext from "../src/Xtext.js"
import * as Text from "./arbitraries/text.js"

const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)
const left = <A, E>(either: Either.Either<A, E>): E => right(Either.flip(either))

const text = FastCheck.array(FastCheck.constantFrom(...Array.from(`${Text.printable}üñ用户😀`)))
  .map((units) => units.join(""))

describe("Xtext", () => {
  describe("encode and decode", () => {
    it("know the examples of RFC 3461 and RFC 2554 (P19)", () => {
      expect(Xtext.encode("e=mc2@example.com")).toBe("e+3Dmc2@example.com")
      expect(right(Xtext.decode("e+3Dmc2@example.com"))).toBe("e=mc2@example.com")
      expect(Xtext.encode("a b+c=d")).toBe("a+20b+2Bc+3Dd")
      expect(right(Xtext.decode("+41b"))).toBe("Ab")
      expect(right(Xtext.decode(""))).toBe("")
      expect(right(Xtext.decode("+C3+BC"))).toBe("ü")
    })

    it("refuse what is not xtext", () => {
      for (
        const bad of ["a b", "a=b", "+", "+4", "+4g", "+3d", "a+", "ü", "+ 41", "+FF", "+C3", "+-1"]
      ) {
        expect(left(Xtext.decode(bad)).part).toBe("xtext")
      }
      expect(left(Xtext.decode("ab+4g"))).toMatchObject({ offset: 2, reason: "Syntax" })
    })

    it("refuse a control or invisible character, however it was written (N14)", () => {
      expect(left(Xtext.decode("a+0D+0Ab")).reason).toBe("Unsafe")
      for (const char of [...Text.controls, ...Text.invisible]) {
        expect(Either.isLeft(Xtext.decode(`a${char}b`))).toBe(true)
        if (!/^\p{Cs}$/u.test(char)) {
          expect(left(Xtext.decode(`a${Xtext.encode(char)}b`)).reason).toBe("Unsafe")
        }
      }
    })

    it.prop("are inverse, and only visible ASCII is between", [text], ([plain]) => {
      const encoded = Xtext.encode(plain)
      expect(encoded).toMatch(/^[!-*,-<>-~+]*$/)
      expect(right(Xtext.decode(encoded))).toBe(plain)
    })

    it.prop("never throw", [FastCheck.string({ unit: "binary" })], ([any]) => {
      Xtext.encode(any)
      Xtext.decode(any)
      Xtext.decode(Xtext.encode(any))
      Xtext.decodeUnitext(any)
    })

    it("stay linear", () => {
      expect(right(Xtext.decode("+41".repeat(3e5)))).toBe("A".repeat(3e5))
      expect(Either.isLeft(Xtext.decode("+".repeat(1e6)))).toBe(true)
      expect(Either.isLeft(Xtext.decodeUnitext("\\x{".repeat(3e5)))).toBe(true)
      expect(right(Xtext.decodeUnitext("\\x{5C}".repeat(1e5)))).toBe("\\".repeat(1e5))
    })
  })

  describe("unitext (RFC 6533)", () => {
    it("escapes what ORCPT cannot hold", () => {
      expect(Xtext.encodeUnitext("a b\\+=ü@x")).toBe("a\\x{20}b\\x{5C}\\x{2B}\\x{3D}ü@x")
      expect(Xtext.encodeUnitextAscii("用户😀@x")).toBe("\\x{7528}\\x{6237}\\x{1F600}@x")
      expect(Xtext.encodeUnitextAscii("ü")).toBe("\\x{FC}")
    })

    it("refuses escapes that are not HEXPOINT", () => {
      for (
        const bad of [
          "\\x{41}",
          "\\x{0020}",
          "\\x{fc}",
          "\\x{}",
          "\\x{D800}",
          "\\x{110000}",
          "\\x{5C",
          "\\x5C",
          "\\",
          "a+b",
          "a=b",
          "a b",
          "\\x{5C5C5C5C}"
        ]
      ) {
        expect(Either.isLeft(Xtext.decodeUnitext(bad))).toBe(true)
      }
    })

    it("refuses a control or invisible character, however it was written (N14)", () => {
      for (const char of [...Text.controls, ...Text.invisible]) {
        expect(Either.isLeft(Xtext.decodeUnitext(`a${char}b`))).toBe(true)
        expect(Either.isLeft(Xtext.decodeUnitext(Xtext.encodeUnitextAscii(`a${char}b`)))).toBe(true)
      }
    })

    it.prop("is the inverse of both encodings", [text], ([plain]) => {
      expect(Xtext.encodeUnitextAscii(plain)).toMatch(/^[!-*,-<>-~]*$/)
      expect(right(Xtext.decodeUnitext(Xtext.encodeUnitextAscii(plain)))).toBe(plain)
      expect(right(Xtext.decodeUnitext(Xtext.encodeUnitext(plain)))).toBe(plain)
    })
  })
})
