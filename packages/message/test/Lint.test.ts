import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Reply from "@effect-smtp/wire/Reply"
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import * as Finding from "../src/Finding.js"
import * as Lint from "../src/Lint.js"

const octets = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A server that offers these. */
const offering = (...lines: ReadonlyArray<string>): Lint.Options => ({
  server: Capabilities.fromReply(
    Reply.make({ code: ReplyCode.ok, text: ["mx.example", ...lines] })
  )
})

/** Each finding in short: how bad, which rule, in which line. */
const found = (message: string | Uint8Array, options: Lint.Options = {}): ReadonlyArray<string> =>
  Lint.lintBytes(typeof message === "string" ? octets(message) : message, options)
    .map(({ at, rule, severity, times }) =>
      `${severity} ${rule._tag}${"name" in rule ? ` ${rule.name}` : ""} ${at.line}${
        times > 1 ? ` x${times}` : ""
      }`
    )

const header = [
  "From: Alice <alice@client.example>",
  "To: bob@mx.example",
  "Date: Mon, 23 Nov 2026 18:00:0 +0000",
  "Message-ID: <1@client.example>",
  "Subject: hello"
]

/** A message of this header and content, lines ending in CR LF. */
const message = (fields: ReadonlyArray<string>, ...content: ReadonlyArray<string>): string =>
  [...fields, "", ...content, ""].join("\r\n")

const good = message(header, "Hello Bob,", "..", "Alice")

const without = (name: string): ReadonlyArray<string> =>
  header.filter((field) => !field.startsWith(name))

