import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Attachment from "../src/Attachment.js"
import * as Header from "../src/Header.js"
import * as Message from "../src/Message.js"
import { person, written } from "./composing.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const read = (...lines: ReadonlyArray<string>) => Message.decode(bytes(lines.join("\r\n")))
const text = (message: Message.Message) => Option.getOrElse(message.text, () => "")
const contents = (message: Message.Message) =>
  message.attachments.map(({ bytes }) => new TextDecoder().decode(bytes))

const mixed = (...lines: ReadonlyArray<string>) =>
  read("Content-Type: multipart/mixed; boundary=\"=_b1\"", "", ...lines)

describe("Message", () => {
  describe("text", () => {
    it.effect("is out of its transfer encoding and its charset", () =>
      Effect.gen(function*() {
        const quoted = yield* read(
          "Content-Type: text/plain; charset=\"iso-8859-1\"",
          "Content-Transfer-Encoding: Quoted-Printable",
          "",
          "https://shop.example/reset?=",
          "token=3Dabc",
          "Gr=FC=DFe =zz"
        )
        expect(text(quoted)).toBe("https://shop.example/reset?token=abc\nGrüße =zz")
        const base64 = yield* read("Content-Transfer-Encoding: base64", "", "R3LD", "vMOfZQ==")
        expect(text(base64)).toBe("Grüße")
        expect(text(yield* read("A: b", "", "Grüße"))).toBe("Grüße")
        const flowed = yield* read("Content-Type: text/plain; format=flowed", "", "one ", "line")
        expect(text(flowed)).toBe("one line")
      }))

    /** Bodies with and without a line end at their end, as octets, and what they say. */
    const bodies = [
      ["7bit", "", ""],
      ["7bit", "a", "a"],
      ["7bit", "a\r\n\r\nb\r\n", "a\n\nb\n"],
      ["8bit", "é\r\n\r\n", "é\n\n"],
      ["quoted-printable", "a=C3=A9", "aé"],
      ["quoted-printable", "a=C3=A9\r\n", "aé\n"],
      ["quoted-printable", "a=\r\nb=", "ab"],
      ["quoted-printable", "a=0A", "a\n"],
      ["base64", "YQ==", "a"],
      ["base64", "YQ0KYg0K\r\n", "a\nb\n"]
    ]

    it.effect("is what was sent, to the last line end", () =>
      Effect.forEach(bodies, ([encoding, body, said]) =>
        Effect.gen(function*() {
          const how = [
            `Content-Transfer-Encoding: ${encoding}`,
            "Content-Type: text/plain; charset=utf-8"
          ]
          expect(text(yield* read(...how, "", body))).toBe(said)
          const ended = yield* mixed("--=_b1", ...how, "", body, "--=_b1--", "")
          expect(text(ended)).toBe(said)
          expect(text(yield* mixed("--=_b1", ...how, "", body))).toBe(said)
        })))

    it.effect("is all there is of one form, each part on lines of its own, and nothing converted", () =>
      Effect.gen(function*() {
        const html = ["Content-Type: text/html", ""]
        const parts = ["--=_b1", "", "one", "--=_b1", ...html, "<p>", "--=_b1", "", "two", ""]
        const message = yield* mixed(...parts, "--=_b1", "", "three", "--=_b1--")
        expect(text(message)).toBe("one\ntwo\nthree")
        expect(message.html).toEqual(Option.some("<p>"))
      }))

    it.effect("is there in each form, with what belongs to the HTML", () =>
      Effect.gen(function*() {
        const message = yield* Message.decode(bytes(
          yield* written({
            text: "plain",
            html: "<img src=\"cid:logo\">",
            attachments: [
              Attachment.fromBytes(bytes("image"), { fileName: "l.png", contentId: "logo" }),
              Attachment.fromBytes(bytes("more"), { fileName: "m.bin", disposition: "Inline" })
            ]
          })
        ))
        expect(text(message)).toBe("plain")
        expect(Option.getOrThrow(message.html)).toBe("<img src=\"cid:logo\">")
        expect(message.attachments).toMatchObject([
          { type: "image/png", contentId: Option.some("logo"), disposition: Option.some("inline") },
          { type: "application/octet-stream", contentId: Option.none() }
        ])
      }))
  })

  describe("attachments", () => {
    it.effect("are the parts that are no text, or said to be attached (RFC 2046, 2183)", () =>
      Effect.gen(function*() {
        const message = yield* mixed(
          "preamble",
          "--=_b1",
          "",
          "the text",
          "--=_b1  ",
          "Content-Type: text/plain; name=\"n.txt\"",
          "Content-Disposition: attachment",
          "Content-Description: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
          "",
          "--=_b12",
          "--=_b1",
          "Content-Type: text/calendar; method=request",
          "",
          "BEGIN:VCALENDAR",
          "--=_b1--",
          "epilogue"
        )
        expect(text(message)).toBe("the text")
        expect(contents(message)).toEqual(["--=_b12", "BEGIN:VCALENDAR\n"])
        expect(message.attachments[0]).toMatchObject({
          fileName: Option.some("n.txt"),
          disposition: Option.some("attachment"),
          description: Option.some("Grüße")
        })
        expect(Message.calendars(message)).toEqual([
          { method: Option.some("REQUEST"), text: "BEGIN:VCALENDAR\n" }
        ])
      }))

    it.effect("are what was sent, to the octet", () =>
      Effect.gen(function*() {
        const type = "Content-Type: text/csv"
        const encoded = (encoding: string) => `Content-Transfer-Encoding: ${encoding}`
        const message = yield* mixed(
          ...["--=_b1", type, "", "a\rb\nc\r\n \r\n", "--=_b1", type, encoded("binary"), "", "a"],
          ...["--=_b1", type, encoded("base64"), "", "YQ0KYg0K"],
          ...["--=_b1", type, encoded("Quoted-Printable (so)"), "", "a=20", "b"],
          ...["--=_b1", "Content-Type: multipart/mixed", "", "no boundary", "--=_b1--"]
        )
        expect(contents(message))
          .toEqual(["a\rb\nc\r\n \r\n", "a", "a\r\nb\r\n", "a \r\nb", "no boundary"])
        expect(message.attachments.map(({ type }) => type).slice(3))
          .toEqual(["text/csv", "multipart/mixed"])
      }))

    it.effect("of digests are messages, unless they say otherwise (RFC 2046 section 5.1.5)", () =>
      Effect.gen(function*() {
        const message = yield* read(
          "Content-Type: multipart/digest (a digest); boundary=d; boundary=e",
          ...["", "--d", "", "Subject: one", "", "text", "--d", "Content-Type: text/plain", "", "x"]
        )
        expect(text(message)).toBe("x")
        expect(Message.messages(message).map(({ bytes }) => new TextDecoder().decode(bytes)))
          .toEqual(["Subject: one\r\n\r\ntext"])
      }))

    it.effect("are there as far as they got", () =>
      Effect.gen(function*() {
        expect(text(yield* mixed("--=_b1", "", "one"))).toBe("one")
        expect((yield* mixed("nothing")).attachments).toEqual([])
      }))

    it.effect("I11: have file names of any length and script (RFC 2231)", () =>
      Effect.forEach(
        ["x".repeat(300), "漢字".repeat(80), "a'b%20\"c\"\\d;e=f.txt", " é "],
        (fileName) =>
          Effect.gen(function*() {
            const whole = yield* written({
              attachments: [Attachment.fromBytes(bytes(""), { fileName, type: "text/csv" })]
            })
            expect(whole.split("\r\n").every((line) => line.length < 998)).toBe(true)
            const { attachments } = yield* Message.decode(bytes(whole))
            expect(attachments.map((_) => _.fileName)).toEqual([Option.some(fileName)])
          })
      ))

    it.effect("I3: of messages are messages, each to be read by itself", () =>
      Effect.gen(function*() {
        const message = yield* mixed(
          "--=_b1",
          "Content-Type: message/rfc822",
          "",
          "Subject: inner",
          "",
          "the inner text",
          "--=_b1--"
        )
        expect(Option.isNone(message.text)).toBe(true)
        const [inner] = yield* Effect.forEach(
          Message.messages(message),
          ({ bytes }) => Message.decode(bytes)
        )
        expect(Header.subject(inner.header)).toEqual(Option.some("inner"))
        expect(text(inner)).toBe("the inner text")
      }))
  })

  describe("limits", () => {
    const nested = (depth: number) => {
      const opening = Array.from({ length: depth }, (_, level) => [
        `Content-Type: multipart/mixed; boundary=b${level}`,
        "",
        `--b${level}`
      ])
      return bytes([...opening.flat(), "", "deep"].join("\r\n"))
    }

    it.effect("bound what is read of a hostile message", () =>
      Effect.gen(function*() {
        const fault = (input: Uint8Array, limits?: Partial<Message.Limits>) =>
          Effect.map(Effect.flip(Message.decode(input, limits)), ({ reason }) => reason)
        expect(yield* fault(bytes("12345"), { octets: 4 })).toBe("TooLong")
        expect(yield* fault(bytes("A: 1\r\n\r\n"), { headerOctets: 4 })).toBe("HeaderTooLong")
        const parts = "--b\r\nA: 1\r\n\r\n".repeat(100)
        const multipart = bytes(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}`)
        expect(yield* fault(multipart, { headerOctets: 100 })).toBe("HeaderTooLong")
        expect(yield* fault(multipart, { parts: 99 })).toBe("TooManyParts")
        expect((yield* Message.decode(multipart, { parts: 100 })).attachments).toEqual([])
        expect(yield* fault(nested(40))).toBe("TooDeep")
        expect(text(yield* Message.decode(nested(20)))).toBe("deep")
        const many = bytes(`Content-Type: multipart/a; boundary=b\r\n\r\n${"--b\n".repeat(1e6)}`)
        expect(yield* fault(many)).toBe("TooManyParts")
      }))

    it.effect("take no line for a part that cannot begin one, however many there are", () =>
      Effect.gen(function*() {
        const dump = "-- a comment\n--\n--b2\n---b\n--b--x\n".repeat(30_000)
        expect(text(yield* read("", `--b\n${dump}`))).toBe(`--b\n${dump}`)
        const parts = yield* read(
          "Content-Type: multipart/mixed; boundary=b",
          "",
          "--b",
          "",
          dump,
          "--b"
        )
        expect(text(parts)).toBe(dump)
      }))

    it.effect("end a stream that goes on for too long", () =>
      Effect.gen(function*() {
        const endless = Stream.forever(Stream.succeed(bytes("text\r\n")))
        expect(yield* Effect.flip(Message.fromStream(endless, { octets: 1000 })))
          .toMatchObject({ reason: "TooLong", limit: 1000 })
        const whole = Stream.make(bytes("Subj"), bytes("ect: x\r\n"), bytes("\r\nhel"), bytes("lo"))
        const message = yield* Message.fromStream(whole)
        expect(text(message)).toBe("hello")
        expect(yield* Effect.flip(Message.fromStream(Stream.fail("gone")))).toBe("gone")
      }))

    it.effect("N11: leave no room for slow boundaries", () =>
      Effect.gen(function*() {
        const boundary = "b".repeat(10_000)
        const opening = Array.from({ length: 20 }, (_, level) => [
          `Content-Type: multipart/mixed; boundary="${boundary}${level}"`,
          "",
          `--${boundary}${level}`
        ])
        const near = `--${boundary}x\r\n`.repeat(1000)
        const message = yield* read(...opening.flat(), "", near)
        expect(text(message).length).toBe(1000 * (boundary.length + 4))
        const many = `Content-Type: multipart/mixed; boundary=b\n\n${"--b\n\n".repeat(10_000)}`
        expect((yield* Message.decode(bytes(many))).attachments).toEqual([])
      }))

    it.effect("N11: leave no room for a slow header", () =>
      Effect.forEach(
        [
          "(",
          "(a;",
          ";a=1",
          ";a*0=1",
          "--",
          "<",
          "\"",
          "a:",
          "=?utf-8?q?a?= ",
          ",",
          "[",
          "\\",
          "a ",
          "@"
        ],
        (piece) =>
          Effect.gen(function*() {
            for (const name of ["To", "Subject", "Content-Type", "Date", "References", "List-Id"]) {
              const size = name === "To" ? 1_000_000 : 100_000
              const hostile = piece.repeat(Math.floor(size / piece.length))
              const { header } = yield* read(`${name}: ${hostile}`, "", "x")
              expect(header.fields).toHaveLength(1)
              Header.problems(header)
              Header.subject(header)
              Header.mailingList(header)
            }
          })
      ), 60_000)
  })

  it.effect("I8: is read whatever became of it on the way", () =>
    Effect.gen(function*() {
      const whole = bytes(
        yield* written({
          from: [person("Jörg <j@x.example>")],
          text: "é",
          html: "<p>é</p>",
          calendar: { method: "PUBLISH", text: "BEGIN:VCALENDAR" },
          attachments: [Attachment.fromBytes(bytes("é"), { fileName: "é.txt", contentId: "a" })]
        })
      )
      const changes = FastCheck.array(
        FastCheck.tuple(FastCheck.nat(whole.length - 1), FastCheck.nat(255)),
        { maxLength: 30 }
      )
      const cuts = FastCheck.tuple(FastCheck.nat(whole.length), FastCheck.nat(whole.length))
      const cases = FastCheck.sample(FastCheck.tuple(changes, cuts), 300)
      for (const [replaced, [from, to]] of cases) {
        const damaged = Uint8Array.from(whole)
        for (const [at, octet] of replaced) damaged[at] = octet
        const input = from < to ? damaged.subarray(from, to) : damaged
        const message = yield* Message.decode(input)
        expect(message.header.length).toBeLessThanOrEqual(input.length)
        Header.problems(message.header)
      }
      for (const input of FastCheck.sample(FastCheck.uint8Array({ maxLength: 200 }), 100)) {
        yield* Message.decode(input)
      }
    }))
})
