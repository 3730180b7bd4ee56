import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as AddressMode from "../src/AddressMode.js"
import * as Mailbox from "../src/Mailbox.js"
import * as MailParameters from "../src/MailParameters.js"
import * as Parameter from "../src/Parameter.js"
import * as Arbitrary from "./arbitraries/parameter.js"

const { empty } = MailParameters
const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)
const typed = (text: string, mode?: AddressMode.AddressMode) =>
  MailParameters.fromParameters(right(Parameter.parseList(text)), mode)
const read = (text: string, mode?: AddressMode.AddressMode) => right(typed(text, mode))
const keywordAtFault = (text: string) => right(Either.flip(typed(text))).keyword
const allRefused = (keyword: string, values: ReadonlyArray<string>) => {
  for (const value of values) expect(keywordAtFault(`${keyword}=${value}`)).toBe(keyword)
  expect(keywordAtFault(keyword)).toBe(keyword)
}

const { Submitter } = MailParameters

describe("MailParameters", () => {
  describe("fields", () => {
    it("are typed views of the parameters, found without regard to case (P19)", () => {
      expect(read("")).toEqual(empty)
      expect(read("size=12 body=8bitmime smtputf8 ret=hdrs envid=QQ314159 x-y=z")).toEqual({
        ...empty,
        size: Option.some(12),
        body: Option.some("8BITMIME"),
        smtpUtf8: true,
        ret: Option.some("HDRS"),
        envid: Option.some("QQ314159"),
        rest: [{ keyword: "X-Y", value: Option.some("z") }]
      })
    })

    it("SIZE is up to twenty digits (RFC 1870)", () => {
      expect(read("SIZE=0").size).toEqual(Option.some(0))
      expect(read("SIZE=00012").size).toEqual(Option.some(12))
      expect(read("SIZE=99999999999999999999").size).toEqual(Option.some(Number.MAX_SAFE_INTEGER))
      allRefused("SIZE", ["-1", "1.5", "1e3", "0x10", "x", "100000000000000000000"])
    })

    it("BODY and RET are words", () => {
      expect(read("BODY=BINARYMIME RET=FULL")).toEqual({
        ...empty,
        body: Option.some("BINARYMIME"),
        ret: Option.some("FULL")
      })
      allRefused("BODY", ["8BIT", "7BIT,8BITMIME"])
      allRefused("RET", ["ALL", "FULL,HDRS"])
    })

    it("SMTPUTF8 and REQUIRETLS have no value (RFC 6531, RFC 8689)", () => {
      expect(read("SMTPUTF8 REQUIRETLS")).toEqual({ ...empty, smtpUtf8: true, requireTls: true })
      expect(keywordAtFault("SMTPUTF8=1")).toBe("SMTPUTF8")
      expect(keywordAtFault("REQUIRETLS=yes")).toBe("REQUIRETLS")
    })

    it("ENVID is printable xtext of at most 100 characters (RFC 3461)", () => {
      expect(read("ENVID=a+20b+2B").envid).toEqual(Option.some("a b+"))
      expect(read(`ENVID=${"x".repeat(100)}`).envid).toEqual(Option.some("x".repeat(100)))
      allRefused("ENVID", ["x".repeat(101), "a+2", "a+3d", "+C3+BC"])
    })

    it("ENVID cannot bring a line break into a log (N14)", () => {
      for (const value of ["a+0D+0Ab", "a+00", "a+7F", "a+E2+80+8Bb", "a+1B[2J"]) {
        expect(keywordAtFault(`ENVID=${value}`)).toBe("ENVID")
      }
    })

    it("AUTH is a mailbox as xtext, or nobody (RFC 4954)", () => {
      const mailbox = (text: string, mode = AddressMode.withUtf8(AddressMode.strict)) =>
        Option.some(Submitter.Mailbox({ mailbox: right(Mailbox.parse(text, mode)) }))
      expect(read("AUTH=e+3Dmc2@example.com").auth).toEqual(mailbox("e=mc2@example.com"))
      expect(read("AUTH=<>").auth).toEqual(Option.some(Submitter.Nobody()))
      expect(read("AUTH=j+C3+B6rg@x").auth).toEqual(mailbox("jörg@x"))
      expect(read("AUTH=a@b_c", AddressMode.lenient).auth)
        .toEqual(mailbox("a@b_c", AddressMode.lenient))
    })

    it("AUTH may be a name without a domain, as Dovecot's relay sends it", () => {
      const name = (text: string) => Option.some(Submitter.Name({ name: text }))
      expect(read("AUTH=alice").auth).toEqual(name("alice"))
      expect(read("AUTH=a+20b").auth).toEqual(name("a b"))
      expect(read("AUTH=<a@b>").auth).toEqual(name("<a@b>"))
      expect(read("AUTH=a@b_c").auth).toEqual(name("a@b_c"))
      expect(right(MailParameters.make({ auth: name("a+b=c") }))).toMatchObject({
        auth: name("a+b=c")
      })
    })

    it("AUTH is xtext, and cannot bring a line break into a log (N14)", () => {
      allRefused("AUTH", ["a+2", "a+0D@b", "a+00", "a+FF", "+22a+0Ab+22@x"])
    })

    it("BY is a time, a mode and perhaps a trace (RFC 2852)", () => {
      expect(read("BY=120;R").by).toEqual(
        Option.some({ seconds: 120, mode: "R", trace: false })
      )
      expect(read("BY=+999999999;nt").by).toEqual(
        Option.some({ seconds: 999_999_999, mode: "N", trace: true })
      )
      expect(read("BY=-5;N").by).toEqual(Option.some({ seconds: -5, mode: "N", trace: false }))
      expect(read("BY=-0;N").by).toEqual(Option.some({ seconds: 0, mode: "N", trace: false }))
      allRefused("BY", [
        "0;R",
        "-1;R",
        "1000000000;N",
        "1",
        "1;",
        "1;X",
        "1;RTT",
        ";R",
        "1;TR",
        "--1;N"
      ])
    })

    it("HOLDFOR and HOLDUNTIL exclude each other (RFC 4865)", () => {
      expect(read("HOLDFOR=3600").hold).toEqual(Option.some(MailParameters.For({ seconds: 3600 })))
      expect(read("HOLDUNTIL=2026-12-24T18:00:00+01:00").hold).toEqual(
        Option.some(MailParameters.Until({ dateTime: "2026-12-24T18:00:00+01:00" }))
      )
      allRefused("HOLDFOR", ["0", "01", "1000000000", "-1", "x"])
      allRefused("HOLDUNTIL", [
        "2026-12-24",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-12-24T24:00:00Z",
        "2026-12-24T18:60:00Z",
        "2026-12-24T18:00:61Z",
        "2026-12-24T18:00:00",
        "2026-12-24T18:00:00+24:00",
        "2026-00-10T00:00:00Z",
        "1900-02-29T00:00:00Z"
      ])
      expect(Option.isSome(read("HOLDUNTIL=2024-02-29T23:59:60.5Z").hold)).toBe(true)
      expect(Option.isSome(read("HOLDUNTIL=2000-02-29t00:00:00z").hold)).toBe(true)
      expect(keywordAtFault("HOLDFOR=1 HOLDUNTIL=2026-12-24T18:00:00Z")).toBe("HOLDUNTIL")
    })

    it("MT-PRIORITY is from -9 to 9 (RFC 6710)", () => {
      for (const priority of [-9, -1, 0, 1, 9]) {
        expect(read(`MT-PRIORITY=${priority}`).mtPriority).toEqual(Option.some(priority))
      }
      allRefused("MT-PRIORITY", ["10", "-10", "+1", "-0", "00", "1.5", "x"])
    })

    it("are refused when given twice in a list made by hand (P21)", () => {
      const size: Parameter.Parameter = { keyword: "size", value: Option.some("1") }
      const other: Parameter.Parameter = { keyword: "X", value: Option.none() }
      const sameOther: Parameter.Parameter = { keyword: "x", value: Option.some("1") }
      for (const list of [[size, { ...size, keyword: "SIZE" }], [other, sameOther]]) {
        expect(Either.isLeft(MailParameters.fromParameters(list))).toBe(true)
      }
    })

    it("say in an error what was expected, not what was found", () => {
      const error = right(Either.flip(typed("BODY=secret")))
      expect(error.message).toBe("BODY: expected 7BIT, 8BITMIME or BINARYMIME")
    })
  })

  describe("toParameters", () => {
    it("writes the parameters as the RFCs do", () => {
      const text =
        "SIZE=10 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+20b AUTH=e+3Dmc2@x REQUIRETLS BY=-1;NT HOLDFOR=60 MT-PRIORITY=-3 X-Y=z"
      expect(Parameter.printList(MailParameters.toParameters(read(text)))).toBe(text)
      expect(MailParameters.toParameters(empty)).toEqual([])
    })

    it.prop("is the inverse of fromParameters", [Arbitrary.mailParameters], ([parameters]) => {
      const list = MailParameters.toParameters(parameters)
      expect(right(MailParameters.fromParameters(list))).toEqual(parameters)
      expect(right(Parameter.parseList(Parameter.printList(list)))).toEqual(list)
    })
  })

  describe("make", () => {
    it("checks fields from anywhere", () => {
      expect(right(MailParameters.make({ size: Option.some(5) }))).toEqual({
        ...empty,
        size: Option.some(5)
      })
      const wrong: ReadonlyArray<Partial<MailParameters.MailParameters>> = [
        { size: Option.some(-1) },
        { size: Option.some(NaN) },
        { size: Option.some(1e21) },
        { envid: Option.some("a\r\nb") },
        { envid: Option.some("") },
        { envid: Option.some(" ".repeat(34)) },
        { by: Option.some({ seconds: 0, mode: "R", trace: false }) },
        { by: Option.some({ seconds: 1.5, mode: "N", trace: false }) },
        { hold: Option.some(MailParameters.For({ seconds: 0 })) },
        { hold: Option.some(MailParameters.Until({ dateTime: "soon\r\nDATA" })) },
        { hold: Option.some(MailParameters.Until({ dateTime: "2026-12-24T18:00:00Z RET=FULL" })) },
        { mtPriority: Option.some(10) },
        { rest: [{ keyword: "X", value: Option.some("a b") }] },
        { rest: [{ keyword: "X\r\nDATA", value: Option.none() }] },
        { size: Option.some(1), rest: [{ keyword: "SIZE", value: Option.some("2") }] }
      ]
      for (const fields of wrong) expect(Either.isLeft(MailParameters.make(fields))).toBe(true)
    })
  })
})
