import * as Rechunk from "@effect-smtp/testing/Rechunk"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as AddressMode from "../src/AddressMode.js"
import * as Bdat from "../src/Bdat.js"
import * as Capabilities from "../src/Capabilities.js"
import * as Command from "../src/Command.js"
import type * as Decoder from "../src/Decoder.js"
import * as Domain from "../src/Domain.js"
import * as EnhancedStatus from "../src/EnhancedStatus.js"
import * as ForwardPath from "../src/ForwardPath.js"
import * as Line from "../src/Line.js"
import * as Mailbox from "../src/Mailbox.js"
import * as MailParameters from "../src/MailParameters.js"
import * as MessageData from "../src/MessageData.js"
import * as Parameter from "../src/Parameter.js"
import * as RcptParameters from "../src/RcptParameters.js"
import * as Reply from "../src/Reply.js"
import * as ReversePath from "../src/ReversePath.js"
import * as SaslLine from "../src/SaslLine.js"
import * as Xtext from "../src/Xtext.js"
import { soup } from "./arbitraries/soup.js"
import { decodeAll } from "./decoding.js"

/** Whatever reads what a peer says: it never throws, holds little, and does not mind how it is cut. */

/** A way to cut bytes: at these distances, over and over. */
const cuts = FastCheck.array(FastCheck.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 })

const cut = (input: Uint8Array, distances: ReadonlyArray<number>): Rechunk.Chunks => {
  const chunks: Array<Uint8Array> = []
  for (let at = 0; at < input.length;) {
    const length = distances[chunks.length % distances.length]
    chunks.push(input.subarray(at, at + length))
    at += length
  }
  return chunks
}

/** What came of it; behind an error nothing is held that matters. */
const outcome = <A, E>(decoder: Decoder.Decoder<A, E>, chunks: Rechunk.Chunks) => {
  const decoded = decodeAll(decoder, chunks)
  return decoded.error === undefined ? decoded : { ...decoded, held: 0 }
}

/** The most that is held between two chunks. */
const mostHeld = <A, E>(initial: Decoder.Decoder<A, E>, chunks: Rechunk.Chunks): number => {
  let decoder = initial
  let most = 0
  for (const chunk of chunks) {
    let rest = chunk
    while (rest.length > 0) {
      const step = decoder.step(rest)
      if (Either.isLeft(step)) return most
      if (step.right._tag === "More") {
        decoder = step.right.next
        most = Math.max(most, decoder.held)
        break
      }
      rest = rest.subarray(step.right.consumed)
      decoder = initial
    }
  }
  return most
}

const reason = Either.match({
  onLeft: (error: { readonly message: string }) => `! ${error.message}`,
  onRight: (text: string) => text
})

/** A decoder of values that follow one another, as texts, and the most bytes it may hold. */
interface Lines {
  readonly decoder: Decoder.Decoder<string, { readonly message: string }>
  readonly bound: number
}

const mapped = <A, E>(
  self: Decoder.Decoder<A, E>,
  show: (value: A) => string
): Decoder.Decoder<string, E> => ({
  held: self.held,
  step: (input) =>
    Either.map(self.step(input), (step) =>
      step._tag === "More"
        ? { _tag: "More", next: mapped(step.next, show) }
        : { ...step, value: show(step.value) })
})

const limits = { line: 60, auth: 90, discard: 150 }
const utf8 = AddressMode.withUtf8(AddressMode.lenient)

const command = (options: Command.DecoderOptions): Lines => ({
  bound: limits.discard,
  decoder: mapped(
    Command.decoder({ ...options, limits }),
    (value) => reason(Either.flatMap(value, (read) => Command.toLine(read, { utf8: true })))
  )
})

