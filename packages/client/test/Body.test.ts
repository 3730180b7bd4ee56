import * as MessageData from "@effect-smtp/wire/MessageData"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as Body from "../src/Body.js"

describe("Body", () => {
  describe("facts", () => {
    const table: ReadonlyArray<readonly [string, number, Body.Facts["form"]]> = [
      ["", 0, "AsIs"],
      ["a", 3, "Mended"],
      ["a\r\n", 3, "AsIs"],
      ["a\n", 3, "Mended"],
      ["a\r", 3, "Mended"],
      ["\n", 2, "Mended"],
      ["\r", 2, "Mended"],
      ["\n\n", 4, "Mended"],
      ["\r\r\n", 4, "Mended"],
      ["\r\n\r\n", 4, "AsIs"],
      ["\n\r", 4, "Mended"],
      ["a\nb\rc", 9, "Mended"],
      [".", 3, "Mended"],
      [".\r\n", 3, "Stuffed"],
      ["a\r\n..\r\n", 7, "Stuffed"],
      ["a.\r\n", 4, "AsIs"],
      ["\x7f\r\n", 3, "AsIs"]
    ]
    for (const [text, size, form] of table) {
      it(`of ${JSON.stringify(text)}: ${size} octets, ${form}`, () => {
        expect(Body.facts(Body.fromString(text))).toEqual({
          size: Option.some(size),
          eightBit: false,
          binary: false,
          form
        })
      })
    }

    for (const [text, size] of [["\u00e9\r\n", 4], ["\u{1f4e7}\r\n", 6]] as const) {
      it(`of ${JSON.stringify(text)}: 8-bit`, () => {
        const facts = { size: Option.some(size), eightBit: true, binary: false, form: "AsIs" }
        expect(Body.facts(Body.fromString(text))).toEqual(facts)
      })
    }

    it("are those of the body, however often it is asked", () => {
      const body = Body.fromString("a\r\n")
      expect(Body.facts(body)).toBe(Body.facts(body))
    })

    it("count what is sent, but for stuffing and the dot line", () => {
      const octets = FastCheck.array(FastCheck.constantFrom(10, 13, 46, 97, 200), { maxLength: 12 })
      FastCheck.assert(FastCheck.property(octets, (all) => {
        const bytes = Uint8Array.from(all)
        const start = MessageData.initial("normalise")
        const { chunks, state } = Either.getOrThrow(MessageData.encode(start, bytes))
        const end = Either.getOrThrow(MessageData.finish(state))
        const wire = [...chunks, end].map((chunk) => String.fromCharCode(...chunk)).join("")
        const plain = wire.slice(0, -3).split("\r\n").map((line) => line.replace(/^\./, ""))
        const text = String.fromCharCode(...all)
        expect(Body.facts(Body.fromBytes(bytes))).toEqual({
          size: Option.some(plain.join("\r\n").length),
          eightBit: all.includes(200),
          binary: false,
          form: wire === `${text}.\r\n`
            ? "AsIs"
            : plain.join("\r\n") === text
            ? "Stuffed"
            : "Mended"
        })
      }))
    })

    it("of a stream are what it was said to be", () => {
      expect(Body.facts(Body.fromStream(Stream.empty, { size: 5, eightBit: false })))
        .toEqual({ size: Option.some(5), eightBit: false, binary: false, form: "Mended" })
    })

    it("of what is binary are the octets as they are", () => {
      const bytes = Uint8Array.of(10, 13, 0, 200)
      expect(Body.facts(Body.fromBytes(bytes, { binary: true })))
        .toEqual({ size: Option.some(4), eightBit: true, binary: true, form: "AsIs" })
    })

    it("of a stream of which nothing was said are the worst", () => {
      expect(Body.facts(Body.fromStream(Stream.empty)))
        .toEqual({ size: Option.none(), eightBit: true, binary: false, form: "Mended" })
    })
  })

  describe("collect", () => {
    it.effect("has all octets, and runs a recipe each time", () =>
      Effect.gen(function*() {
        const bytes = Uint8Array.of(1, 2, 3)
        expect(yield* Body.collect(Body.fromBytes(bytes))).toBe(bytes)
        const runs = yield* Ref.make(0)
        const stream = Stream.concat(
          Stream.fromEffect(Ref.updateAndGet(runs, (count) => count + 1)).pipe(
            Stream.map((count) => Uint8Array.of(count))
          ),
          Stream.make(new Uint8Array(), bytes)
        )
        const body = Body.fromStream(stream)
        expect(yield* Body.collect(body)).toEqual(Uint8Array.of(1, 1, 2, 3))
        expect(yield* Body.collect(body)).toEqual(Uint8Array.of(2, 1, 2, 3))
        const broken = Body.fromStream(Stream.fail("gone"))
        expect(yield* Effect.flip(Body.collect(broken))).toBe("gone")
      }))
  })
})
