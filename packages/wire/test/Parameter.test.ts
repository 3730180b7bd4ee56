import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as AddressMode from "../src/AddressMode.js"
import * as Parameter from "../src/Parameter.js"
import * as Arbitrary from "./arbitraries/parameter.js"
import * as Text from "./arbitraries/text.js"

const { lenient, strict } = AddressMode
const utf8 = AddressMode.withUtf8(strict)

const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)
const read = (text: string, mode?: AddressMode.AddressMode) =>
  right(Parameter.parseList(text, mode))
const fault = (text: string, mode?: AddressMode.AddressMode) => {
  const { offset, part, reason } = right(Either.flip(Parameter.parseList(text, mode)))
  return { offset, part, reason }
}
const refused = (text: string, mode?: AddressMode.AddressMode) =>
  Either.isLeft(Parameter.parseList(text, mode))

describe("Parameter", () => {
  describe("grammar", () => {
    it("is a keyword with an optional value, several with a space between (P9)", () => {
      expect(read("SIZE=1000 SMTPUTF8 x-1=<>;\"+")).toEqual([
        { keyword: "SIZE", value: Option.some("1000") },
        { keyword: "SMTPUTF8", value: Option.none() },
        { keyword: "X-1", value: Option.some("<>;\"+") }
      ])
      expect(read("")).toEqual([])
      for (const char of Text.visible) {
        expect(refused(`A=${char}`)).toBe(char === "=")
      }
      for (
        const text of ["=", "=a", "a=", "a=b=c", "-a", "a_b", "a,b", "é", "a=ü", "a =b", "a= b"]
      ) {
        expect(refused(text)).toBe(true)
      }
    })

    it("has a keyword without case (P19)", () => {
      expect(read("size=1")).toEqual(read("SIZE=1"))
      expect(refused("size=1 SIZE=1")).toBe(true)
      expect(right(Parameter.make({ keyword: "body", value: "7bit" }))).toEqual({
        keyword: "BODY",
        value: Option.some("7bit")
      })
    })

    it("may have a value beyond ASCII where that is allowed", () => {
      expect(fault("A=bü")).toEqual({ part: "parameter", reason: "NotAscii", offset: 3 })
      expect(read("ORCPT=utf-8;jörg@x", utf8)).toEqual([
        { keyword: "ORCPT", value: Option.some("utf-8;jörg@x") }
      ])
      expect(refused("Ä=b", utf8)).toBe(true)
    })

    it("is separated by more than one space only when lenient (P20)", () => {
      for (const text of ["A=1  B", " A=1 B", "A=1 B ", "   A=1   B   "]) {
        expect(refused(text)).toBe(true)
        expect(read(text, lenient)).toEqual(read("A=1 B"))
      }
      expect(refused(" ")).toBe(true)
      expect(read(" ", lenient)).toEqual([])
      expect(refused("A\tB", lenient)).toBe(true)
      expect(right(Parameter.parseListFrom("<> A=1 B", { offset: 3, mode: strict }))).toEqual(
        read("A=1 B")
      )
      expect(right(Parameter.parseListFrom("<>   A=1 B", { offset: 3, mode: lenient }))).toEqual(
        read("A=1 B")
      )
    })

    it("is refused when given twice (P21)", () => {
      expect(fault("A=1 B A=1")).toEqual({ part: "parameter", reason: "Syntax", offset: 6 })
      expect(refused("a b A")).toBe(true)
      expect(refused("a b A", lenient)).toBe(true)
    })
  })

  describe("limits", () => {
    it("bound the keyword, the value and the count (P17)", () => {
      expect(refused("A".repeat(64))).toBe(false)
      expect(fault("A".repeat(65)).reason).toBe("TooLong")
      expect(refused(`A=${"v".repeat(1024)}`)).toBe(false)
      expect(fault(`A=${"v".repeat(1025)}`).reason).toBe("TooLong")
      expect(fault(`A=${"ü".repeat(513)}`, utf8).reason).toBe("TooLong")
      const many = (count: number) => Array.from({ length: count }, (_, at) => `X${at}`).join(" ")
      expect(read(many(32))).toHaveLength(32)
      expect(fault(many(33)).reason).toBe("TooLong")
      for (const text of ["A".repeat(1e6), many(1e5), `A=${"+".repeat(1e6)}`]) {
        expect(refused(text)).toBe(true)
      }
    })

    it("leave no control or invisible character in (N14)", () => {
      for (const char of [...Text.controls, ...Text.invisible]) {
        for (const hostile of Text.insertions("AB=cd EF", char)) {
          expect(refused(hostile)).toBe(true)
          expect(refused(hostile, AddressMode.withUtf8(lenient))).toBe(true)
        }
      }
    })
  })

  describe("make", () => {
    it("refuses parts that would be something else on the wire (N9)", () => {
      for (
        const [keyword, value] of [
          ["A=B", "c"],
          ["A B", "c"],
          ["", "c"],
          ["A", ""],
          ["A", "b c"],
          ["A", "b\r\nRCPT TO:<x@y>"],
          ["A", "b=c"],
          ["A\r\n", "b"],
          ["-A", "b"],
          ["A", "ü"]
        ] as const
      ) {
        expect(Either.isLeft(Parameter.make({ keyword, value }))).toBe(true)
      }
      expect(right(Parameter.make({ keyword: "A" }))).toEqual({
        keyword: "A",
        value: Option.none()
      })
      expect(Either.isRight(Parameter.make({ keyword: "A", value: "ü" }, utf8))).toBe(true)
    })
  })

  describe("parse and print", () => {
    it.prop("one: reads what it prints", [Arbitrary.parameter], ([parameter]) => {
      expect(right(Parameter.parse(Parameter.print(parameter)))).toEqual(parameter)
    })

    it.prop("many: reads what it prints (strict)", [Arbitrary.parameters], ([list]) => {
      expect(read(Parameter.printList(list))).toEqual(list)
      expect(read(Parameter.printList(list), lenient)).toEqual(list)
    })

    it.prop("many: reads what it prints (UTF-8)", [Arbitrary.utf8Parameters], ([list]) => {
      expect(read(Parameter.printList(list), utf8)).toEqual(list)
    })

    it.prop("never throw", [FastCheck.string({ unit: "binary" })], ([text]) => {
      Parameter.parseList(text, utf8)
      Parameter.parseList(`A=${text}`, AddressMode.withUtf8(lenient))
    })
  })
})
