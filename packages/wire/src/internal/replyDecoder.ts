/** Replies from bytes, line by line. */
import * as Either from "effect/Either"
import * as Decoder from "../Decoder.js"
import type { Limits, Reply } from "../Reply.js"
import * as ReplyError from "../ReplyError.js"
import * as Framing from "./framing.js"
import * as ReplyText from "./replyText.js"
import * as Text from "./text.js"

interface Row {
  readonly code: number
  readonly last: boolean
  readonly text: string
}

/** The lines so far, and how many octets they were. */
interface Held {
  readonly rows: ReadonlyArray<Row>
  readonly octets: number
}

type RowDecoder = Decoder.Decoder<Either.Either<Row, ReplyError.Reason>, ReplyError.Reason>

/**
 * Servers say the same few things again and again, and the same octets are the same reply: a short one
 * is read once, and then only compared.
 */
export const decoder = (limits: Limits): Decoder.Decoder<Reply, ReplyError.ReplyError> => {
  const fresh = resume(limits, { rows: [], octets: 0 }, rowDecoder(limits, 0))
  const known: Array<Known<ReturnType<typeof fresh.step>>> = []
  const count = { oldest: 0 }
  return {
    held: 0,
    step: (input) => {
      for (const { octets, step } of known) if (begins(input, octets)) return step
      const step = fresh.step(input)
      if (Either.isRight(step) && step.right._tag === "Done" && step.right.consumed <= short) {
        known[count.oldest] = { octets: input.slice(0, step.right.consumed), step }
        count.oldest = (count.oldest + 1) % few
      }
      return step
    }
  }
}

interface Known<Step> {
  readonly octets: Uint8Array
  readonly step: Step
}

/** Replies that are remembered: those to each command of a transaction. */
const few = 4

/** Octets of a reply that is worth remembering: a line of everyday length. */
const short = 64

const begins = (input: Uint8Array, octets: Uint8Array): boolean => {
  const { length } = octets
  if (length > input.length) return false
  for (let at = 0; at < length; at++) {
    if (input[at] !== octets[at]) return false
  }
  return true
}

const resume = (
  limits: Limits,
  held: Held,
  row: RowDecoder
): Decoder.Decoder<Reply, ReplyError.ReplyError> => ({
  held: held.octets + row.held,
  step: (input) => step(limits, held, row, input)
})

const step = (
  limits: Limits,
  start: Held,
  first: RowDecoder,
  input: Uint8Array
): Either.Either<Decoder.Step<Reply, ReplyError.ReplyError>, ReplyError.ReplyError> => {
  let held = start
  let row = first
  let consumed = 0
  while (true) {
    const result = row.step(consumed === 0 ? input : input.subarray(consumed))
    if (Either.isLeft(result)) return fail(held, result.left)
    if (result.right._tag === "More") {
      return Decoder.more(resume(limits, held, result.right.next))
    }
    const read = result.right.value
    if (Either.isLeft(read)) return fail(held, read.left)
    const fault = check(limits, held, read.right)
    if (fault !== undefined) return fail(held, fault)
    consumed += result.right.consumed
    held = {
      rows: [...held.rows, read.right],
      octets: held.octets + row.held + result.right.consumed
    }
    if (read.right.last) return Decoder.done(assemble(read.right.code, held.rows), consumed)
    row = rowDecoder(limits, held.octets)
  }
}

const fail = (
  held: Held,
  reason: ReplyError.Reason
): Either.Either<never, ReplyError.ReplyError> =>
  Either.left(new ReplyError.ReplyError({ reason, line: held.rows.length + 1 }))

/** What is wrong with a line after the lines before it. */
const check = (limits: Limits, held: Held, row: Row): ReplyError.Reason | undefined => {
  const first = held.rows[0]
  if (first !== undefined && first.code !== row.code) {
    return ReplyError.CodeChanged({ first: first.code, found: row.code })
  }
  return !row.last && held.rows.length + 1 >= limits.lines
    ? ReplyError.TooManyLines({ limit: limits.lines })
    : undefined
}

const assemble = (code: number, rows: ReadonlyArray<Row>): Reply => {
  const [first, ...others] = rows.map((row) => row.text)
  const { enhanced, lines } = ReplyText.takeStatus(code, [first ?? "", ...others])
  return { code, enhanced, lines }
}

/** Decodes one line, bounded by what the whole reply may still be. */
const rowDecoder = (limits: Limits, octets: number): RowDecoder => {
  const longest = Math.max(limits.line, limits.challenge)
  const left = limits.total - octets
  const overflow = left < longest
    ? ReplyError.TooLarge({ limit: limits.total })
    : ReplyError.LineTooLong({ limit: longest })
  return Framing.decoder<Either.Either<Row, ReplyError.Reason>, ReplyError.Reason>({
    limit: Math.min(longest, left),
    discardLimit: Math.min(longest, left),
    lineEnd: "relaxed",
    read: (bytes, start, end) => readRow(limits, bytes, start, end),
    tooLong: () => Either.left(overflow),
    bareLineFeed: () => Either.left(overflow),
    overflow: () => overflow
  })
}

const readRow = (
  limits: Limits,
  bytes: Uint8Array,
  start: number,
  end: number
): Either.Either<Row, ReplyError.Reason> => {
  const code = codeAt(bytes, start)
  const mark = end - start === 3 ? space : bytes[start + 3]
  if (end - start < 3 || code === undefined || (mark !== space && mark !== dash)) {
    const found = ReplyText.sanitize(Text.fromLatin1(bytes, start, Math.min(end, start + 8)))
    return Either.left(ReplyError.BadCode({ found }))
  }
  const limit = code === 334 ? limits.challenge : limits.line
  if (end - start > limit - 2) return Either.left(ReplyError.LineTooLong({ limit }))
  const from = Math.min(end, start + 4)
  const text = Text.fromUtf8(bytes, from, end) ?? Text.fromLatin1(bytes, from, end)
  return Either.right({ code, last: mark === space, text: ReplyText.sanitize(text) })
}

const space = 0x20
const dash = 0x2d

const codeAt = (bytes: Uint8Array, at: number): number | undefined => {
  const class_ = digit(bytes[at])
  const subject = digit(bytes[at + 1])
  const detail = digit(bytes[at + 2])
  return class_ >= 2 && class_ <= 5 && subject >= 0 && detail >= 0
    ? class_ * 100 + subject * 10 + detail
    : undefined
}

const digit = (octet: number | undefined): number =>
  octet !== undefined && octet >= 0x30 && octet <= 0x39 ? octet - 0x30 : -1
