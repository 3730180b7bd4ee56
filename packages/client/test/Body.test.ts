import * as MessageData from "@effect-smtp/wire/MessageData"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Body from "../src/Body.js"

describe("Body", () => {
  describe("facts", () => {
    const table: ReadonlyArray<readonly [string, number, boolean]> = [
      ["", 0, false],
      ["a", 3, false],
      ["a\r\n", 3, false],
      ["a\n", 3, false],
      ["a\r", 3, false],
      ["\n", 2, false],
      ["\r", 2, false],
      ["\n\n", 4, false],
      ["\r\r\n", 4, false],
      ["\r\n\r\n", 4, false],
      ["\n\r", 4, false],
      ["a\nb\rc", 9, false],
      [".", 3, false],
      ["\x7f", 3, false],
      ["\u00e9\r\n", 4, true],
      ["\u{1f4e7}", 6, true]
    ]
    for (const [text, size, eightBit] of table) {
      it(`of ${JSON.stringify(text)}: ${size} octets, ${eightBit ? "8-bit" : "7-bit"}`, () => {
        expect(Body.facts(Body.fromString(text))).toEqual({
          size: Option.some(size),
          eightBit,
          binary: false
        })
      })
    }

    it("count what is sent, but for stuffing and the dot line", () => {
      const octets = FastCheck.array(FastCheck.constantFrom(10, 13, 46, 97, 200), { maxLength: 12 })
      FastCheck.assert(FastCheck.property(octets, (all) => {
        const bytes = Uint8Array.from(all)
        const start = MessageData.initial("normalise")
        const { chunks, state } = Either.getOrThrow(MessageData.encode(start, bytes))
        const end = Either.getOrThrow(MessageData.finish(state))
        const wire = [...chunks, end].map((chunk) => String.fromCharCode(...chunk)).join("")
        const plain = wire.slice(0, -3).split("\r\n").map((line) => line.replace(/^\./, ""))
        expect(Body.facts(Body.fromBytes(bytes))).toEqual({
          size: Option.some(plain.join("\r\n").length),
          eightBit: all.includes(200),
          binary: false
        })
      }))
    })

    it("of a stream are what it was said to be", () => {
      expect(Body.facts(Body.fromStream(Stream.empty, { size: 5, eightBit: false })))
        .toEqual({ size: Option.some(5), eightBit: false, binary: false })
    })

    it("of what is binary are the octets as they are", () => {
      const bytes = Uint8Array.of(10, 13, 0, 200)
      expect(Body.facts(Body.fromBytes(bytes, { binary: true })))
        .toEqual({ size: Option.some(4), eightBit: true, binary: true })
    })

    it("of a stream of which nothing was said are the worst", () => {
      expect(Body.facts(Body.fromStream(Stream.empty)))
        .toEqual({ size: Option.none(), eightBit: true, binary: false })
    })
  })
})