describe("Lint", () => {
  describe("a good message", () => {
    it("has no findings, whatever the server offers", () => {
      expect(found(good)).toEqual([])
      expect(found(good, offering())).toEqual([])
      expect(found(good, offering("SIZE 1000", "8BITMIME", "SMTPUTF8"))).toEqual([])
    })

    it("may have the line ends of a text file", () => {
      expect(found(good.replaceAll("\r\n", "\n"))).toEqual([])
    })

    it("may end with its header", () => {
      expect(found(`${header.join("\r\n")}\r\n`)).toEqual([])
    })
  })

  describe("lines", () => {
    const line = (length: number) => "x".repeat(length)

    it("have 78 characters, and 998 octets at most", () => {
      expect(found(message(header, line(78)))).toEqual([])
      expect(found(message(header, line(79)))).toEqual(["Advice LineWide 7"])
      expect(found(message(header, "é".repeat(78)), offering("8BITMIME"))).toEqual([])
      expect(found(message(header, line(998)))).toEqual(["Advice LineWide 7"])
      expect(found(message(header, line(999), line(2000), line(1000)))).toEqual([
        "Error LineTooLong 7 x3"
      ])
      const [finding] = Lint.lintBytes(octets(message(header, line(999), line(2000), line(1000))))
      expect(finding.rule).toEqual(Finding.Rule.LineTooLong({ octets: 2000 }))
    })

    it("are those of the header, too", () => {
      expect(found(message([...header, `X: ${line(996)}`]))).toEqual(["Error LineTooLong 6"])
    })

    it("end in CR LF, or all of them in LF", () => {
      expect(found(`${header.join("\r\n")}\r\n\r\none\ntwo\n`)).toEqual(["Warning BareLf 7 x2"])
      expect(found(message(header, "one\rtwo\r\rx"))).toEqual(["Warning BareCr 7 x3"])
      expect(found(`${good}\r`)).toEqual(["Warning BareCr 10"])
    })

    it("end, the last one too", () => {
      expect(found(`${good}bye`)).toEqual(["Advice NoFinalLineEnd 10"])
    })
  })

  describe("octets", () => {
    const bytes = (...content: ReadonlyArray<number>) =>
      new Uint8Array([...octets(message(header)), ...content])

    it("are not 0 without BINARYMIME", () => {
      expect(found(bytes(0x61, 0, 0, 0x0a))).toContain("Error Nul 7 x2")
      expect(found(bytes(0, 0x0d, 0x0a), offering("BINARYMIME"))).toEqual(["Error Nul 7"])
      expect(found(bytes(0, 0x0d, 0x0a), offering("BINARYMIME", "CHUNKING")))
        .toEqual(["Warning Nul 7"])
    })

    it("above 127 want 8BITMIME", () => {
      const eightBit = message(header, "x", "é")
      expect(found(eightBit)).toEqual(["Advice NeedsEightBitMime 8"])
      expect(found(eightBit, offering("SMTPUTF8"))).toEqual(["Error NeedsEightBitMime 8"])
      expect(found(eightBit, offering("8BITMIME"))).toEqual([])
    })

    it("above 127 in the header are UTF-8, and want SMTPUTF8", () => {
      const utf8 = message([...without("Subject"), "Subject: à la carte"])
      expect(found(utf8)).toEqual(["Advice NeedsSmtpUtf8 5"])
      expect(found(utf8, offering("8BITMIME"))).toEqual(["Error NeedsSmtpUtf8 5"])
      expect(found(utf8, offering("8BITMIME", "SMTPUTF8"))).toEqual([])
      const latin1 = Uint8Array.from(message([...header, "X: \u00e0 la"]), (c) => c.charCodeAt(0))
      expect(found(latin1, offering("8BITMIME", "SMTPUTF8"))).toEqual(["Error NotUtf8 6"])
    })

    it("of a binary message are what they are behind its header", () => {
      const binary = (...extensions: ReadonlyArray<string>) => ({
        ...offering(...extensions),
        binary: true
      })
      const content = bytes(0, 0x0a, 0x0d, 0xff, ...Array.from({ length: 2000 }, () => 0x78))
      expect(found(content, binary("BINARYMIME", "CHUNKING"))).toEqual([])
      expect(found(content, binary("CHUNKING", "8BITMIME"))).toEqual(["Error NeedsBinaryMime 1"])
      expect(found(content, { binary: true })).toEqual(["Advice NeedsBinaryMime 1"])
      expect(found(good.replaceAll("\r\n", "\n"), binary("BINARYMIME", "CHUNKING")))
        .toEqual(["Error BareLf 1 x6"])
    })
  })

  describe("I14: size", () => {
    it("is counted with CR LF line ends, and is what the server takes at most", () => {
      const size = octets(good).length
      for (const text of [good, good.replaceAll("\r\n", "\n"), good.slice(0, -2)]) {
        expect(found(text, offering(`SIZE ${size}`))).not.toContain("Error TooBig 1")
        expect(found(text, offering(`SIZE ${size - 1}`))).toContain("Error TooBig 1")
        expect(found(text, offering("SIZE"))).not.toContain("Error TooBig 1")
      }
    })
  })

  describe("fields", () => {
    it("are there, those that must be", () => {
      expect(found(message(without("From")))).toEqual(["Error FieldMissing From 5"])
      expect(found(message(without("Date")))).toEqual(["Error FieldMissing Date 5"])
      expect(found(message(without("Message-ID")))).toEqual([
        "Warning FieldMissing Message-ID 5"
      ])
      expect(found("")).toEqual([
        "Error FieldMissing From 1",
        "Error FieldMissing Date 1",
        "Warning FieldMissing Message-ID 1"
      ])
    })

    it("are there once, those that may be", () => {
      expect(found(message([...header, ...header]))).toEqual([
        "Error FieldRepeated From 6",
        "Error FieldRepeated To 7",
        "Error FieldRepeated Date 8",
        "Error FieldRepeated Message-ID 9",
        "Error FieldRepeated Subject 10"
      ])
      expect(found(message([...header, "DATE: x", "date: y", "X-A: 1", "X-A: 2"]))).toEqual([
        "Error FieldRepeated Date 6 x2"
      ])
    })

    it("I13: may be malformed, and the others are looked at all the same", () => {
      const fields = [
        "From alice Mon Nov 23",
        ...without("Date"),
        "no colon",
        "A b: c",
        ": x",
        "é: y"
      ]
      expect(found(message(fields), offering("SMTPUTF8"))).toEqual([
        "Error NotAField 1 x5",
        "Error FieldMissing Date 10"
      ])
      expect(found(` folded\r\n${good}`)).toEqual(["Error NotAField 1"])
      expect(found(message(header).replace("\r\n\r\n", "\r\nHello Bob\r\n")))
        .toEqual(["Error NotAField 6"])
    })

    it("are folded with more than white space", () => {
      expect(found(message([...header, "X: a", " ", "\t b"]))).toEqual(["Warning BlankFold 7"])
    })

    it("leave Bcc out", () => {
      expect(found(message([...header, "bcc: eve@mx.example"]))).toEqual(["Warning BccKept 6"])
    })

    it("have MIME-Version with Content-Type and its like", () => {
      const mime = [...header, "Content-Type: text/plain"]
      expect(found(message(mime))).toEqual(["Warning MimeVersionMissing 6"])
      expect(found(message([...mime, "MIME-Version: 1.0"]))).toEqual([])
    })
  })

  describe("authors", () => {
    const from = (value: string, ...more: ReadonlyArray<string>) =>
      found(message([`From: ${value}`, ...without("From"), ...more]))

    it("are one, or have a Sender", () => {
      const two = "Alice <a@client.example>,\r\n \"B, C\" <b@client.example>"
      expect(from(two)).toEqual(["Error SenderMissing 1"])
      expect(from(two, "Sender: a@client.example")).toEqual([])
      expect(from("\"A, B\" (c, d) <a@client.example>")).toEqual([])
    })

    it("are addresses", () => {
      for (const value of ["", "Alice", "<>", "a@client.example, b@", "undisclosed:;"]) {
        expect(from(value)).toEqual(["Error FromMalformed 1"])
      }
    })
  })

  describe("the date", () => {
    const date = (value: string) => found(message([`Date: ${value}`, ...without("Date")]))

    it("is one, in a form of today or of old", () => {
      for (
        const value of [
          "Mon, 23 Nov 2026 18:00:00 +0000",
          "23 Nov 26\r\n 18:00 (tea) GMT",
          "Mon, 23 Nov 2026 18:00:60 -0000"
        ]
      ) {
        expect(date(value)).toEqual([])
      }
      for (
        const value of ["", "today", "2026-11-23T18:00:00Z", "Mon, 31 Feb 2026 18:00:00 +0000"]
      ) {
        expect(date(value)).toEqual(["Warning DateMalformed 1"])
      }
    })
  })

  describe("findings", () => {
    it("are where it begins: a line, a field, or the one octet", () => {
      const text = message([...header, "Bcc: eve", "X: é", "none"], "one\rtwo", "é", "\u0000")
        .replace("none\r", "none")
      const marks = ["Bcc", "X: ", "none", "\n\r\none", "\rtwo", "é\r\n\u0000", "\u0000"]
      const offsets = marks.map((mark) => octets(text.slice(0, text.indexOf(mark))).length)
      expect(Lint.lintBytes(octets(text)).map(({ at, rule }) => [rule._tag, at.offset])).toEqual([
        ["BccKept", offsets[0]],
        ["NeedsSmtpUtf8", offsets[1]],
        ["NotAField", offsets[2]],
        ["BareLf", offsets[3]],
        ["BareCr", offsets[4]],
        ["NeedsEightBitMime", offsets[5]],
        ["Nul", offsets[6]]
      ])
    })

    it("are few, however long the message is", () => {
      const text = `${header.join("\r\n")}\r\n${"no field\n".repeat(5000)}\r\n${
        "\r \n".repeat(5000)
      }`
      expect(found(text)).toEqual([
        "Error NotAField 6 x5000",
        "Warning BareLf 6 x10000",
        "Warning BareCr 5007 x5000"
      ])
    })

    it.prop(
      "are the same however the message is cut",
      [
        FastCheck.array(
          FastCheck.oneof(
            FastCheck.constantFrom(
              ...header,
              ...header,
              "Bcc: x",
              " y",
              "é",
              "\u0000",
              "",
              "x".repeat(99)
            )
              .chain((line) =>
                FastCheck.constantFrom("\r\n", "\r\n", "\n", "\r").map((end) => line + end)
              ),
            FastCheck.string({ maxLength: 10 })
          )
        ),
        FastCheck.integer({ min: 1, max: 20 })
      ],
      ([pieces, size]) => {
        const bytes = octets(pieces.join(""))
        const cut = Array.from(
          { length: Math.ceil(bytes.length / size) },
          (_, index) => bytes.subarray(index * size, (index + 1) * size)
        )
        const options = offering("SIZE 40")
        expect(Effect.runSync(Lint.lint(Stream.fromIterable(cut), options)))
          .toEqual(Lint.lintBytes(bytes, options))
      }
    )

    it.live("come in time and space that do not depend on the length of lines and fields", () =>
      Effect.gen(function*() {
        const mebi = 1024 * 1024
        const held = () => {
          const { arrayBuffers, heapUsed } = process.memoryUsage()
          return heapUsed + arrayBuffers
        }
        const block = octets("a ,<\"(".repeat(4 * 1024))
        const long = Stream.concat(
          Stream.make(octets("From: ")),
          Stream.map(Stream.range(1, Math.ceil(32 * mebi / block.length), 1), () => block)
        )
        const before = held()
        const began = performance.now()
        const findings = yield* Lint.lint(long)
        expect(findings.map(({ rule }) => rule._tag)).toContain("LineTooLong")
        expect(held() - before).toBeLessThan(24 * mebi)
        expect(performance.now() - began).toBeLessThan(5000)
      }))
  })

  describe("a stream", () => {
    it.effect("fails as it does", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Lint.lint(Stream.fail("no disk" as const)))
        expect(error).toBe("no disk")
      }))
  })
})
