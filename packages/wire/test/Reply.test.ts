import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as EnhancedStatus from "../src/EnhancedStatus.js"
import * as Reply from "../src/Reply.js"
import type * as ReplyError from "../src/ReplyError.js"
import * as arbitrary from "./arbitraries/reply.js"
import { bytes, chunkings, decodeAll } from "./decoding.js"

const noSuchUser = EnhancedStatus.make(5, 1, 1)

/** Decodes under every chunking, which must not matter. */
const read = (input: string | Uint8Array, limits?: Partial<Reply.Limits>) => {
  const octets = typeof input === "string" ? bytes(input) : input
  const [whole, ...others] = chunkings(octets).map((chunks) => {
    const { error, held, values } = decodeAll(Reply.decoder(limits), chunks)
    return { values, error: shown(error), held: error === undefined ? held : 0 }
  })
  for (const other of others) expect(other).toEqual(whole)
  return whole
}

const shown = (error: ReplyError.ReplyError | undefined): string | undefined =>
  error === undefined ? undefined : `${error.reason._tag} ${error.line}`

const parsed = (text: string): Reply.Reply => Either.getOrThrow(Reply.parse(text))
const refused = (text: string): string | undefined =>
  shown(Option.getOrUndefined(Either.getLeft(Reply.parse(text))))

