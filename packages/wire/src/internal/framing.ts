/**
 * Where lines end (RFC 5321 section 2.3.8): the one place that looks for line ends, over bytes.
 * What a line's bytes become is the caller's `read`.
 */
import * as Either from "effect/Either"
import * as Decoder from "../Decoder.js"
import * as Pieces from "./held.js"

/** Octets all counted with the line's CR LF, also where only LF was sent. */
export interface Options<A, E> {
  /** A longer line is not kept. */
  readonly limit: number
  /** The stream is given up after this many octets without a line end. */
  readonly discardLimit: number
  readonly lineEnd: "crlf" | "relaxed"
  /** A line's content is the bytes from `start` to `end`. */
  readonly read: (bytes: Uint8Array, start: number, end: number) => A
  readonly tooLong: () => A
  readonly bareLineFeed: () => A
  /** `discardLimit` was passed. */
  readonly overflow: () => E
}

interface Held {
  readonly pieces: Pieces.Pieces
  readonly length: number
  readonly endsInCr: boolean
}

const nothing: Held = { pieces: undefined, length: 0, endsInCr: false }

const lf = 0x0a
const cr = 0x0d

/** Decodes one line. */
export const decoder = <A, E>(options: Options<A, E>): Decoder.Decoder<A, E> =>
  resume(options, nothing)

const resume = <A, E>(options: Options<A, E>, held: Held): Decoder.Decoder<A, E> => ({
  held: held.length,
  step: (input) => {
    const at = input.indexOf(lf)
    return at === -1 ? hold(options, held, input) : finish(options, held, input, at)
  }
})

const hold = <A, E>(
  options: Options<A, E>,
  held: Held,
  input: Uint8Array
): Either.Either<Decoder.Step<A, E>, E> => {
  if (input.length === 0) return Decoder.more(resume(options, held))
  const length = held.length + input.length
  const endsInCr = input[input.length - 1] === cr
  if (length - (endsInCr ? 1 : 0) > options.discardLimit - 2) return Either.left(options.overflow())
  // One octet over the limit may still be held: it can be the CR of a line that just fits.
  const pieces = length > options.limit ? undefined : Pieces.add(held.pieces, input)
  return Decoder.more(resume(options, { pieces, length, endsInCr }))
}

const finish = <A, E>(
  options: Options<A, E>,
  held: Held,
  input: Uint8Array,
  at: number
): Either.Either<Decoder.Step<A, E>, E> => {
  const ended = at === 0 ? held.endsInCr : input[at - 1] === cr
  const content = held.length + at - (ended ? 1 : 0)
  if (content > options.discardLimit - 2) return Either.left(options.overflow())
  const consumed = at + 1
  if (!ended && options.lineEnd === "crlf") return Decoder.done(options.bareLineFeed(), consumed)
  if (content > options.limit - 2) return Decoder.done(options.tooLong(), consumed)
  return held.length === 0
    ? Decoder.done(options.read(input, 0, content), consumed)
    : Decoder.done(
      options.read(Pieces.join(held.pieces, held.length, input.subarray(0, at)), 0, content),
      consumed
    )
}
