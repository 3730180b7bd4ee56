import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Line from "../src/Line.js"
import { bytes, chunkings, decodeAll } from "./decoding.js"

const options: Line.Options = { limit: 10, discardLimit: 20, lineEnd: "crlf" }
const strict = Line.decoder(options)
const relaxed = Line.decoder({ ...options, lineEnd: "relaxed" })

/** Lines as text, faults by name. */
const shown = (values: ReadonlyArray<Either.Either<string, Line.LineFault>>) =>
  values.map(Either.match({ onLeft: (fault) => `!${fault._tag}`, onRight: (text) => text }))

/** Decodes under every chunking, which must not matter. */
const read = (decoder: typeof strict, input: string | Uint8Array) => {
  const octets = typeof input === "string" ? bytes(input) : input
  const [whole, ...others] = chunkings(octets).map((chunks) => {
    const { error, held, values } = decodeAll(decoder, chunks)
    // A failed decoder holds what it held before the step that failed.
    return { lines: shown(values), error: error?._tag, held: error === undefined ? held : 0 }
  })
  for (const other of others) expect(other).toEqual(whole)
  return whole
}

describe("Line", () => {
  describe("framing", () => {
    it("S1: has three outcomes: done, more, and an error that says where", () => {
      const more = strict.step(bytes("NOO"))
      expect(Either.getOrThrow(more)._tag).toBe("More")
      const done = strict.step(bytes("NOOP\r\nQUIT"))
      expect(done).toEqual(
        Either.right({ _tag: "Done", value: Either.right("NOOP"), consumed: 6 })
      )
      const error = strict.step(bytes("x".repeat(19)))
      expect(Either.isLeft(error) && error.left).toEqual(new Line.LineOverflow({ limit: 20 }))
      expect(Either.isLeft(error) && error.left.message).toBe("no line end within 20 octets")
    })

    it("S1: is a value: the same decoder steps again from the same place", () => {
      const step = Either.getOrThrow(strict.step(bytes("NO")))
      if (step._tag !== "More") throw new Error("expected More")
      expect(step.next.step(bytes("OP\r\n"))).toEqual(
        Either.right({ _tag: "Done", value: Either.right("NOOP"), consumed: 4 })
      )
      expect(step.next.step(bytes("PE\r\n"))).toEqual(
        Either.right({ _tag: "Done", value: Either.right("NOPE"), consumed: 4 })
      )
    })

    it("ends a line at CR LF and takes nothing of the next", () => {
      expect(read(strict, "NOOP\r\n\r\nQUIT\r\nX")).toEqual({
        lines: ["NOOP", "", "QUIT"],
        error: undefined,
        held: 1
      })
    })

    it("R8: relaxed takes LF as a line end too", () => {
      expect(read(relaxed, "NOOP\nQUIT\r\n\n")?.lines).toEqual(["NOOP", "QUIT", ""])
    })

    it("R16: strict uses up a line that ends in LF alone, reports it, and goes on behind it", () => {
      expect(read(strict, "NOOP\nQUIT\r\n")?.lines).toEqual(["!BareLineFeed", "QUIT"])
    })

    it("keeps a CR that stands alone as part of the line", () => {
      expect(read(strict, "a\rb\r\r\n")?.lines).toEqual(["a\rb\r"])
      expect(read(relaxed, "a\rb\r\n")?.lines).toEqual(["a\rb"])
    })

    it("S8: held tells an end between lines from one within a line", () => {
      expect(strict.held).toBe(0)
      expect(read(strict, "NOOP\r\n")?.held).toBe(0)
      expect(read(strict, "NOOP\r\nQUI")?.held).toBe(3)
      expect(read(strict, "QUIT\r")?.held).toBe(5)
    })
  })

  describe("bounds", () => {
    it("counts the line end: 8 octets and CR LF fit into 10, 9 do not", () => {
      expect(read(strict, "12345678\r\n123456789\r\nok\r\n")?.lines).toEqual([
        "12345678",
        "!TooLong",
        "ok"
      ])
      expect(read(relaxed, "12345678\n123456789\nok\n")?.lines).toEqual([
        "12345678",
        "!TooLong",
        "ok"
      ])
    })

    it("N12: drops a line that is too long up to its end, and gives up past the second bound", () => {
      expect(read(strict, `${"x".repeat(18)}\r\nok\r\n`)?.lines).toEqual(["!TooLong", "ok"])
      expect(read(strict, `${"x".repeat(19)}\r\nok\r\n`)).toEqual({
        lines: [],
        error: "LineOverflow",
        held: 0
      })
    })

    it("reports the bare LF of a line that is too long as well", () => {
      expect(read(strict, `${"x".repeat(15)}\nok\r\n`)?.lines).toEqual(["!BareLineFeed", "ok"])
    })

    it("S3, S4, S10: has no buffer to fill: a line of any size fits if its limit says so", () => {
      const size = 300_000
      const decoder = Line.decoder({ ...options, limit: size + 2, discardLimit: size + 2 })
      const input = bytes(`${"y".repeat(size)}\r\n`)
      const thirds = [0, 100_001, 200_002].map((at) => input.subarray(at, at + 100_001))
      expect(shown(decodeAll(decoder, thirds).values)).toEqual(["y".repeat(size)])
    })

    it("N12: reads a long line byte by byte in linear time", () => {
      const size = 200_000
      const decoder = Line.decoder({ ...options, limit: size + 2, discardLimit: size + 2 })
      const input = bytes(`${"z".repeat(size)}\r\n`)
      const chunks = Array.from(input, (_, at) => input.subarray(at, at + 1))
      const start = performance.now()
      expect(decodeAll(decoder, chunks).values).toEqual([Either.right("z".repeat(size))])
      expect(performance.now() - start).toBeLessThan(2000)
    })
  })

  describe("text", () => {
    const wide = Line.decoder({ ...options, limit: 100, discardLimit: 200 })

    it("reads UTF-8 across any cut", () => {
      expect(read(wide, "é€😀\r\n")?.lines).toEqual(["é€😀"])
      expect(read(wide, "\uFEFFx\r\n")?.lines).toEqual(["\uFEFFx"])
    })

    it("reports octets that are no UTF-8", () => {
      expect(read(wide, Uint8Array.of(0x61, 0xff, 0x0d, 0x0a, 0x62, 0x0d, 0x0a))?.lines).toEqual([
        "!NotUtf8",
        "b"
      ])
      expect(read(wide, Uint8Array.of(0xc0, 0x80, 0x0d, 0x0a))?.lines).toEqual(["!NotUtf8"])
    })

    it("passes NUL and other controls: they are for the reader of the line to refuse", () => {
      expect(read(wide, "a\0b\x7f\r\n")?.lines).toEqual(["a\0b\x7f"])
    })
  })

  describe("laws", () => {
    const chunk = FastCheck.array(FastCheck.constantFrom(0x0d, 0x0a, 0x41, 0xc3, 0xa9), {
      maxLength: 24
    }).map((octets) => Uint8Array.from(octets))

    it("S7: the result is the same whoever feeds it, in whatever chunks", () => {
      FastCheck.assert(
        FastCheck.property(chunk, FastCheck.boolean(), (input, isStrict) => {
          read(isStrict ? strict : relaxed, input)
        }),
        { numRuns: 300 }
      )
    })
  })
})
