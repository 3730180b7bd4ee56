/**
 * Line: where a line ends, and what text it holds (RFC 5321 sections 2.3.8 and 4.5.3.1). Here:
 * framing and its bounds; what a line means is `Command`, `Reply` and `SaslLine`.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type * as Decoder from "./Decoder.js"
import * as Framing from "./internal/framing.js"
import * as Text from "./internal/text.js"

/**
 * What is wrong with one line. The line is used up and the next one can be read.
 *
 * - `TooLong`: longer than `limit` octets, line end included; it was dropped as it came.
 * - `BareLineFeed`: it ends in LF without CR before it, where CR LF is insisted on.
 * - `NotUtf8`: its octets are no UTF-8.
 */
export type LineFault = Data.TaggedEnum<{
  TooLong: { readonly limit: number }
  BareLineFeed: {}
  NotUtf8: {}
}>

/** Constructors and matchers of {@link LineFault}. */
export const { TooLong, BareLineFeed, NotUtf8, $is: isFault, $match: matchFault } = Data.taggedEnum<
  LineFault
>()

/** The peer sent `limit` octets without a line end: there is nothing to go on with. */
export class LineOverflow extends Data.TaggedError("LineOverflow")<{ readonly limit: number }> {
  override get message(): string {
    return `no line end within ${this.limit} octets`
  }
}

/**
 * What ends a line: `"crlf"` insists on CR LF; a line that ends in LF alone is used up and
 * reported, so that its sender gets an answer and its text is never acted on. `"relaxed"` takes
 * both.
 */
export type LineEnd = "crlf" | "relaxed"

/**
 * Octets are counted with the line's CR LF, also where only LF was sent.
 *
 * - `limit`: longer lines are dropped and reported.
 * - `discardLimit`: where dropping stops and the stream is given up; at least `limit`.
 * - `lineEnd`: see {@link LineEnd}.
 */
export interface Options {
  readonly limit: number
  readonly discardLimit: number
  readonly lineEnd: LineEnd
}

/**
 * Decodes one line to its text, without the line end. No octet is looked at twice, a line within
 * one input is not copied, and no more than `limit` octets are ever kept. A bare CR is part of the
 * text.
 */
export const decoder = (
  options: Options
): Decoder.Decoder<Either.Either<string, LineFault>, LineOverflow> =>
  Framing.decoder<Either.Either<string, LineFault>, LineOverflow>({
    ...options,
    read: (bytes, start, end) => {
      const text = Text.fromUtf8(bytes, start, end)
      return text === undefined ? Either.left(NotUtf8()) : Either.right(text)
    },
    tooLong: () => Either.left(TooLong({ limit: options.limit })),
    bareLineFeed: () => Either.left(BareLineFeed()),
    overflow: () => new LineOverflow({ limit: options.discardLimit })
  })
