import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as EnhancedStatus from "../src/EnhancedStatus.js"
import { enhancedStatus } from "./arbitraries/enhancedStatus.js"

describe("EnhancedStatus", () => {
  describe("parse", () => {
    it("Y8: reads class, subject and detail", () => {
      expect(EnhancedStatus.parse("5.1.1")).toEqual(
        Either.right({ class: 5, subject: 1, detail: 1 })
      )
      expect(EnhancedStatus.parse("4.999.0")).toEqual(
        Either.right({ class: 4, subject: 999, detail: 0 })
      )
    })

    for (
      const [text, offset] of [
        ["", 0],
        ["3.1.1", 0],
        ["1.1.1", 0],
        ["5", 1],
        ["5.", 1],
        ["5.1", 3],
        ["5.1.", 3],
        ["5.1000.1", 5],
        ["5.1.1000", 7],
        ["5.01.1", 1],
        ["5.1.1 ", 5],
        [" 5.1.1", 0],
        ["5.1.x", 3]
      ] as const
    ) {
      it(`refuses ${JSON.stringify(text)} and says where`, () => {
        const result = EnhancedStatus.parse(text)
        expect(Either.isLeft(result) && result.left._tag).toBe("EnhancedStatusError")
        expect(Either.isLeft(result) && result.left.offset).toBe(offset)
        expect(Either.isLeft(result) && result.left.message).toContain(`at offset ${offset}`)
      })
    }

    it("reads at the start of a text", () => {
      expect(EnhancedStatus.parsePrefix("2.1.5 ok")).toEqual(
        Either.right({ status: { class: 2, subject: 1, detail: 5 }, end: 5 })
      )
    })
  })

  describe("make", () => {
    it("brings parts into range", () => {
      expect(EnhancedStatus.make(5, -1, 1000)).toEqual({ class: 5, subject: 0, detail: 999 })
      expect(EnhancedStatus.make(2, NaN, 1.9)).toEqual({ class: 2, subject: 0, detail: 1 })
    })
  })

  describe("registry", () => {
    it("Y8: knows what RFC 5248 lists", () => {
      expect(EnhancedStatus.describe(EnhancedStatus.make(5, 1, 1))).toEqual(
        Option.some("Bad destination mailbox address")
      )
      expect(EnhancedStatus.describe(EnhancedStatus.make(4, 99, 1))).toEqual(Option.none())
    })

    it("has a code that reads back in every row", () => {
      for (const row of EnhancedStatus.Registry.keys()) {
        expect(Either.map(EnhancedStatus.parse(`5.${row}`), EnhancedStatus.print)).toEqual(
          Either.right(`5.${row}`)
        )
      }
    })
  })

  describe("laws", () => {
    it("parse(print(x)) = x", () => {
      FastCheck.assert(FastCheck.property(enhancedStatus, (status) => {
        expect(EnhancedStatus.parse(EnhancedStatus.print(status))).toEqual(Either.right(status))
      }))
    })

    it("is ordered as it is equal", () => {
      FastCheck.assert(FastCheck.property(enhancedStatus, enhancedStatus, (a, b) => {
        expect(EnhancedStatus.Order(a, b) === 0).toBe(EnhancedStatus.Equivalence(a, b))
        expect(EnhancedStatus.Order(a, b) + EnhancedStatus.Order(b, a)).toBe(0)
        expect(EnhancedStatus.Equivalence(a, { ...a })).toBe(true)
      }))
    })
  })
})
