import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Bdat from "../src/Bdat.js"
import type * as Decoder from "../src/Decoder.js"
import type * as MessageData from "../src/MessageData.js"

/** Reads to the end: the content, how much was consumed in all, and `held` at the last step. */
const read = (size: number, inputs: ReadonlyArray<Uint8Array>) => {
  let decoder: Decoder.Decoder<MessageData.DataEvent, never> = Bdat.decoder(size)
  const content: Array<number> = []
  let consumed = 0
  for (const input of [new Uint8Array(), ...inputs]) {
    let rest = input
    for (;;) {
      const step = Either.getOrThrow(decoder.step(rest))
      if (step._tag === "More") {
        decoder = step.next
        break
      }
      rest = rest.subarray(step.consumed)
      consumed += step.consumed
      if (step.value._tag === "End") {
        return { content, consumed, held: decoder.held, ended: true }
      }
      if (step.value._tag === "Fault") throw new Error("counted data has no faults")
      for (const chunk of step.value.chunks) content.push(...chunk)
      decoder = step.value.next
    }
  }
  return { content, consumed, held: decoder.held, ended: false }
}

describe("Bdat", () => {
  describe("decoder", () => {
    it("of size 0 is at its end without a byte, and takes none (RFC 3030 section 2)", () => {
      expect(read(0, [])).toEqual({ content: [], consumed: 0, held: 0, ended: true })
      expect(read(0, [Uint8Array.of(1, 2)])).toMatchObject({ consumed: 0, ended: true })
    })

    it("takes exactly the octets counted, wherever the input is cut", () => {
      FastCheck.assert(FastCheck.property(
        FastCheck.array(FastCheck.uint8Array({ maxLength: 5 }), { maxLength: 8 }),
        FastCheck.nat(30),
        (inputs, size) => {
          const all = inputs.flatMap((input) => [...input])
          const taken = Math.min(size, all.length)
          expect(read(size, inputs)).toEqual({
            content: all.slice(0, taken),
            consumed: taken,
            held: taken,
            ended: all.length >= size
          })
        }
      ))
    })

    it("says how much is left, so that nobody waits for bytes that do not come", () => {
      expect(Bdat.decoder(0).left).toBe(0)
      const counter = Bdat.decoder(3)
      expect(counter.left).toBe(3)
      const step = Either.getOrThrow(counter.step(Uint8Array.of(1, 2)))
      if (step._tag !== "Done" || step.value._tag !== "Content") throw new Error("no content")
      expect(step.value.next.left).toBe(1)
    })

    it("leaves dots and line ends alone", () => {
      const wire = Array.from("a\r\n.\r\n..\n\r\0", (char) => char.charCodeAt(0))
      for (let at = 0; at <= wire.length; at++) {
        const inputs = [Uint8Array.from(wire.slice(0, at)), Uint8Array.from(wire.slice(at))]
        expect(read(wire.length, inputs).content).toEqual(wire)
      }
    })

    it("hands out slices of the input", () => {
      const input = new Uint8Array(100)
      const step = Either.getOrThrow(Bdat.decoder(60).step(input))
      if (step._tag !== "Done" || step.value._tag !== "Content") throw new Error("no content")
      expect(step.consumed).toBe(60)
      expect(step.value.chunks[0].buffer).toBe(input.buffer)
    })
  })
})
