import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as AddressMode from "../src/AddressMode.js"
import * as Parameter from "../src/Parameter.js"
import * as RcptParameters from "../src/RcptParameters.js"
import * as Arbitrary from "./arbitraries/parameter.js"
import * as Text from "./arbitraries/text.js"

const utf8 = AddressMode.withUtf8(AddressMode.strict)
const { empty } = RcptParameters
const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)
const typed = (text: string) =>
  RcptParameters.fromParameters(right(Parameter.parseList(text, utf8)), utf8)
const read = (text: string) => right(typed(text))
const keywordAtFault = (text: string) => right(Either.flip(typed(text))).keyword
const allRefused = (keyword: string, values: ReadonlyArray<string>) => {
  for (const value of values) expect(keywordAtFault(`${keyword}=${value}`)).toBe(keyword)
  expect(keywordAtFault(keyword)).toBe(keyword)
}

describe("RcptParameters", () => {
  describe("fields", () => {
    it("are typed views of the parameters, found without regard to case (P19)", () => {
      expect(read("")).toEqual(empty)
      expect(read("notify=success,delay orcpt=rfc822;Bob@Example.COM x=1")).toEqual({
        ...empty,
        notify: Option.some(RcptParameters.On({ events: ["SUCCESS", "DELAY"] })),
        orcpt: Option.some({ addressType: "rfc822", address: "Bob@Example.COM" }),
        rest: [{ keyword: "X", value: Option.some("1") }]
      })
    })

    it("NOTIFY is NEVER alone or a set of events (RFC 3461)", () => {
      expect(read("NOTIFY=never").notify).toEqual(Option.some(RcptParameters.Never()))
      expect(read("NOTIFY=DELAY,FAILURE,SUCCESS,FAILURE").notify).toEqual(
        Option.some(RcptParameters.On({ events: ["SUCCESS", "FAILURE", "DELAY"] }))
      )
      allRefused("NOTIFY", [
        "NEVER,SUCCESS",
        "SUCCESS,NEVER",
        "NEVER,NEVER",
        ",",
        "SUCCESS,",
        "ALWAYS"
      ])
    })

    it("ORCPT is a type and an encoded address of at most 500 characters (RFC 3461)", () => {
      expect(read("ORCPT=rfc822;a+2Bb@x").orcpt).toEqual(
        Option.some({ addressType: "rfc822", address: "a+b@x" })
      )
      const longest = `rfc822;${"a".repeat(500 - "ORCPT=rfc822;".length)}`
      expect(Option.isSome(read(`ORCPT=${longest}`).orcpt)).toBe(true)
      allRefused("ORCPT", [
        `${longest}a`,
        "a@x",
        ";a@x",
        "rfc822;",
        "rfc(822);a@x",
        "rfc822;a+2@x",
        "rfc822;a+C3+BC@x",
        "rfc822;ü@x"
      ])
    })

    it("ORCPT of type utf-8 may be beyond ASCII, in two forms (RFC 6533)", () => {
      const orcpt = Option.some({ addressType: "utf-8", address: "jörg+x@例え" })
      for (
        const text of [
          "ORCPT=utf-8;jörg\\x{2B}x@例え",
          "ORCPT=utf-8;j\\x{F6}rg\\x{2B}x@\\x{4F8B}\\x{3048}"
        ]
      ) {
        expect(read(text).orcpt).toEqual(orcpt)
      }
      const print = (mode?: AddressMode.AddressMode) =>
        Parameter.printList(RcptParameters.toParameters({ ...empty, orcpt }, mode))
      expect(print(utf8)).toBe("ORCPT=utf-8;jörg\\x{2B}x@例え")
      expect(print()).toBe("ORCPT=utf-8;j\\x{F6}rg\\x{2B}x@\\x{4F8B}\\x{3048}")
    })

    it("ORCPT cannot bring a control or invisible character into a log (N14)", () => {
      for (const char of Text.controls) {
        const code = char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")
        expect(keywordAtFault(`ORCPT=rfc822;a+${code}b`)).toBe("ORCPT")
        expect(keywordAtFault(`ORCPT=utf-8;a\\x{${code}}b`)).toBe("ORCPT")
      }
      for (const code of ["200B", "2060", "FEFF", "202E", "85"]) {
        expect(keywordAtFault(`ORCPT=utf-8;a\\x{${code}}b`)).toBe("ORCPT")
      }
    })

    it("RRVS is a date and time, and what to do without support (RFC 7293)", () => {
      expect(read("RRVS=2014-04-03T23:01:00Z").rrvs).toEqual(
        Option.some({ since: "2014-04-03T23:01:00Z", action: Option.none() })
      )
      expect(read("RRVS=2014-04-03T23:01:00Z;c").rrvs).toEqual(
        Option.some({ since: "2014-04-03T23:01:00Z", action: Option.some("C") })
      )
      allRefused("RRVS", [
        "2014-04-31T00:00:00Z",
        "yesterday",
        "2014-04-03T23:01:00Z;",
        "2014-04-03T23:01:00Z;X",
        "2014-04-03T23:01:00Z;C;R",
        ";C"
      ])
    })

    it("are refused when given twice in a list made by hand (P21)", () => {
      const notify: Parameter.Parameter = { keyword: "NOTIFY", value: Option.some("NEVER") }
      expect(Either.isLeft(RcptParameters.fromParameters([notify, notify]))).toBe(true)
    })
  })

  describe("toParameters", () => {
    it.prop("is the inverse of fromParameters", [Arbitrary.rcptParameters], ([parameters]) => {
      for (const mode of [AddressMode.strict, utf8]) {
        const list = RcptParameters.toParameters(parameters, mode)
        expect(right(RcptParameters.fromParameters(list, mode))).toEqual(parameters)
        expect(right(Parameter.parseList(Parameter.printList(list), mode))).toEqual(list)
      }
    })
  })

  describe("make", () => {
    it("checks fields from anywhere", () => {
      expect(right(RcptParameters.make({ notify: Option.some(RcptParameters.Never()) }))).toEqual({
        ...empty,
        notify: Option.some(RcptParameters.Never())
      })
      const wrong: ReadonlyArray<Partial<RcptParameters.RcptParameters>> = [
        { orcpt: Option.some({ addressType: "rfc822", address: "a\r\nb" }) },
        { orcpt: Option.some({ addressType: "rfc822", address: "" }) },
        { orcpt: Option.some({ addressType: "rfc822", address: "ü" }) },
        { orcpt: Option.some({ addressType: "a b", address: "x" }) },
        { orcpt: Option.some({ addressType: "rfc822", address: "a".repeat(500) }) },
        { rrvs: Option.some({ since: "now", action: Option.none() }) },
        { rest: [{ keyword: "X Y", value: Option.none() }] },
        { rest: [{ keyword: "NOTIFY", value: Option.some("SOON") }] }
      ]
      for (const fields of wrong) expect(Either.isLeft(RcptParameters.make(fields))).toBe(true)
    })
  })
})