const lines: ReadonlyArray<readonly [string, Lines]> = [
  ["Command.decoder", command({})],
  ["Command.decoder, relaxed", command({ mode: utf8, lineEnd: "relaxed", verbs: ["XVERB"] })],
  [
    "Reply.decoder",
    {
      bound: 300,
      decoder: mapped(
        Reply.decoder({ line: 60, challenge: 90, lines: 8, total: 300 }),
        (reply) => Reply.print(reply)
      )
    }
  ],
  [
    "SaslLine.decoder",
    {
      bound: 150,
      decoder: mapped(
        SaslLine.decoder({ limit: 60, discard: 150 }),
        (line) =>
          reason(Either.map(
            line,
            SaslLine.match({
              Cancel: () => "*",
              Response: ({ bytes }) => Redacted.value(bytes).join(" ")
            })
          ))
      )
    }
  ],
  [
    "Line.decoder",
    {
      bound: 150,
      decoder: mapped(
        Line.decoder({ limit: 60, discardLimit: 150, lineEnd: "crlf" }),
        Either.match({ onLeft: ({ _tag }) => `! ${_tag}`, onRight: (text) => text })
      )
    }
  ]
]

interface Content {
  readonly octets: ReadonlyArray<number>
  readonly faults: ReadonlyArray<string>
  readonly consumed: number
  readonly ended: boolean
}

/** All content, whoever decodes it; every event takes input or is the end, or this would not end. */
const contents = (
  initial: Decoder.Decoder<MessageData.DataEvent, never>,
  chunks: Rechunk.Chunks
): Content => {
  let decoder = initial
  let consumed = 0
  const octets: Array<number> = []
  const faults: Array<string> = []
  for (const chunk of [...chunks, new Uint8Array()]) {
    let rest = chunk
    for (;;) {
      const step = Either.getOrThrow(decoder.step(rest))
      if (step._tag === "More") {
        consumed += rest.length
        decoder = step.next
        break
      }
      consumed += step.consumed
      rest = rest.subarray(step.consumed)
      if (step.value._tag === "End") return { octets, faults, consumed, ended: true }
      if (step.value._tag === "Fault") faults.push(step.value.fault.message)
      else step.value.chunks.forEach((piece) => octets.push(...piece))
      decoder = step.value.next
    }
  }
  return { octets, faults, consumed, ended: false }
}

const strict = AddressMode.strict
const modes = [strict, AddressMode.lenient, AddressMode.withUtf8(strict), utf8]

const inModes = (
  parse: (text: string, mode: AddressMode.AddressMode) => Either.Either<unknown, unknown>
) =>
(text: string): ReadonlyArray<Either.Either<unknown, unknown>> =>
  modes.map((mode) => parse(text, mode))

const parsers: Readonly<Record<string, (text: string) => ReadonlyArray<unknown>>> = {
  "Command.parse": inModes((line, mode) => Command.parse(line, { mode, verbs: ["XVERB"] })),
  "Domain.parse": inModes(Domain.parse),
  "Domain.parseName": inModes(Domain.parseName),
  "Domain.parseLiteral": (text) => [Domain.parseLiteral(text)],
  "Domain.parseAddress": (text) => [Domain.parseAddress(text)],
  "Mailbox.parse": inModes(Mailbox.parse),
  "ForwardPath.parse": inModes(ForwardPath.parse),
  "ReversePath.parse": inModes(ReversePath.parse),
  "Parameter.parse": inModes(Parameter.parse),
  "Parameter.parseList, MailParameters": inModes((text, mode) =>
    Either.flatMap(
      Parameter.parseList(text, mode),
      (list) => MailParameters.fromParameters(list, mode)
    )
  ),
  "Parameter.parseList, RcptParameters": inModes((text, mode) =>
    Either.flatMap(
      Parameter.parseList(text, mode),
      (list) => RcptParameters.fromParameters(list, mode)
    )
  ),
  "EnhancedStatus.parse": (text) => [EnhancedStatus.parse(text)],
  "Reply.parse": (text) => [Reply.parse(text)],
  "SaslLine.parse": (text) => [SaslLine.parse(text)],
  "SaslLine.parseChallenge": (text) => [SaslLine.parseChallenge(text)],
  "Xtext.decode": (text) => [Xtext.decode(text)],
  "Xtext.decodeUnitext": (text) => [Xtext.decodeUnitext(text)],
  "Capabilities.fromReply": (text) => [
    Either.map(Reply.parse(`250-a\r\n250 ${text}`), Capabilities.fromReply)
  ]
}

