import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Octets from "../src/Octets.js"

describe("Octets", () => {
  describe("concat", () => {
    it.prop(
      "has all octets, in order",
      [FastCheck.array(FastCheck.uint8Array({ maxLength: 5 }))],
      ([pieces]) => {
        expect([...Octets.concat(pieces)]).toEqual(pieces.flatMap((piece) => [...piece]))
      }
    )

    it("does not copy what is one piece", () => {
      const piece = Uint8Array.of(1, 2)
      expect(Octets.concat([piece])).toBe(piece)
      const [copy, whole] = [Uint8Array.of(1), Octets.concat([Uint8Array.of(1), new Uint8Array()])]
      expect(whole).toEqual(copy)
    })
  })
})
