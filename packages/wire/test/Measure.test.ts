import * as Rechunk from "@effect-smtp/testing/Rechunk"
import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Measure from "../src/Measure.js"
import * as octets from "./arbitraries/octets.js"

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

const measured = (chunks: ReadonlyArray<Uint8Array>): Measure.Measure =>
  chunks.reduce(Measure.more, Measure.start)

/** What each field means, one octet at a time. */
const defined = (message: Uint8Array): Measure.Measure => {
  const all = [...message]
  const isBare = (octet: number, at: number): boolean =>
    octet === 10 ? all[at - 1] !== 13 : octet === 13 && at + 1 < all.length && all[at + 1] !== 10
  const bare = all.filter(isBare).length
  return {
    octets: all.length + bare,
    eightBit: all.some((octet) => octet > 127),
    bare: bare > 0,
    dotted: all.some((octet, at) =>
      octet === 46 && (at === 0 || all[at - 1] === 10 || all[at - 1] === 13)
    ),
    last: all[all.length - 1] ?? 10
  }
}

const of = (text: string) => {
  const measure = measured([bytes(text)])
  return {
    size: Measure.size(measure),
    wire: Measure.isWire(measure),
    dotted: measure.dotted
  }
}

describe("Measure", () => {
  describe("more", () => {
    it("is what its fields say of every message, however it is cut and wherever it lies", () => {
      FastCheck.assert(
        FastCheck.property(octets.message, octets.alignment, (message, alignment) => {
          const expected = defined(message)
          const lies = octets.aligned(message, alignment)
          expect(measured([lies])).toEqual(expected)
          for (const chunks of Rechunk.splits(lies)) expect(measured(chunks)).toEqual(expected)
          expect(measured(Rechunk.everyByte(lies))).toEqual(expected)
        })
      )
    })

    it("is the same of a long message", () => {
      FastCheck.assert(
        FastCheck.property(octets.long, octets.alignment, (message, alignment) => {
          expect(measured([octets.aligned(message, alignment)])).toEqual(defined(message))
        })
      )
    })

    it("sees every octet at every place of a word", () => {
      for (let octet = 0; octet < 256; octet++) {
        for (let at = 0; at < 16; at++) {
          const message = bytes("x".repeat(24))
          message[at] = octet
          expect(measured([message])).toEqual(defined(message))
        }
      }
    })

    it("does not look at what lies around the octets", () => {
      const around = bytes("\xff\r\n.xxxx\r\n.\xff\xff")
      expect(measured([around.subarray(4, 8)])).toEqual(defined(bytes("xxxx")))
      expect(measured([around.subarray(5, 7)])).toEqual(defined(bytes("xx")))
    })
  })

  describe("size", () => {
    it("counts the line end that the last line lacks", () => {
      expect(["", "a", "a\r", "a\n", "a\r\n", "\n\r"].map((text) => of(text).size)).toEqual(
        [0, 3, 3, 3, 3, 4]
      )
    })
  })

  describe("isWire", () => {
    it("is where every line ends in CR LF, the last one too", () => {
      for (const text of ["", "\r\n", "a\r\nb\r\n", "a\r\n.b\r\n", "\r\n\r\n"]) {
        expect([text, of(text).wire]).toEqual([text, true])
      }
      for (const text of ["a", "a\r", "a\n", "a\rb\r\n", "\n\r\n", "\r\r\n", "a\r\nb"]) {
        expect([text, of(text).wire]).toEqual([text, false])
      }
    })

    it("has nothing to do with dots, which are told apart", () => {
      expect(of(".a\r\n")).toEqual({ size: 4, wire: true, dotted: true })
      expect(of("a\r\n.")).toEqual({ size: 6, wire: false, dotted: true })
      expect(of("a.\r\n")).toEqual({ size: 4, wire: true, dotted: false })
    })
  })
})
