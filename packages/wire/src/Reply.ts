/**
 * Reply: what a server answers (RFC 5321 section 4.2; with enhanced status codes RFC 2034). Here:
 * the value, its classes, its text and bytes; what a client does on it is not.
 *
 * Values come from {@link make}, {@link parse} or {@link decoder}. Their lines hold no control
 * characters but tabs, so they can be written or logged as they are.
 *
 * @module
 */
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as Equivalence_ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Order_ from "effect/Order"
import type * as Decoder from "./Decoder.js"
import * as EnhancedStatus from "./EnhancedStatus.js"
import * as ReplyDecoder from "./internal/replyDecoder.js"
import * as ReplyText from "./internal/replyText.js"
import * as Text from "./internal/text.js"
import * as ReplyCode from "./ReplyCode.js"
import * as ReplyError from "./ReplyError.js"

/**
 * - `code`: a whole number from 200 to 599;
 * - `enhanced`: the status that stands before the text on each line; its class is the code's first
 *   digit, and intermediate replies have none;
 * - `lines`: the text, without code, status and line ends.
 */
export interface Reply {
  readonly code: number
  readonly enhanced: Option.Option<EnhancedStatus.EnhancedStatus>
  readonly lines: Arr.NonEmptyReadonlyArray<string>
}

/**
 * What a reply is made of. `text` is one text or several, each of which may hold line breaks.
 */
export interface Options {
  readonly code: number
  readonly enhanced?: EnhancedStatus.EnhancedStatus
  readonly text: string | Arr.NonEmptyReadonlyArray<string>
}

/**
 * A reply that is safe to write, whatever it is made of:
 *
 * - line breaks split the text into lines, every other control character but the tab becomes `?`;
 * - lines are wrapped so that none is longer than 512 octets on the wire (RFC 5321 section
 *   4.5.3.1.5; 12288 for the challenge of a 334, RFC 4954 section 4);
 * - an enhanced status whose class is not the code's is left out (RFC 2034 section 4); one that the
 *   text begins with is taken from the text;
 * - a code that is no whole number from 200 to 599 is a fault of this side and becomes 451, so that
 *   the peer believes neither in success nor in a final refusal.
 */
export const make = (options: Options): Reply => {
  const code = isCode(options.code) ? options.code : ReplyCode.localError
  const lines = typeof options.text === "string"
    ? ReplyText.toLines(options.text)
    : Arr.flatMap(options.text, ReplyText.toLines)
  const status = options.enhanced
  const { enhanced, lines: texts } = status !== undefined && status.class === firstDigit(code)
    ? { enhanced: Option.some(status), lines }
    : ReplyText.takeStatus(code, lines)
  const longest = code === ReplyCode.authContinue ? 12_288 : 512
  const room = longest - `${code} `.length - prefix(enhanced).length - "\r\n".length
  return { code, enhanced, lines: Arr.flatMap(texts, (line) => ReplyText.wrap(line, room)) }
}

const isCode = (code: number): boolean => Number.isInteger(code) && code >= 200 && code <= 599

const firstDigit = (code: number): number => Math.trunc(code / 100)

const prefix: (enhanced: Reply["enhanced"]) => string = Option.match({
  onNone: () => "",
  onSome: (status) => `${EnhancedStatus.print(status)} `
})

/** The four classes of replies, by first digit (RFC 5321 section 4.2.1). */
export type Category = "Completion" | "Intermediate" | "Transient" | "Permanent"

/** The class of a reply. */
export const category = (reply: Reply): Category => {
  switch (firstDigit(reply.code)) {
    case 2:
      return "Completion"
    case 3:
      return "Intermediate"
    case 4:
      return "Transient"
    default:
      return "Permanent"
  }
}

/** 2xx: done. */
export const isCompletion = (reply: Reply): boolean => firstDigit(reply.code) === 2

/** 3xx: go on. */
export const isIntermediate = (reply: Reply): boolean => firstDigit(reply.code) === 3

