import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Address from "../src/Address.js"
import * as Header from "../src/Header.js"
import * as MessageId from "../src/MessageId.js"
import { ReadError } from "../src/ReadError.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const read = (...lines: ReadonlyArray<string>) =>
  Either.getOrThrow(Header.decode(bytes(lines.join("\r\n"))))
const subject = (value: string) => Header.subject(read(`Subject: ${value}`, "", ""))

describe("Header", () => {
  describe("decode", () => {
    it("I2: has every field in order, unfolded, with the octet where it begins", () => {
      const header = read("From: a@x.example", "subject :one", " two", "\tthree ", "", "A: body")
      expect(header).toEqual({
        fields: [
          { name: "From", value: "a@x.example", offset: 0 },
          { name: "subject", value: "one two\tthree", offset: 19 }
        ],
        malformed: [],
        utf8: false,
        length: 50
      })
    })

    it("takes bare LF, a body without a header, a header without a body, and nothing", () => {
      const unix = Either.getOrThrow(Header.decode(bytes("A: 1\nB: 2\n\nbody\n")))
      expect(unix.fields.map(({ value }) => value)).toEqual(["1", "2"])
      expect(unix.length).toBe(11)
      expect(read("", "body")).toEqual({ fields: [], malformed: [], utf8: false, length: 2 })
      expect(read("A: 1", " 2").fields).toMatchObject([{ value: "1 2" }])
      expect(read("")).toEqual({ fields: [], malformed: [], utf8: false, length: 0 })
    })

    it("I13: goes on after a line that is no field, and keeps it", () => {
      const header = read(
        "From alice Mon Nov 23",
        "A: 1",
        "just words",
        " and more",
        "B: 2",
        "",
        ""
      )
      expect(header.fields.map(({ name }) => name)).toEqual(["A", "B"])
      expect(header.malformed).toEqual([
        { text: "From alice Mon Nov 23", offset: 0 },
        { text: "just words and more", offset: 29 }
      ])
    })

    it("reads UTF-8 (RFC 6532), and what is none as Windows-1252", () => {
      expect(Header.value(read("Subject: Grüße", "", ""), "Subject")).toEqual(Option.some("Grüße"))
      const old = Either.getOrThrow(Header.decode(latin1("Subject: Gr\u00fc\u00dfe\r\n\r\n")))
      expect(Header.value(old, "Subject")).toEqual(Option.some("Grüße"))
      expect(old.utf8).toBe(false)
    })

    it("tells whether only SMTPUTF8 can carry it", () => {
      const utf8 = (...lines: ReadonlyArray<string>) => read(...lines, "", "ü").utf8
      expect(utf8("Subject: x")).toBe(false)
      expect(utf8("Subject: ü", "From: x")).toBe(true)
      expect(utf8("From: x", "no field, ü")).toBe(true)
      const both = [...bytes("From: ü\r\n"), ...latin1("Subject: ü\r\n\r\n")]
      expect(Either.getOrThrow(Header.decode(Uint8Array.from(both))).utf8).toBe(false)
    })

    it("has a limit", () => {
      const long = bytes(`A: ${"x".repeat(100)}\r\n\r\nbody`)
      expect(Header.decode(long, 106)).toMatchObject({ _tag: "Left" })
      expect(Header.decode(long, 107)).toMatchObject({ _tag: "Right" })
      const error = new ReadError({ reason: "HeaderTooLong", limit: 106 })
      expect(Header.decode(long, 106)).toEqual(Either.left(error))
      expect(error.message).toContain("106 octets in the header")
    })

    it("never fails, and loses nothing of a body", () => {
      FastCheck.assert(FastCheck.property(FastCheck.uint8Array(), (input) => {
        const header = Either.getOrThrow(Header.decode(input))
        expect(header.length).toBeLessThanOrEqual(input.length)
        expect(Header.problems(header).length).toBeGreaterThanOrEqual(header.malformed.length)
      }))
    })
  })

  describe("fromStream", () => {
    const message = bytes("A: 1\r\nB: 2\r\n 3\r\n\r\nthe body\r\n\r\n")

    it.effect("I1: reads pieces cut anywhere, and asks for none after the empty line", () =>
      Effect.forEach([1, 2, 3, 5, 7, 100], (size) =>
        Effect.gen(function*() {
          let pulled = 0
          const pieces = Array.from(
            { length: Math.ceil(message.length / size) },
            (_, at) => message.subarray(at * size, (at + 1) * size)
          )
          const stream = Stream.fromIterable(pieces).pipe(
            Stream.rechunk(1),
            Stream.tap(() => Effect.sync(() => pulled++))
          )
          const header = yield* Header.fromStream(stream)
          expect(header).toEqual(Either.getOrThrow(Header.decode(message)))
          expect(pulled).toBe(Math.ceil(18 / size))
        })))

    it.effect("I1: ends where it does in a message at hand, not at a line of CR CR LF", () =>
      Effect.gen(function*() {
        const odd = bytes("A: 1\r\n\r\r\nB: 2\r\n\r\nbody")
        const pieces = Stream.fromIterable(Array.from(odd, (octet) => Uint8Array.of(octet)))
        const header = yield* Header.fromStream(pieces)
        expect(Option.getOrThrow(Header.value(header, "B"))).toBe("2")
        expect(header).toEqual(Either.getOrThrow(Header.decode(odd)))
      }))

    it.effect("stops at the limit, and fails as the stream does", () =>
      Effect.gen(function*() {
        const endless = Stream.forever(Stream.succeed(bytes("A: 1\r\n")))
        expect(yield* Effect.flip(Header.fromStream(endless, 1000)))
          .toMatchObject({ _tag: "ReadError", reason: "HeaderTooLong", limit: 1000 })
        expect(yield* Effect.flip(Header.fromStream(Stream.fail("gone")))).toBe("gone")
        expect((yield* Header.fromStream(Stream.empty)).fields).toEqual([])
      }))
  })

  describe("text", () => {
    it("I5: decodes encoded words of any charset, wherever they stand (RFC 2047)", () => {
      expect(subject("=?UTF-8?Q?Gr=C3=BC=C3=9Fe_an?= Bob")).toEqual(Option.some("Grüße an Bob"))
      expect(subject("=?utf-8*de?b?R3LDvMOfZQ==?=")).toEqual(Option.some("Grüße"))
      expect(subject("=?iso-8859-1?q?Gr=FC?= \r\n =?iso-8859-1?q?=DFe?=")).toEqual(
        Option.some("Grüße")
      )
      expect(subject("=?koi8-r?B?8NLJ18XU?=")).toEqual(Option.some("Привет"))
      expect(subject("=?shift_jis?B?k/qWew==?=")).toEqual(Option.some("日本"))
    })

    it("I5: joins a character that begins in one encoded word and ends in the next", () => {
      for (
        const text of [
          "=?utf-8?q?=E2=9C?= =?utf-8?q?=93?=",
          "=?utf-8?b?4pw=?= =?utf-8?b?kw==?=",
          "=?utf-8?b?4pw=?=\r\n\t=?UTF-8*en?Q?=93?=",
          "=?utf-8?b?4pw=?==?utf-8?b?kw==?="
        ]
      ) {
        expect(subject(text)).toEqual(Option.some("✓"))
      }
      expect(subject("=?iso-2022-jp?b?GyRCRnw=?= =?iso-2022-jp?b?GyRCS1wbKEI=?="))
        .toEqual(Option.some("日本"))
      expect(subject("=?utf-8?q?a=E2?= =?koi8-r?b?8A==?= b =?utf-8?q?=93?="))
        .toEqual(Option.some("a\ufffdП b \ufffd"))
    })

    it("N11: of four megabytes of encoded words is read", () => {
      for (const word of ["=?utf-8?b?4pyT?= ", "=?utf-8?q?=E2=9C=93?= "]) {
        const times = Math.floor(2 ** 22 / word.length)
        const header = Header.decode(bytes(`Subject: ${word.repeat(times)}`), 2 ** 23)
        const text = Option.getOrThrow(Header.subject(Either.getOrThrow(header)))
        expect(text).toHaveLength(times)
      }
    })

    it("leaves what is no encoded word", () => {
      for (const text of ["1 =? 2 ?= 3", "=?a?q?b c", "a=?utf-8?x?y?=b"]) {
        expect(subject(text)).toEqual(Option.some(text))
      }
    })

    it("is found by name in any case, in order", () => {
      const header = read("Received: 2", "subject: x", "RECEIVED: 1", "", "")
      expect(Header.values(header, "received")).toEqual(["2", "1"])
      expect(Header.value(header, "Received")).toEqual(Option.some("2"))
      expect(Header.value(header, "Date")).toEqual(Option.none())
    })
  })

  describe("typed fields", () => {
    const header = read(
      "From: =?utf-8?q?J=C3=B6rg?= <j@x.example>",
      "To: a@x.example, nonsense, Team: b@x.example;",
      "To: c@x.example",
      "Date: Mon, 23 Nov 2026 09:05:07 +0200",
      "Resent-Date: 1 Jan 2026 00:00 GMT",
      "Message-ID: <3@x>",
      "In-Reply-To: Your message <2@x>",
      "References: <1@x>",
      " <2@x> broken <é> <c",
      "List-Id: \"The \\\"list\\\"\" <list.x.example>",
      "List-Unsubscribe: <mailto:leave@x.example>, nothing, <https://x.example/",
      " leave>, <not a URL>",
      "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
      "List-Post: NO (announcements)",
      "",
      ""
    )

    it("I1: are read as whoever asks wants them", () => {
      expect(Header.addresses(header, "From").map((_) => Address.print(_, "Utf8"))).toEqual([
        "\"Jörg\" <j@x.example>"
      ])
      expect(Header.addresses(header, "to").map((_) => Address.print(_))).toEqual([
        "a@x.example",
        "Team: b@x.example;",
        "c@x.example"
      ])
      expect(Header.addresses(header, "Cc")).toEqual([])
      expect(Option.map(Header.date(header), DateTime.formatIso)).toEqual(
        Option.some("2026-11-23T07:05:07.000Z")
      )
      expect(Option.map(Header.date(header, "Resent-Date"), DateTime.formatIso)).toEqual(
        Option.some("2026-01-01T00:00:00.000Z")
      )
      expect(Option.map(Header.messageId(header), MessageId.print)).toEqual(Option.some("<3@x>"))
      expect(Header.thread(header)).toEqual(["1@x", "2@x"])
    })

    it("tell what a list says of itself", () => {
      const list = Header.mailingList(header)
      expect(list.id).toEqual({ name: "The \"list\"", id: "list.x.example" })
      expect(list.unsubscribe?.map(({ href }) => href)).toEqual([
        "mailto:leave@x.example",
        "https://x.example/leave"
      ])
      expect(list).toMatchObject({ post: "No", oneClick: true, help: [] })
      expect(Header.mailingList(read("List-ID: list.x.example", "", "")).id).toEqual({
        id: "list.x.example",
        name: ""
      })
      expect(Header.mailingList(read("", "")).id).toBeUndefined()
    })

    it("I6: are dates in the zone that the writer told, and else in UTC", () => {
      const date = (text: string) => Option.getOrThrow(Header.date(read(`Date: ${text}`, "", "")))
      const offset = (text: string) => {
        const found = date(text)
        return DateTime.isZoned(found) ? DateTime.zonedOffset(found) / 60_000 : undefined
      }
      expect(["+0000", "EST", "-0330"].map((zone) => offset(`1 Jan 2026 0:00 ${zone}`)))
        .toEqual([0, -300, -210])
      expect(["-0000", "A", "CEST", ""].map((zone) => offset(`1 Jan 2026 0:00 ${zone}`)))
        .toEqual([undefined, undefined, undefined, undefined])
      expect(DateTime.formatIso(date("21 Nov 97 09:55 (so) GMT"))).toBe("1997-11-21T09:55:00.000Z")
    })

    it("I13: are listed with what is wrong in them", () => {
      expect(Header.problems(header)).toMatchObject([{ field: "To" }])
      const broken = read(
        "nothing",
        "Date: tomorrow",
        "Message-ID: none",
        "Cc: a@",
        "X: a@",
        "",
        ""
      )
      expect(Header.problems(broken).map(({ field }) => field)).toEqual([
        "",
        "Date",
        "Message-ID",
        "Cc"
      ])
      expect(Header.date(broken)).toEqual(Option.none())
      expect(Header.messageId(broken)).toEqual(Option.none())
    })
  })
})