const text = FastCheck.oneof(
  soup.map((octets) => new TextDecoder().decode(octets)),
  FastCheck.string({ unit: "binary", maxLength: 60 })
)

describe("hostile input", () => {
  describe("decoders of lines", () => {
    for (const [name, { bound, decoder }] of lines) {
      it.prop(
        `S7, N12: ${name} never throws, holds little, and is cut anywhere`,
        [soup, cuts],
        ([input, distances]) => {
          const whole = outcome(decoder, [input])
          for (const chunks of [cut(input, distances), Rechunk.everyByte(input)]) {
            expect(outcome(decoder, chunks)).toEqual(whole)
            expect(mostHeld(decoder, chunks)).toBeLessThanOrEqual(bound)
          }
        },
        { fastCheck: { numRuns: 300 } }
      )

      it.prop(
        `N12: ${name} gives a line up that never ends`,
        [FastCheck.integer({ min: 0, max: 255 }).filter((octet) => octet !== 10), cuts],
        ([octet, distances]) => {
          const endless = new Uint8Array(bound + 2).fill(octet)
          const { error, values } = decodeAll(decoder, cut(endless, distances))
          expect(values).toEqual([])
          expect(typeof error?.message).toBe("string")
        }
      )
    }
  })

  describe("decoders of messages", () => {
    for (const policy of ["strict", "normalise"] as const) {
      it.prop(
        `S7: MessageData.decoder, ${policy}, never throws, loses nothing, and is cut anywhere`,
        [soup, cuts],
        ([input, distances]) => {
          const whole = contents(MessageData.decoder(policy), [input])
          for (const chunks of [cut(input, distances), Rechunk.everyByte(input)]) {
            expect(contents(MessageData.decoder(policy), chunks)).toEqual(whole)
          }
          expect(whole.ended || whole.consumed === input.length).toBe(true)
          // A bare line end becomes CR LF: no content is longer than twice its input.
          expect(whole.octets.length).toBeLessThanOrEqual(2 * input.length)
        },
        { fastCheck: { numRuns: 300 } }
      )
    }

    it.prop(
      "S7: Bdat.decoder takes what it was told to, and is cut anywhere",
      [soup, cuts, FastCheck.nat(300)],
      ([input, distances, size]) => {
        const whole = contents(Bdat.decoder(size), [input])
        expect(whole.octets).toEqual([...input.subarray(0, size)])
        expect(whole.ended).toBe(size <= input.length)
        expect(contents(Bdat.decoder(size), cut(input, distances))).toEqual(whole)
      }
    )
  })

  describe("parsers", () => {
    for (const [name, parse] of Object.entries(parsers)) {
      it.prop(`${name} never throws`, [text], ([input]) => {
        expect(parse(input).every(Either.isEither)).toBe(true)
      }, { fastCheck: { numRuns: 200 } })
    }

    it("N11, N12: they take no longer than the text is long", () => {
      const units = [
        "a",
        "a.",
        "\"",
        "\\",
        "@a,",
        "<",
        "[",
        "(",
        ":",
        "=",
        "+2B",
        "\\x{2B}",
        " ",
        "é"
      ]
      const heads = [
        "",
        "MAIL FROM:<",
        "<@a,",
        "\"",
        "[IPv6:",
        "[x:",
        "AUTH X ",
        "SIZE",
        "250 AUTH "
      ]
      for (const [name, parse] of Object.entries(parsers)) {
        const start = performance.now()
        for (const unit of units) {
          for (const head of heads) parse(head + unit.repeat(5000))
        }
        expect(performance.now() - start, name).toBeLessThan(3000)
      }
    })
  })
})
