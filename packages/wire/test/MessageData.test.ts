import * as Rechunk from "@effect-smtp/testing/Rechunk"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import type * as Decoder from "../src/Decoder.js"
import * as MessageData from "../src/MessageData.js"
import * as octets from "./arbitraries/octets.js"

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

interface Outcome {
  readonly content: string
  readonly faults: ReadonlyArray<string>
  /** What was left of all the input behind the end; undefined while there is no end. */
  readonly rest: string | undefined
}

const decodeAll = (policy: MessageData.LineEndings, inputs: ReadonlyArray<Uint8Array>): Outcome => {
  let decoder: Decoder.Decoder<MessageData.DataEvent, never> = MessageData.decoder(policy)
  let content = ""
  const faults: Array<string> = []
  for (const [index, input] of inputs.entries()) {
    let rest = input
    for (;;) {
      const step = Either.getOrThrow(decoder.step(rest))
      if (step._tag === "More") {
        decoder = step.next
        break
      }
      rest = rest.subarray(step.consumed)
      const event = step.value
      if (event._tag === "End") {
        const behind = [rest, ...inputs.slice(index + 1)]
        return { content, faults, rest: behind.map(text).join("") }
      }
      if (event._tag === "Fault") faults.push(`${event.fault.kind}@${event.fault.offset}`)
      else {
        expect(event.chunks.every((chunk) => chunk.length > 0)).toBe(true)
        content += event.chunks.map(text).join("")
      }
      decoder = event.next
    }
  }
  return { content, faults, rest: undefined }
}

const encodeAll = (
  policy: MessageData.LineEndings,
  inputs: ReadonlyArray<Uint8Array>
): Either.Either<string, MessageData.BareLineEnd> =>
  Either.gen(function*() {
    let state = MessageData.initial(policy)
    let wire = ""
    for (const input of inputs) {
      const step = yield* MessageData.encode(state, input)
      wire += step.chunks.map(text).join("")
      state = step.state
    }
    return wire + text(yield* MessageData.finish(state))
  })

/** The whole, every cut in two, and every byte alone. */
const everyCut = (whole: string): ReadonlyArray<ReadonlyArray<Uint8Array>> => [
  [bytes(whole)],
  ...Array.from(whole, (_, i) => [bytes(whole.slice(0, i)), bytes(whole.slice(i))]),
  Array.from(whole, bytes)
]

const received = (policy: MessageData.LineEndings, wire: string): Outcome => {
  const outcomes = everyCut(wire).map((inputs) => decodeAll(policy, inputs))
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0])
  return outcomes[0]
}

const sent = (
  policy: MessageData.LineEndings,
  content: string
): Either.Either<string, MessageData.BareLineEnd> => {
  const outcomes = everyCut(content).map((inputs) => encodeAll(policy, inputs))
  for (const outcome of outcomes) {
    expect(Either.mapLeft(outcome, shown)).toEqual(Either.mapLeft(outcomes[0], shown))
  }
  return outcomes[0]
}

const shown = (fault: MessageData.BareLineEnd): string => `${fault.kind}@${fault.offset}`

const normalised = (content: string): string => content.replace(/\r\n|\r|\n/g, "\r\n")
const whole = (content: string): string => {
  const lines = normalised(content)
  return lines === "" || lines.endsWith("\r\n") ? lines : `${lines}\r\n`
}

const ends = { CR: "\r", LF: "\n", CRLF: "\r\n" }
const arbitrary = FastCheck.array(
  FastCheck.constantFrom("\r", "\n", "\r\n", ".", "..", "a", "\0", "\xff", "text"),
  { maxLength: 24 }
).map((parts) => parts.join(""))

