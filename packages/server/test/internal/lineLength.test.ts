import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as LineLength from "../../src/internal/lineLength.js"

const bytes = (text: string) => new TextEncoder().encode(text)

/** The longest line, its end included. */
const longest = (text: string) =>
  Math.max(...(text.match(/[^\n]*\n?/g) ?? []).map((line) => line.length))

describe("lineLength", () => {
  it("N12: finds what is too long, however it is cut", () => {
    const text = FastCheck.array(FastCheck.constantFrom("x", "xxx", "xxxxxxx", "\n"), {
      maxLength: 60
    })
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(text, { maxLength: 8 }),
        FastCheck.integer({ min: 1, max: 25 }),
        (pieces, limit) => {
          const lines = LineLength.make(limit)
          const chunks = pieces.map((piece) => piece.join("")).filter((chunk) => chunk !== "")
          const found = chunks.some((chunk) => lines.exceeds(bytes(chunk)))
          expect(found).toBe(longest(chunks.join("")) > limit)
        }
      ),
      { numRuns: 2000 }
    )
  })
})
