/**
 * Mutation: recorded sessions, spoilt. What a peer said once is taken apart and put together again in a
 * way nobody meant: octets changed, lines doubled, dropped, swapped, borrowed from another session, grown,
 * ended otherwise, the end cut off. All of it follows from a seed, so a test that fails only has to print
 * that.
 *
 * @module
 */
import * as Octets from "@effect-smtp/wire/Octets"
import type * as Arr from "effect/Array"
import * as Dice from "./internal/dice.js"

/**
 * - `edits`: how many there are at most; there is always one. Default 4;
 * - `growth`: octets that a line grows by at most. Default 3000.
 */
export interface Options {
  readonly edits?: number
  readonly growth?: number
}

const lf = 0x0a

/** Lines with their ends, the last one maybe without. */
const linesOf = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const lines: Array<Uint8Array> = []
  let start = 0
  for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, start)) {
    lines.push(bytes.subarray(start, at + 1))
    start = at + 1
  }
  return start < bytes.length ? [...lines, bytes.subarray(start)] : lines
}

const ends = ["\r\n", "\n", "\r", "", "\r\r\n", "\0\r\n", "\r\n.\r\n", "\r\n.\n"]
  .map((text) => new TextEncoder().encode(text))

/** One session out of the recorded ones, edited. The recorded bytes are not changed. */
export const fromSeed = (
  seed: number,
  recorded: Arr.NonEmptyReadonlyArray<Uint8Array>,
  options: Options = {}
): Uint8Array => {
  const { below, pick } = Dice.make(seed)
  const octets = (): Uint8Array => Uint8Array.from({ length: 1 + below(8) }, () => below(256))

  /** The bytes with others in place of so many. */
  const replace = (bytes: Uint8Array, length: number, by: Uint8Array): Uint8Array => {
    const at = below(bytes.length + 1)
    return Octets.concat([bytes.subarray(0, at), by, bytes.subarray(at + length)])
  }
  /** The bytes with other lines in place of one. */
  const inLine = (
    change: (line: Uint8Array, all: ReadonlyArray<Uint8Array>) => ReadonlyArray<Uint8Array>
  ) =>
  (bytes: Uint8Array): Uint8Array => {
    const lines = linesOf(bytes)
    if (lines.length === 0) return bytes
    const at = below(lines.length)
    return Octets.concat([
      ...lines.slice(0, at),
      ...change(lines[at], lines),
      ...lines.slice(at + 1)
    ])
  }
  const withoutEnd = (line: Uint8Array): Uint8Array =>
    line.subarray(0, line.length - (line.at(-2) === 0x0d ? 2 : 1))

  const edits: ReadonlyArray<(bytes: Uint8Array) => Uint8Array> = [
    (bytes) => replace(bytes, 1, Uint8Array.of(below(256))),
    (bytes) => replace(bytes, 0, octets()),
    (bytes) => replace(bytes, 1 + below(20), new Uint8Array()),
    (bytes) => bytes.subarray(0, below(bytes.length + 1)),
    inLine((line) => [line, line]),
    inLine(() => []),
    inLine((line, all) => [pick(all), line]),
    inLine((line) => [line, ...linesOf(pick(recorded)).filter(() => below(4) === 0)]),
    inLine((line) => [withoutEnd(line), pick(ends)]),
    inLine((line) => [
      withoutEnd(line),
      new Uint8Array(below(options.growth ?? 3000)).fill(below(256)),
      line.subarray(-2)
    ])
  ]

  let bytes = pick(recorded)
  for (let left = 1 + below(options.edits ?? 4); left > 0; left--) bytes = pick(edits)(bytes)
  return bytes
}