describe("Reply", () => {
  describe("codes", () => {
    it("Y2: has four classes", () => {
      const classes = [250, 354, 451, 550].map((code) => {
        const reply = Reply.make({ code, text: "" })
        return [
          Reply.category(reply),
          Reply.isCompletion(reply),
          Reply.isIntermediate(reply),
          Reply.isTransient(reply),
          Reply.isPermanent(reply)
        ]
      })
      expect(classes).toEqual([
        ["Completion", true, false, false, false],
        ["Intermediate", false, true, false, false],
        ["Transient", false, false, true, false],
        ["Permanent", false, false, false, true]
      ])
    })
  })

  describe("make", () => {
    it("Y12: line breaks in the text make lines, so no second reply can be forged", () => {
      const reply = Reply.make({ code: 550, text: "no\r\n250 yes\n251 or\r252 maybe" })
      expect(Reply.print(reply)).toBe(
        "550-no\r\n550-250 yes\r\n550-251 or\r\n550 252 maybe\r\n"
      )
    })

    it("Y12: every control character in every position becomes a question mark", () => {
      for (let code = 0; code < 0x20; code++) {
        if (code === 0x09 || code === 0x0a || code === 0x0d) continue
        const control = String.fromCharCode(code)
        expect(Reply.make({ code: 250, text: `${control}a${control}b${control}` }).lines).toEqual(
          ["?a?b?"]
        )
      }
      expect(Reply.make({ code: 250, text: "\x7f\x85\ud800x\tz" }).lines).toEqual(["???x\tz"])
    })

    it("Y12: a code out of range is a local error", () => {
      for (const code of [0, 199, 600, 250.5, NaN, Infinity, -250, 1250]) {
        expect(Reply.make({ code, text: "x" }).code).toBe(451)
      }
      expect(Reply.make({ code: 200, text: "x" }).code).toBe(200)
      expect(Reply.make({ code: 599, text: "x" }).code).toBe(599)
    })

    it("wraps at spaces so that no line is over 512 octets", () => {
      const text = Array.from({ length: 200 }, (_, index) => `word${index}`).join(" ")
      const reply = Reply.make({ code: 550, enhanced: noSuchUser, text })
      const lines = Reply.print(reply).split("\r\n").slice(0, -1)
      expect(lines.length).toBeGreaterThan(2)
      expect(Math.max(...lines.map((line) => line.length + 2))).toBeLessThanOrEqual(512)
      expect(reply.lines.join(" ")).toBe(text)
    })

    it("wraps text without spaces anywhere but in a character", () => {
      const reply = Reply.make({ code: 250, text: "😀".repeat(300) })
      expect(reply.lines.map((line) => line.length)).toEqual([252, 252, 96])
      expect(reply.lines.join("")).toBe("😀".repeat(300))
    })

    it("keeps a space at the start of a line: it is no place to wrap", () => {
      const text = ` ${"x".repeat(600)}`
      const lines = Reply.make({ code: 250, text }).lines
      expect(lines).toHaveLength(2)
      expect(lines.join("")).toBe(text)
    })

    it("leaves a line of exactly 512 octets alone, and one that ends in the space past it", () => {
      const fits = "x".repeat(512 - 6)
      expect(Reply.make({ code: 250, text: fits }).lines).toEqual([fits])
      expect(Reply.make({ code: 250, text: `${fits} ` }).lines).toEqual([fits])
      expect(Reply.make({ code: 250, text: `${fits}y` }).lines).toEqual([fits, "y"])
      expect(Reply.make({ code: 250, text: `${fits} y` }).lines).toEqual([fits, "y"])
    })

    it("does not wrap a challenge", () => {
      const challenge = "QUJD".repeat(3000)
      expect(Reply.make({ code: 334, text: challenge }).lines).toEqual([challenge])
      expect(parsed(Reply.print(Reply.make({ code: 334, text: challenge }))).lines).toEqual([
        challenge
      ])
    })
  })

  describe("enhanced status", () => {
    it("Y8: is printed on each line and taken off each line", () => {
      const reply = Reply.make({ code: 550, enhanced: noSuchUser, text: "No\nsuch user" })
      expect(Reply.print(reply)).toBe("550-5.1.1 No\r\n550 5.1.1 such user\r\n")
      expect(parsed(Reply.print(reply))).toEqual(reply)
      expect(reply.enhanced).toEqual(Option.some(noSuchUser))
    })

    it("Y8: is taken off where only the first line has it", () => {
      expect(parsed("550-5.1.1 No\r\n550 such user\r\n")).toEqual(
        Reply.make({ code: 550, enhanced: noSuchUser, text: "No\nsuch user" })
      )
      expect(parsed("550-No\r\n550 5.1.1 such user\r\n").enhanced).toEqual(Option.none())
    })

    it("leaves another status on a later line alone", () => {
      expect(parsed("250-2.0.0 a\r\n250 2.1.5 b\r\n")).toEqual({
        code: 250,
        enhanced: Option.some(EnhancedStatus.make(2, 0, 0)),
        lines: ["a", "2.1.5 b"]
      })
    })

    it("is only one whose class is the code's first digit", () => {
      expect(parsed("250 5.1.1 x\r\n")).toEqual({
        code: 250,
        enhanced: Option.none(),
        lines: ["5.1.1 x"]
      })
      expect(parsed("354 3.1.1 x\r\n").enhanced).toEqual(Option.none())
      const reply = Reply.make({ code: 250, enhanced: noSuchUser, text: "x" })
      expect(reply.enhanced).toEqual(Option.none())
    })

    it("is not what merely begins like one", () => {
      expect(parsed("250 2.1.5.7 is my address\r\n").enhanced).toEqual(Option.none())
      expect(parsed("250 2.1.5ok\r\n").enhanced).toEqual(Option.none())
      expect(parsed("250 2.1.5\r\n")).toEqual({
        code: 250,
        enhanced: Option.some(EnhancedStatus.make(2, 1, 5)),
        lines: [""]
      })
    })

    it("a text that looks like one survives behind one", () => {
      const reply = Reply.make({ code: 550, enhanced: noSuchUser, text: "5.1.1 5.1.1\n5.1.1" })
      expect(reply.lines).toEqual(["5.1.1 5.1.1", "5.1.1"])
      expect(parsed(Reply.print(reply))).toEqual(reply)
    })

    it("is the same whether given or at the start of the text", () => {
      expect(Reply.make({ code: 550, text: "5.1.1 No" })).toEqual(
        Reply.make({ code: 550, enhanced: noSuchUser, text: "No" })
      )
    })
  })

  describe("parse", () => {
    it("Y3: reads several lines, which must repeat the code", () => {
      expect(parsed("250-mx.example\r\n250-SIZE\r\n250 HELP\r\n").lines).toEqual([
        "mx.example",
        "SIZE",
        "HELP"
      ])
      expect(read("250-mx.example\r\n251 HELP\r\n")?.error).toBe("CodeChanged 2")
    })

    it("Y4, Y10: wants exactly three digits from 200 to 599", () => {
      for (
        const text of [
          "",
          "25",
          "2",
          "2500 x",
          "25O x",
          "100 x",
          "199 x",
          "600 x",
          "999 x",
          "250x",
          "250\tx",
          " 250 x",
          "-250 x",
          "HTTP/1.1 400 Bad Request"
        ]
      ) expect([text, read(`${text}\r\n`)?.error]).toEqual([text, "BadCode 1"])
      expect(read("200 x\r\n599 x\r\n")?.values.map((reply) => reply.code)).toEqual([200, 599])
    })

    it("Y5: a code alone is a reply, with and without its space", () => {
      const empty = { code: 334, enhanced: Option.none(), lines: [""] }
      expect(read("334\r\n334 \r\n334\n")?.values).toEqual([empty, empty, empty])
      expect(Reply.print(parsed("334\r\n"))).toBe("334 \r\n")
    })

    it("Y6: encodes and decodes one and several lines, and leaves what follows", () => {
      const first = Reply.make({ code: 250, text: "one" })
      const second = Reply.make({ code: 354, text: ["two", "three"] })
      const wire = new Uint8Array([...Reply.encode(first), ...Reply.encode(second)])
      expect(Reply.decoder().step(wire)).toEqual(
        Either.right({ _tag: "Done", value: first, consumed: 9 })
      )
      expect(read(wire)?.values).toEqual([first, second])
    })

    it("Y7: waits for the whole of a reply, wherever it is cut", () => {
      const wire = "250-mx.example\r\n250-PIPELINING\r\n250 HELP\r\n"
      expect(read(wire)?.values.map(Reply.print)).toEqual([wire])
      expect(read("250-mx.example\r\n250-PIPE")).toEqual({ values: [], error: undefined, held: 24 })
    })

    it("Y10: lines may end in LF alone", () => {
      expect(read("250-a\n250 b\n")?.values).toEqual([Reply.make({ code: 250, text: "a\nb" })])
    })

    it("Y11, N12: bounds the line, the number of lines and the whole", () => {
      const limits = { line: 20, challenge: 30, lines: 3, total: 50 }
      expect(read(`250 ${"x".repeat(14)}\r\n`, limits)?.error).toBeUndefined()
      expect(read(`250 ${"x".repeat(15)}\r\n`, limits)?.error).toBe("LineTooLong 1")
      expect(read(`334 ${"x".repeat(24)}\r\n`, limits)?.error).toBeUndefined()
      expect(read(`334 ${"x".repeat(25)}\r\n`, limits)?.error).toBe("LineTooLong 1")
      expect(read("250-a\r\n250-b\r\n250 c\r\n", limits)?.error).toBeUndefined()
      expect(read("250-a\r\n250-b\r\n250-c\r\n", limits)?.error).toBe("TooManyLines 3")
      const line = `250-${"x".repeat(14)}\r\n`
      expect(read(`${line}${line}250 abcd\r\n`, limits)?.error).toBeUndefined()
      expect(read(`${line}${line}250 abcde\r\n`, limits)?.error).toBe("TooLarge 3")
    })

    it("N12: gives up a line that never ends as soon as it is too long", () => {
      const error = decodeAll(Reply.decoder(), [bytes("2".repeat(20_000))]).error
      expect(shown(error)).toBe("LineTooLong 1")
      expect(error?.message).toBe("reply, line 1: expected lines of at most 12288 octets")
    })

    it("reads text that is no UTF-8 as Latin-1", () => {
      const wire = Uint8Array.of(0x32, 0x35, 0x30, 0x20, 0x63, 0x61, 0x66, 0xe9, 0x0d, 0x0a)
      expect(read(wire)?.values).toEqual([Reply.make({ code: 250, text: "café" })])
      expect(read("250 café\r\n")?.values).toEqual([Reply.make({ code: 250, text: "café" })])
    })

    it("N21: keeps no control character of the peer", () => {
      expect(parsed("250 a\x1b[31m\rb\0\r\n").lines).toEqual(["a?[31m?b?"])
      expect(refused("\x1b]0;x\x07 boo\r\n")).toBe("BadCode 1")
      const error = Option.getOrThrow(Either.getLeft(Reply.parse("\x1b]0;x\x07 boo\r\n")))
      expect(error.message).not.toMatch(/[\u0000-\u001f]/)
    })

    it("wants the whole text to be one reply", () => {
      expect(refused("250-a\r\n")).toBe("Incomplete 2")
      expect(refused("250 a\r\n250 b\r\n")).toBe("Trailing 2")
      expect(parsed("250 ok")).toEqual(parsed("250 ok\r\n"))
    })

    it("S8: holds nothing between replies", () => {
      expect(Reply.decoder().held).toBe(0)
      expect(read("250 a\r\n")?.held).toBe(0)
      expect(read("250 a\r\n2")?.held).toBe(1)
    })
  })

  describe("again and again", () => {
    it("tells replies apart, also those that it has read before", () => {
      const texts = ["OK", "Accepted", "OK then", "Go ahead", "Bye", "Queued", "OK"]
      const wire = [...texts, ...texts].map((text) => `250 ${text}\r\n`).join("")
      expect(decodeAll(Reply.decoder(), [bytes(wire)]).values.map(({ lines }) => lines[0]))
        .toEqual([...texts, ...texts])
    })
  })

  describe("laws", () => {
    it("parse(print(x)) = x", () => {
      FastCheck.assert(
        FastCheck.property(arbitrary.reply, (reply) => {
          FastCheck.pre(reply.lines.length < Reply.limits.lines)
          expect(Reply.parse(Reply.print(reply))).toEqual(Either.right(reply))
        }),
        { numRuns: 500 }
      )
    })

    it("S2: is encoded as one slice of safe lines of at most 512 octets", () => {
      FastCheck.assert(FastCheck.property(arbitrary.reply, (reply) => {
        FastCheck.pre(reply.code !== 334)
        const wire = Reply.encode(reply)
        const text = new TextDecoder("utf-8", { fatal: true }).decode(wire)
        expect(text).toBe(Reply.print(reply))
        const lines = text.split("\r\n")
        expect(lines.pop()).toBe("")
        for (const [index, line] of lines.entries()) {
          expect(bytes(line).length).toBeLessThanOrEqual(510)
          expect(line).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/)
          const mark = index === lines.length - 1 ? " " : "-"
          expect(line.startsWith(`${reply.code}${mark}`)).toBe(true)
        }
      }))
    })

    it("Y7, S7: gives the same for every chunking of the same bytes", () => {
      const short = FastCheck.array(
        FastCheck.constantFrom("250", "251", "-", " ", "x", "\r\n", "\n", "5.1.1", "2.0.0", "é"),
        { maxLength: 20 }
      ).map((parts) => parts.join(""))
      FastCheck.assert(
        FastCheck.property(short, (text) => {
          read(text, { line: 12, challenge: 14, lines: 3, total: 24 })
        }),
        { numRuns: 300 }
      )
    })

    it("Y13: is ordered as it is equal", () => {
      FastCheck.assert(FastCheck.property(arbitrary.reply, arbitrary.reply, (a, b) => {
        expect(Reply.Order(a, b) === 0).toBe(Reply.Equivalence(a, b))
        expect(Reply.Order(a, b) + Reply.Order(b, a)).toBe(0)
        expect(Reply.Equivalence(a, { ...a, lines: [a.lines[0], ...a.lines.slice(1)] })).toBe(true)
      }))
      const [a, b] = ["a", "b"].map((text) => Reply.make({ code: 250, text }))
      expect(a && b && Reply.Order(a, b)).toBe(-1)
      expect(a && b && Reply.Equivalence(a, b)).toBe(false)
    })
  })
})
