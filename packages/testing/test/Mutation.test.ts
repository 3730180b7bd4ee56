import { describe, expect, it } from "@effect/vitest"
import type * as Arr from "effect/Array"
import * as FastCheck from "effect/FastCheck"
import * as Mutation from "../src/Mutation.js"

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const session = "EHLO a\r\nMAIL FROM:<b@c>\r\nRCPT TO:<d@e>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n"
const recorded: Arr.NonEmptyReadonlyArray<Uint8Array> = [bytes(session), bytes("NOOP\r\n")]

describe("Mutation", () => {
  describe("fromSeed", () => {
    it.prop("makes the same of the same seed, and leaves what was recorded alone", [
      FastCheck.integer()
    ], ([seed]) => {
      expect(Mutation.fromSeed(seed, recorded)).toEqual(Mutation.fromSeed(seed, recorded))
      expect(recorded).toEqual([bytes(session), bytes("NOOP\r\n")])
    })

    it("makes something else of nearly every seed", () => {
      const all = Array.from(
        { length: 200 },
        (_, seed) => Mutation.fromSeed(seed, recorded).join(" ")
      )
      expect(new Set(all).size).toBeGreaterThan(150)
    })

    it.prop("grows no more than it was told to", [FastCheck.integer()], ([seed]) => {
      const grown = Mutation.fromSeed(seed, recorded, { edits: 1, growth: 50 })
      expect(grown.length).toBeLessThanOrEqual(session.length + 50)
    })

    it.prop("takes sessions of nothing", [FastCheck.integer()], ([seed]) => {
      expect(Mutation.fromSeed(seed, [new Uint8Array()], { growth: 1 }).length).toBeLessThan(100)
    })
  })
})