describe("MessageData", () => {
  describe("decoder", () => {
    const smuggled = "\r\nMAIL FROM:<evil@example.com>\r\n.\r\n"

    for (const [before, first] of Object.entries(ends)) {
      for (const [after, second] of Object.entries(ends)) {
        const wire = `text${first}.${second}${smuggled}`
        const real = before === "CRLF" && after === "CRLF"

        it(`N1: ${before}.${after} ${real ? "is" : "is not"} the end (strict)`, () => {
          const outcome = received("strict", wire)
          if (real) {
            expect(outcome).toEqual({ content: "text\r\n", faults: [], rest: smuggled })
          } else {
            expect(outcome.faults).toHaveLength(1)
            expect(outcome.rest).toBe("")
          }
        })

        it(`N1: ${before}.${after} ${real ? "is" : "is not"} the end (normalise)`, () => {
          const outcome = received("normalise", wire)
          expect(outcome.faults).toEqual([])
          if (real) expect(outcome.rest).toBe(smuggled)
          else {
            const dot = before === "CRLF" ? "" : "."
            expect(outcome.rest).toBe("")
            expect(outcome.content).toBe(
              `text\r\n${dot}\r\n\r\nMAIL FROM:<evil@example.com>\r\n`
            )
          }
        })
      }
    }

    it("N1: CR LF . CR CR LF is not the end", () => {
      const wire = "text\r\n.\r\r\nMAIL\r\n.\r\n"
      expect(received("strict", wire)).toEqual({ content: "text\r\n", faults: ["CR@7"], rest: "" })
      expect(received("normalise", wire)).toEqual({
        content: "text\r\n\r\n\r\nMAIL\r\n",
        faults: [],
        rest: ""
      })
    })

    for (let at = 0; at <= 5; at++) {
      const end = "\r\n.\r\n"
      const place = at === 0 || at === 5
      it(`N1: a NUL at place ${at} of the end ${place ? "is content" : "makes it none"}`, () => {
        const wire = `text${end.slice(0, at)}\0${end.slice(at)}`
        for (const policy of ["strict", "normalise"] as const) {
          const { rest } = received(policy, wire)
          expect(rest).toBe(at === 0 ? "" : at === 5 ? "\0" : undefined)
          expect(received(policy, `${wire}\r\n.\r\n`).rest).toBe(
            at === 0 || at === 5 ? `${at === 0 ? "" : "\0"}\r\n.\r\n` : ""
          )
        }
        expect(received("strict", "a\0b\r\n.\r\n").content).toBe("a\0b\r\n")
      })
    }

    it("N1: no mixture of line ends moves the end, whatever the policy", () => {
      FastCheck.assert(FastCheck.property(arbitrary, (wire) => {
        const at = `\r\n${wire}`.indexOf("\r\n.\r\n")
        const rest = at < 0 ? undefined : wire.slice(at + 3)
        expect(received("strict", wire).rest).toBe(rest)
        expect(received("normalise", wire).rest).toBe(rest)
      }))
    })

    it("ends at a dot line that is the first line", () => {
      expect(received("strict", ".\r\nQUIT\r\n")).toEqual({
        content: "",
        faults: [],
        rest: "QUIT\r\n"
      })
    })

    it("X14: takes one leading dot from any line, not from `..` alone", () => {
      const wire = "..first\r\n..\r\n...\r\n.x\r\n. \r\na..b\r\n.\r\n"
      expect(received("strict", wire)).toEqual({
        content: ".first\r\n.\r\n..\r\nx\r\n \r\na..b\r\n",
        faults: [],
        rest: ""
      })
    })

    it("takes no dot away behind a bare line end", () => {
      expect(received("normalise", "a\n..b\r..c\r\n.\r\n").content).toBe("a\r\n..b\r\n..c\r\n")
    })

    it("reports the first fault only, and goes on to the end", () => {
      expect(received("strict", "a\nb\rc\nd\r\n..\r\n.\r\nQUIT\r\n")).toEqual({
        content: "a",
        faults: ["LF@1"],
        rest: "QUIT\r\n"
      })
      expect(received("strict", "ab\rc")).toEqual({
        content: "ab\r",
        faults: ["CR@2"],
        rest: undefined
      })
    })

    it("says in words what is wrong and where", () => {
      expect(new MessageData.BareLineEnd({ kind: "LF", offset: 12 }).message).toBe(
        "bare LF at octet 12 of the message; lines end in CR LF"
      )
    })

    it("hands out slices of the input where no dot comes between", () => {
      const wire = bytes(`${"line\r\n".repeat(1000)}..\r\n${"line\r\n".repeat(1000)}`)
      const step = Either.getOrThrow(MessageData.decoder("strict").step(wire))
      if (step._tag !== "Done" || step.value._tag !== "Content") throw new Error("no content")
      expect(step.value.chunks.map((chunk) => [chunk.byteOffset, chunk.length])).toEqual([
        [0, 6000],
        [6001, 6003]
      ])
      expect(step.value.chunks.every((chunk) => chunk.buffer === wire.buffer)).toBe(true)
    })

    it("N12: joins the crumbs of a message made of line ends alone", () => {
      const step = Either.getOrThrow(
        MessageData.decoder("normalise").step(bytes("\n".repeat(65536)))
      )
      if (step._tag !== "Done" || step.value._tag !== "Content") throw new Error("no content")
      expect(step.value.chunks.length).toBeLessThan(4096)
      expect(step.value.chunks.map(text).join("")).toBe("\r\n".repeat(65536))
    })

    it("counts in `held` the octets taken in, which tells a cut message from a whole one", () => {
      const decoder = MessageData.decoder("strict")
      expect(decoder.held).toBe(0)
      const step = Either.getOrThrow(decoder.step(bytes("text\r\n.")))
      if (step._tag !== "Done" || step.value._tag !== "Content") throw new Error("no content")
      expect(step.value.next.held).toBe(7)
    })

    it("is a value: the same place can be stepped twice", () => {
      const step = Either.getOrThrow(MessageData.decoder("strict").step(bytes(".")))
      if (step._tag !== "More") throw new Error("not more")
      for (let time = 0; time < 2; time++) {
        expect(Either.getOrThrow(step.next.step(bytes("\r\n")))).toMatchObject({
          value: { _tag: "End" },
          consumed: 2
        })
      }
    })
  })

  describe("encode, octets counted", () => {
    const counted = (policy: MessageData.LineEndings, text_: string) =>
      Either.gen(function*() {
        const start = MessageData.initial(policy, "counted")
        const { chunks, state } = yield* MessageData.encode(start, bytes(text_))
        return chunks.map(text).join("") + text(yield* MessageData.finish(state))
      })

    for (
      const [given, wire] of [
        [".", ".\r\n"],
        [".a\r\n.\r\n", ".a\r\n.\r\n"],
        ["a\n.\rb", "a\r\n.\r\nb\r\n"],
        ["a\r", "a\r\n"],
        ["", ""]
      ] as const
    ) {
      it(`leaves the dots of ${JSON.stringify(given)} alone and adds none`, () => {
        expect(counted("normalise", given)).toEqual(Either.right(wire))
      })
    }

    it("N2: refuses a bare line end under strict", () => {
      expect(Either.isLeft(counted("strict", "a\nb"))).toBe(true)
      expect(Either.isLeft(counted("strict", "a\r"))).toBe(true)
    })
  })

  describe("encode", () => {
    it("N3: doubles a dot that is the first byte of the message", () => {
      expect(sent("strict", ".x\r\n")).toEqual(Either.right("..x\r\n.\r\n"))
      expect(sent("strict", ".")).toEqual(Either.right("..\r\n.\r\n"))
      expect(sent("normalise", ".\r\n")).toEqual(Either.right("..\r\n.\r\n"))
    })

    for (const [before, first] of Object.entries(ends)) {
      for (const [after, second] of Object.entries(ends)) {
        const content = `text${first}.${second}more\r\n`
        it(`N2: ${before}.${after} never leaves as an end or a bare line end (normalise)`, () => {
          expect(sent("normalise", content)).toEqual(
            Either.right("text\r\n..\r\nmore\r\n.\r\n")
          )
        })

        it(`N2: ${before}.${after} is sent stuffed or refused (strict)`, () => {
          expect(Either.mapLeft(sent("strict", content), shown)).toEqual(
            before !== "CRLF"
              ? Either.left(`${before}@4`)
              : after !== "CRLF"
              ? Either.left(`${after}@7`)
              : Either.right("text\r\n..\r\nmore\r\n.\r\n")
          )
        })
      }
    }

    it("N2: what leaves can only be read as one message, whatever went in", () => {
      FastCheck.assert(FastCheck.property(arbitrary, (content) => {
        const wire = Either.getOrThrow(sent("normalise", content))
        expect(/(^|[^\r])\n|\r(?!\n)/.test(wire)).toBe(false)
        expect(`\r\n${wire}`.indexOf("\r\n.\r\n")).toBe(wire.length - 3)
      }))
    })

    it("M12: stuffs every line of a chunk, and a line whose CR LF was in another chunk", () => {
      expect(sent("strict", ".a\r\n.b\r\nc\r\n.d\r\n")).toEqual(
        Either.right("..a\r\n..b\r\nc\r\n..d\r\n.\r\n")
      )
      expect(encodeAll("strict", ["a\r", "\n", ".", "\r\n.b"].map(bytes))).toEqual(
        Either.right("a\r\n..\r\n..b\r\n.\r\n")
      )
      expect(encodeAll("normalise", ["a\r", ".b", "\n", ".c"].map(bytes))).toEqual(
        Either.right("a\r\n..b\r\n..c\r\n.\r\n")
      )
    })

    it("M5: stuffs a chunk that begins with a dot only where it begins a line", () => {
      expect(encodeAll("strict", ["a", ".b\r\n", ".c"].map(bytes))).toEqual(
        Either.right("a.b\r\n..c\r\n.\r\n")
      )
    })

    it("M13: always ends the last line before the final dot", () => {
      expect(sent("strict", "")).toEqual(Either.right(".\r\n"))
      expect(sent("strict", "a")).toEqual(Either.right("a\r\n.\r\n"))
      expect(sent("strict", "a\r\n")).toEqual(Either.right("a\r\n.\r\n"))
      expect(sent("normalise", "a\r")).toEqual(Either.right("a\r\n.\r\n"))
      expect(sent("normalise", "a\n")).toEqual(Either.right("a\r\n.\r\n"))
      expect(Either.mapLeft(sent("strict", "a\r"), shown)).toEqual(Either.left("CR@1"))
    })

    it("hands on a chunk without leading dots as it is", () => {
      const chunk = bytes("line\r\n".repeat(1000))
      const { chunks } = Either.getOrThrow(MessageData.encode(MessageData.initial("strict"), chunk))
      expect(chunks).toHaveLength(1)
      expect(chunks[0].buffer).toBe(chunk.buffer)
    })
  })

  describe("round trip", () => {
    it("decode(encode(x)) is x with its line ends made whole, for every cut on both sides", () => {
      FastCheck.assert(FastCheck.property(arbitrary, (content) => {
        const wire = Either.getOrThrow(sent("normalise", content))
        expect(received("strict", wire)).toEqual({ content: whole(content), faults: [], rest: "" })
        const strict = encodeAll("strict", [bytes(content)])
        expect(Either.isRight(strict)).toBe(normalised(content) === content)
        if (Either.isRight(strict)) expect(strict.right).toBe(wire)
      }))
    })

    it("holds for any octets, wherever in memory they lie", () => {
      FastCheck.assert(
        FastCheck.property(octets.long, octets.alignment, (message, alignment) => {
          const content = text(message)
          const lies = octets.aligned(message, alignment)
          const wire = whole(content).replace(/(^|\r\n)\./g, "$1..") + ".\r\n"
          expect(encodeAll("normalise", [lies])).toEqual(Either.right(wire))
          const lands = octets.aligned(bytes(wire), alignment)
          const outcome = { content: whole(content), faults: [], rest: "" }
          expect(decodeAll("strict", [lands])).toEqual(outcome)
          expect(decodeAll("normalise", [lands])).toEqual(outcome)
          const bare = /\r(?!\n)|(?<!\r)\n/.exec(content)
          const fault = bare === null ? [] : [`${bare[0] === "\r" ? "CR" : "LF"}@${bare.index}`]
          expect(Either.match(encodeAll("strict", [lies]), {
            onLeft: (error) => [shown(error)],
            onRight: () => []
          })).toEqual(fault)
          for (const policy of ["strict", "normalise"] as const) {
            expect(decodeAll(policy, [lies])).toEqual(
              decodeAll(policy, Rechunk.everyByte(message))
            )
          }
        })
      )
    })

    it("holds with a message of long and short lines in big chunks", () => {
      const content = Array.from(
        { length: 5000 },
        (_, i) => ".".repeat(i % 3) + "x".repeat(i % 97) + (i % 5 === 0 ? "\n" : "\r\n")
      ).join("")
      const wire = Either.getOrThrow(encodeAll("normalise", [bytes(content)]))
      expect(decodeAll("strict", [bytes(wire)])).toEqual({
        content: normalised(content),
        faults: [],
        rest: ""
      })
    })
  })

  describe("needs8Bit", () => {
    it("is about octets above 127", () => {
      expect(MessageData.needs8Bit(bytes("plain\0\x7f"))).toBe(false)
      expect(MessageData.needs8Bit(bytes("caf\xc3\xa9"))).toBe(true)
      expect(MessageData.needs8Bit(new Uint8Array())).toBe(false)
    })

    it("looks at every octet, and at no other, wherever in memory they lie", () => {
      for (let alignment = 0; alignment < 8; alignment++) {
        for (let length = 0; length < 16; length++) {
          const plain = octets.aligned(new Uint8Array(length), alignment)
          expect(MessageData.needs8Bit(plain)).toBe(false)
          for (let at = 0; at < length; at++) {
            const one = plain.slice()
            one[at] = 128
            expect(MessageData.needs8Bit(octets.aligned(one, alignment))).toBe(true)
          }
        }
      }
    })
  })
})
