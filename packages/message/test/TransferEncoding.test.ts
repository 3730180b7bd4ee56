import * as Body from "@effect-smtp/client/Body"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Attachment from "../src/Attachment.js"
import * as Composed from "../src/Composed.js"
import type { Draft, Writing } from "../src/Draft.js"
import * as Message from "../src/Message.js"
import * as MessageId from "../src/MessageId.js"
import * as Parts from "../src/Parts.js"
import * as TransferEncoding from "../src/TransferEncoding.js"
import { anyText, unsafeText } from "./arbitraries.js"
import { draft, refused } from "./composing.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const latin1 = (octets: Uint8Array) => Buffer.from(octets).toString("latin1")

/** The message to its octets, a character for each. */
const composed = (parts: Partial<Draft>) =>
  Effect.gen(function*() {
    const made = yield* Composed.fromDraft(draft(parts))
    const whole = yield* Body.collect(made.body)
    return { whole, text: latin1(whole), needs: Composed.needs(made) }
  })

/** What stands for a text in the message, with the fields about it. */
const bodyOf = (text: string, writing: Writing) =>
  Effect.map(composed({ text, writing }), ({ needs, text }) => ({
    needs,
    lines: text.slice(text.indexOf("Content-")).split("\r\n")
  }))

const encodingField = (name: string) => `Content-Transfer-Encoding: ${name}`

