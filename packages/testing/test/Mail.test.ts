import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Mail from "../src/Mail.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const read = (...lines: ReadonlyArray<string>) => Mail.decode(bytes(lines.join("\r\n")))
const body = (mail: Mail.Mail) => new TextDecoder().decode(mail.body)
const subject = (value: string) => Mail.value(read(`Subject: ${value}`, "", ""), "subject")

describe("Mail", () => {
  describe("decode", () => {
    it("tells fields from the body, which stays as it is", () => {
      const mail = read("From: a@x.example", "To:b@x.example", "", "Hello", "", "To: you", "")
      expect(mail.fields).toEqual([
        { name: "From", value: "a@x.example" },
        { name: "To", value: "b@x.example" }
      ])
      expect(body(mail)).toBe("Hello\r\n\r\nTo: you\r\n")
    })

    it("takes bare LF, a body without a header, a header without a body, and nothing", () => {
      const unix = Mail.decode(bytes("A: 1\nB: 2\n\nbody\n"))
      expect(unix.fields.map(({ value }) => value)).toEqual(["1", "2"])
      expect(body(unix)).toBe("body\n")
      expect(read("just words", "A: 1")).toMatchObject({ fields: [] })
      expect(body(read("just words", "A: 1"))).toBe("just words\r\nA: 1")
      expect(body(read("A: 1", " 2"))).toBe("")
      expect(Mail.decode(new Uint8Array())).toEqual({ fields: [], body: new Uint8Array() })
    })

    it("unfolds fields", () => {
      expect(Mail.value(read("Subject: one", " two", "\tthree", ""), "Subject"))
        .toEqual(Option.some("one two\tthree"))
    })

    it("decodes encoded words, wherever they stand (RFC 2047)", () => {
      expect(subject("=?UTF-8?Q?Gr=C3=BC=C3=9Fe_an?= Bob")).toEqual(Option.some("Grüße an Bob"))
      expect(subject("=?utf-8*de?b?R3LDvMOfZQ==?=")).toEqual(Option.some("Grüße"))
      expect(subject("=?iso-8859-1?q?Gr=FC?= \r\n =?iso-8859-1?q?=DFe?=")).toEqual(
        Option.some("Grüße")
      )
    })

    it("leaves what is no encoded word, or of a charset nobody knows", () => {
      for (
        const text of ["=?x-klingon?Q?nuqneH?=", "=?utf-8?B?!!?=", "1 =? 2 ?= 3", "=?a?q?b c?="]
      ) {
        expect(subject(text)).toEqual(Option.some(text))
      }
    })

    it.prop("never fails, and loses nothing of a body", [FastCheck.uint8Array()], ([input]) => {
      const mail = Mail.decode(Uint8Array.from([...bytes("A: b\r\n\r\n"), ...input]))
      expect([...mail.body]).toEqual([...input])
      expect(typeof Mail.text(Mail.decode(input))).toBe("string")
      expect(Mail.parts(Mail.decode(input))).toEqual([])
    })
  })

  describe("values", () => {
    it("are found by name in any case, in order", () => {
      const mail = read("Received: 2", "subject: x", "RECEIVED: 1", "", "")
      expect(Mail.values(mail, "received")).toEqual(["2", "1"])
      expect(Mail.value(mail, "Received")).toEqual(Option.some("2"))
      expect(Mail.value(mail, "Date")).toEqual(Option.none())
    })
  })

  describe("text", () => {
    it("undoes quoted-printable: soft line ends, links, what is not in ASCII", () => {
      const mail = read(
        "Content-Type: text/plain; charset=\"iso-8859-1\"",
        "Content-Transfer-Encoding: Quoted-Printable",
        "",
        "https://shop.example/reset?=",
        "token=3Dabc  ",
        "Gr=FC=DFe =zz"
      )
      expect(Mail.text(mail)).toBe("https://shop.example/reset?token=abc\r\nGrüße =zz")
    })

    it("undoes base64", () => {
      const encoded = (content: string) =>
        read("Content-Transfer-Encoding: base64", "", ...content.split("|"))
      expect(Mail.text(encoded("R3LD|vMOfZQ==|"))).toBe("Grüße")
      expect(Mail.text(encoded("not base64!"))).toBe("not base64!")
    })

    it("takes UTF-8 where nothing is said", () => {
      expect(Mail.text(read("A: b", "", "Grüße"))).toBe("Grüße")
      expect(Mail.text(read("Content-Type: text/plain; charset=x-klingon", "", "Grüße")))
        .toBe("Grüße")
    })
  })

  describe("parts", () => {
    const multipart = (...lines: ReadonlyArray<string>) =>
      read("Content-Type: multipart/alternative; boundary=\"=_b1\"", "", ...lines)

    it("are messages again, without what is around them (RFC 2046 section 5.1)", () => {
      const parts = Mail.parts(multipart(
        "preamble",
        "--=_b1",
        "Content-Type: text/plain",
        "Content-Transfer-Encoding: base64",
        "",
        "R3LDvMOfZQ==",
        "--=_b1  ",
        "",
        "--=_b12",
        "second",
        "",
        "--=_b1--",
        "epilogue"
      ))
      expect(parts.map(Mail.text)).toEqual(["Grüße", "--=_b12\r\nsecond\r\n"])
    })

    it("are there as far as they got", () => {
      expect(Mail.parts(multipart("--=_b1", "", "one")).map(Mail.text)).toEqual(["one"])
      expect(Mail.parts(multipart("nothing"))).toEqual([])
    })

    it("are none in other messages", () => {
      expect(Mail.parts(read("Content-Type: text/plain; boundary=b", "", "--b", "", "x"))).toEqual(
        []
      )
      expect(Mail.parts(read("Content-Type: multipart/mixed", "", "--b", "", "x"))).toEqual([])
    })
  })
})