/** 4xx: not now. */
export const isTransient = (reply: Reply): boolean => firstDigit(reply.code) === 4

/** 5xx: not ever, in this form. */
export const isPermanent = (reply: Reply): boolean => firstDigit(reply.code) === 5

/** The lines as one text, joined by LF; for people. */
export const text = (reply: Reply): string => reply.lines.join("\n")

/** Code, status and text in one line; for people and logs. */
export const summary = (reply: Reply): string =>
  `${reply.code} ${prefix(reply.enhanced)}${reply.lines.join(" ")}`.trimEnd()

/** The reply as it is sent: code and status on each line, each ended by CR LF. */
export const print = (reply: Reply): string => {
  const status = prefix(reply.enhanced)
  const last = reply.lines.length - 1
  return reply.lines.reduce(
    (printed, line, index) =>
      `${printed}${reply.code}${index === last ? " " : "-"}${
        line === "" ? status.trimEnd() : status + line
      }\r\n`,
    ""
  )
}

/** The bytes of {@link print}: UTF-8. */
export const encode = (reply: Reply): Uint8Array => Text.toUtf8(print(reply))

/**
 * Bounds on what a peer may answer, in octets with line ends.
 *
 * - `line`: one line. RFC 5321 says 512; servers in the field write longer ones. Default 2048.
 * - `challenge`: one line of a 334 (RFC 4954 section 4). Default 12288.
 * - `lines`: lines of one reply. Default 128.
 * - `total`: one reply. Default 65536.
 */
export interface Limits {
  readonly line: number
  readonly challenge: number
  readonly lines: number
  readonly total: number
}

/** The defaults of {@link Limits}. */
export const limits: Limits = { line: 2048, challenge: 12_288, lines: 128, total: 65_536 }

/**
 * Decodes one reply, once all of its lines are there. The code is three digits from 200 to 599, the
 * same on each line; the text may be missing, with or without its space; lines may end in LF alone;
 * text that is not UTF-8 is read as Latin-1, and control characters become `?`. An enhanced status
 * is taken off the lines that carry it when the first line does and its class is the code's first
 * digit.
 */
export const decoder = (
  options?: Partial<Limits>
): Decoder.Decoder<Reply, ReplyError.ReplyError> => ReplyDecoder.decoder({ ...limits, ...options })

/** Reads a whole text as one reply; the last line end may be missing. */
export const parse = (text: string): Either.Either<Reply, ReplyError.ReplyError> => {
  const bytes = Text.toUtf8(text.endsWith("\n") ? text : `${text}\r\n`)
  return Either.flatMap(decoder().step(bytes), (step) => {
    if (step._tag === "More") return fail(ReplyError.Incomplete(), bytes)
    return step.consumed === bytes.length
      ? Either.right(step.value)
      : fail(ReplyError.Trailing(), bytes.subarray(0, step.consumed))
  })
}

const fail = (
  reason: ReplyError.Reason,
  before: Uint8Array
): Either.Either<never, ReplyError.ReplyError> =>
  Either.left(
    new ReplyError.ReplyError({ reason, line: before.filter((octet) => octet === 0x0a).length + 1 })
  )

/** Same code, status and lines. */
export const Equivalence: Equivalence_.Equivalence<Reply> = Equivalence_.struct({
  code: Equivalence_.number,
  enhanced: Option.getEquivalence(EnhancedStatus.Equivalence),
  lines: Arr.getEquivalence(Equivalence_.string)
})

/**
 * By code, then status (none first), then lines; equal exactly where {@link Equivalence} says so.
 */
export const Order: Order_.Order<Reply> = Order_.combineAll<Reply>([
  Order_.mapInput(Order_.number, (reply) => reply.code),
  Order_.mapInput(Option.getOrder(EnhancedStatus.Order), (reply) => reply.enhanced),
  Order_.mapInput(Order_.array(Order_.string), (reply) => reply.lines)
])