describe("TransferEncoding", () => {
  it("F1: is read as it is printed, in any case", () => {
    for (const encoding of TransferEncoding.all) {
      const name = TransferEncoding.print(encoding)
      expect(TransferEncoding.parse(name)).toEqual(Either.right(encoding))
      expect(TransferEncoding.parse(name.toUpperCase())).toEqual(Either.right(encoding))
    }
    for (const text of ["", "binary", "x-uuencode", "base64 "]) {
      expect(Either.isLeft(TransferEncoding.parse(text))).toBe(true)
    }
  })

  describe("of the text", () => {
    it.effect("F1: is what was asked for", () =>
      Effect.gen(function*() {
        const written = (encoding: TransferEncoding.TransferEncoding) =>
          Effect.map(bodyOf("Grüße = \n.\n", { encoding }), ({ lines, needs }) => {
            expect(lines[0]).toBe("Content-Type: text/plain; charset=utf-8")
            expect(needs.eightBitMime).toBe(encoding === "EightBit")
            return lines.slice(1)
          })
        expect(yield* written("QuotedPrintable")).toEqual([
          encodingField("quoted-printable"),
          "",
          "Gr=C3=BC=C3=9Fe =3D=20",
          ".",
          ""
        ])
        expect(yield* written("Base64"))
          .toEqual([encodingField("base64"), "", "R3LDvMOfZSA9IA0KLg0K", ""])
        expect(yield* written("EightBit"))
          .toEqual([encodingField("8bit"), "", latin1(bytes("Grüße = ")), ".", ""])
        const { lines } = yield* bodyOf(`${"long ".repeat(30)}\n`, { encoding: "SevenBit" })
        expect(lines.slice(1)).toEqual([encodingField("7bit"), "", "long ".repeat(30), ""])
      }))

    it.effect("F1: is one that can carry it", () =>
      Effect.gen(function*() {
        const fault = (text: string, writing: Writing) =>
          Effect.map(refused({ text, writing }), ({ field, reason }) => [field, reason])
        const unfit = ["writing: encoding", "Unfit"]
        expect(yield* fault("é", { encoding: "SevenBit" })).toEqual(unfit)
        for (const encoding of ["SevenBit", "EightBit"] as const) {
          expect(yield* fault("\0", { encoding })).toEqual(unfit)
          expect(yield* fault("x".repeat(999), { encoding })).toEqual(unfit)
          const { lines } = yield* bodyOf("x".repeat(998), { encoding })
          expect(lines[3]).toBe("x".repeat(998))
        }
      }))

    it.effect("F1: is quoted-printable for a charset that is not UTF-8, where it needs to be", () =>
      Effect.gen(function*() {
        const said = (text: string, writing: Writing) =>
          Effect.map(bodyOf(text, writing), ({ lines }) => lines.slice(0, 4))
        expect(yield* said("é\n", { charset: "ISO-8859-1" })).toEqual([
          "Content-Type: text/plain; charset=iso-8859-1",
          encodingField("quoted-printable"),
          "",
          "=E9"
        ])
        expect(yield* said("e\n", { charset: "us-ascii" })).toEqual([
          "Content-Type: text/plain; charset=us-ascii",
          encodingField("7bit"),
          "",
          "e"
        ])
        expect((yield* said("é\n", { charset: "iso-8859-1", encoding: "EightBit" }))[3])
          .toBe("\xe9")
        const fault = (text: string, charset: string) =>
          Effect.map(refused({ text, writing: { charset } }), ({ field, reason }) => {
            expect(field).toBe("writing: charset")
            return reason
          })
        expect(yield* fault("漢", "iso-8859-1")).toBe("Unfit")
        expect(yield* fault("é", "us-ascii")).toBe("Unfit")
        expect(yield* fault("x", "shift_jis")).toBe("Syntax")
      }))

    it.effect("F1: comes with parameters, which the first form has", () =>
      Effect.gen(function*() {
        const parameters = [
          { name: "format", value: "flowed" },
          { name: "X-A", value: "a \"b\"; c=\\" }
        ]
        const types = (parts: Partial<Draft>) =>
          Effect.gen(function*() {
            const { whole } = yield* composed({ ...parts, writing: { parameters } })
            return Either.getOrThrow(Parts.decode(whole)).flatMap((event) =>
              event._tag === "Begin" && event.part.kind === "Leaf"
                ? [[event.part.type, Object.fromEntries(event.part.parameters)]]
                : []
            )
          })
        const told = { charset: "utf-8", format: "flowed", "x-a": "a \"b\"; c=\\" }
        expect(yield* types({ text: "x", html: "y" })).toEqual([
          ["text/plain", told],
          ["text/html", { charset: "utf-8" }]
        ])
        expect(yield* types({ html: "y" })).toEqual([["text/html", told]])
        expect(yield* types({})).toEqual([["text/plain", told]])
      }))

    it.effect("N10: is no way into the header, nor are the parameters", () =>
      Effect.gen(function*() {
        const fault = (name: string, value: string) =>
          Effect.map(
            refused({ writing: { parameters: [{ name, value }] } }),
            ({ reason }) => reason
          )
        for (const text of FastCheck.sample(unsafeText, 100)) {
          expect(yield* fault(text, "x")).toBe("Unsafe")
          expect(yield* fault("x", text)).toBe("Unsafe")
          expect((yield* refused({ writing: { charset: text } })).reason).toBe("Syntax")
        }
        for (const name of ["", "a b", "a*", "a;b", "a=b", "é"]) {
          expect(yield* fault(name, "x")).toBe("Syntax")
        }
        expect(yield* fault("x", "é")).toBe("Syntax")
        expect(yield* fault("Charset", "utf-8")).toBe("Reserved")
      }))

    it.effect("F1: makes no difference to what is read", () =>
      Effect.forEach(
        FastCheck.sample(anyText, 100),
        (text) =>
          Effect.forEach(TransferEncoding.all, (encoding) =>
            Effect.gen(function*() {
              const parts = { text, html: text, writing: { encoding } }
              const made = yield* Effect.either(composed(parts))
              if (Either.isLeft(made)) return expect(made.left).toMatchObject({ reason: "Unfit" })
              const { needs, whole } = made.right
              expect(needs.size).toEqual(Option.some(whole.length))
              expect(latin1(whole).replace(/\r\n/g, "")).not.toMatch(/[\r\n]/)
              const read = yield* Message.decode(whole)
              const usual = new TextDecoder().decode(bytes(text)).replace(/\r\n?/g, "\n")
              expect(Option.getOrElse(read.text, () => "")).toBe(usual)
              expect(Option.getOrElse(read.html, () => "")).toBe(usual)
            }))
      ))

    it.effect("F1: of all parts is that of the message around them (RFC 2045 section 6.4)", () =>
      Effect.gen(function*() {
        const { text } = yield* composed({
          text: "é",
          html: "é",
          writing: { encoding: "EightBit" }
        })
        expect(text.match(/Content-Transfer-Encoding: 8bit/g)).toHaveLength(3)
        const ascii = yield* composed({ text: "e", html: "e", writing: { encoding: "EightBit" } })
        expect(ascii.text.match(/Content-Transfer-Encoding: 8bit/g)).toHaveLength(2)
        expect(ascii.needs.eightBitMime).toBe(false)
      }))

    it.effect("F1: is known to a message of any size", () =>
      Effect.gen(function*() {
        const text = "é = \n".repeat(300_000)
        for (const encoding of ["QuotedPrintable", "Base64", "EightBit"] as const) {
          const { needs, whole } = yield* composed({ text, writing: { encoding } })
          expect(needs.size).toEqual(Option.some(whole.length))
          expect(needs.eightBitMime).toBe(encoding === "EightBit")
          expect(Option.contains((yield* Message.decode(whole)).text, text)).toBe(true)
        }
      }))
  })

  describe("of what is attached", () => {
    const table = "ä;b\r\n1 ;2\r\n"

    it.effect("F1: is what was asked for, of bytes and of streams", () =>
      Effect.gen(function*() {
        for (const encoding of ["QuotedPrintable", "Base64", "EightBit"] as const) {
          for (const type of ["text/csv", "application/x-table"]) {
            const options = { encoding, type, fileName: "ä.csv" }
            const all = [
              Attachment.fromBytes(bytes(table), options),
              Attachment.fromStream(
                Stream.fromIterable(bytes(table)).pipe(
                  Stream.map((octet) => Uint8Array.of(octet))
                ),
                options
              )
            ]
            for (const attachment of all) {
              const { needs, text, whole } = yield* composed({ attachments: [attachment] })
              expect(text).toContain(encodingField(TransferEncoding.print(encoding)))
              expect(needs.eightBitMime).toBe(encoding === "EightBit")
              expect((yield* Message.decode(whole)).attachments.map((_) => latin1(_.bytes)))
                .toEqual([latin1(bytes(table))])
            }
          }
        }
      }))

    it.effect("F1: keeps octets that are no text in quoted-printable", () =>
      Effect.forEach(
        FastCheck.sample(FastCheck.uint8Array({ maxLength: 200 }), 100),
        (content) =>
          Effect.gen(function*() {
            const attachments = [Attachment.fromBytes(content, { encoding: "QuotedPrintable" })]
            const { needs, whole } = yield* composed({ attachments })
            expect(needs.size).toEqual(Option.some(whole.length))
            expect((yield* Message.decode(whole)).attachments.map((_) => latin1(_.bytes)))
              .toEqual([latin1(content)])
          })
      ))

    it.effect("F1: is one that can carry it, or nothing is delivered", () =>
      Effect.gen(function*() {
        const unfit = { _tag: "ComposeError", field: "attachments: encoding", reason: "Unfit" }
        const cases = [
          ["é", "SevenBit", "text/plain"],
          ["\0", "EightBit", "text/plain"],
          ["a\rb", "EightBit", "image/png"],
          ["a\r", "SevenBit", "image/png"],
          ["a\rb", "QuotedPrintable", "text/csv"],
          ["x".repeat(999), "SevenBit", "text/csv"]
        ] as const
        for (const [content, encoding, type] of cases) {
          const options = { encoding, type }
          const attachments = [Attachment.fromBytes(bytes(content), options)]
          expect(yield* refused({ attachments })).toMatchObject(unfit)
          const streamed = [Attachment.fromStream(Stream.make(bytes(content)), options)]
          const { body } = yield* Composed.fromDraft(draft({ attachments: streamed }))
          expect(yield* Effect.flip(Body.collect(body))).toMatchObject(unfit)
        }
      }))

    it.effect("F1: has lines that end in CR LF where it goes as it is", () =>
      Effect.gen(function*() {
        const attachments = [
          Attachment.fromBytes(bytes("a\nb\r\nc"), { encoding: "SevenBit", type: "text/csv" })
        ]
        const { needs, text, whole } = yield* composed({ attachments })
        expect(text).toContain("\r\n\r\na\r\nb\r\nc\r\n--")
        expect(needs.size).toEqual(Option.some(whole.length))
      }))

    it.effect("I10: leaves no room in it for the boundary where it goes as it is", () =>
      Effect.gen(function*() {
        const letters = (letter: string) => letter.repeat(16)
        const random = Random.fixed([1, ...Array<number>(15).fill(1), ...Array<number>(16).fill(2)])
        const content = bytes(`--=_-${letters("1")}-Part_1\r\n`)
        const { text } = yield* Effect.withRandom(
          composed({
            messageId: Either.getOrThrow(MessageId.parse("a@b")),
            text: "x",
            attachments: [Attachment.fromBytes(content, { encoding: "SevenBit" })]
          }),
          random
        )
        expect(text).toContain(`boundary="=_-${letters("2")}-Part_`)
      }))

    it.effect("F1: is not for messages, which go as they are (RFC 2046 section 5.2.1)", () =>
      Effect.gen(function*() {
        const attachments = [
          Attachment.fromBytes(bytes("A: b\r\n\r\n"), { fileName: "a.eml", encoding: "Base64" })
        ]
        expect(yield* refused({ attachments }))
          .toMatchObject({ field: "attachments: encoding", reason: "Reserved" })
      }))
  })
})
