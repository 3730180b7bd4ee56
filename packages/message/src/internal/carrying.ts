/** What a transfer encoding can carry (RFC 2045 sections 2.7, 2.8 and 6.7). */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type { ComposeError } from "../ComposeError.js"
import type { TransferEncoding } from "../TransferEncoding.js"
import type { Checked } from "./check.js"
import * as Check from "./check.js"

const CR = 0x0d
const LF = 0x0a

/** What lines are made of: octets no lower and no higher than those, and no more than that. */
interface Lines {
  readonly lowest: number
  readonly highest: number
  readonly longest: number
}

/** What goes as it is has lines that everybody takes (RFC 5322 section 2.1.1), and no NUL. */
const asIs: Lines = { lowest: 1, highest: 255, longest: 998 }

/** None, if it can carry any octets in any order. */
const linesOf = (encoding: TransferEncoding, isText: boolean): Lines | undefined => {
  switch (encoding) {
    case "SevenBit":
      return { ...asIs, highest: 127 }
    case "EightBit":
      return asIs
    case "QuotedPrintable":
      return isText ? { lowest: 0, highest: 255, longest: Infinity } : undefined
    case "Base64":
      return undefined
  }
}

/** What is known of the octets so far: how long their last line is, and whether it ends in CR. */
interface Progress {
  readonly length: number
  readonly isCr: boolean
}

const start: Progress = { length: 0, isCr: false }

/** With the next octets, of which each may stand there. */
const more = (
  field: string,
  { highest, longest, lowest }: Lines,
  { isCr, length }: Progress,
  bytes: Uint8Array
): Checked<Progress> => {
  let count = length
  let cr = isCr
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at]
    if (cr && octet !== LF) return Check.fail(field, "Unfit", "no CR without LF")
    cr = octet === CR
    if (octet === LF) count = 0
    else if (!cr) count++
    if (octet < lowest) return Check.fail(field, "Unfit", "no octet 0")
    if (octet > highest) return Check.fail(field, "Unfit", "ASCII")
    if (count > longest) return Check.fail(field, "Unfit", `at most ${longest} octets in a line`)
  }
  return Either.right({ length: count, isCr: cr })
}

const end = (field: string, { isCr }: Progress): Checked<void> =>
  isCr ? Check.fail(field, "Unfit", "no CR without LF") : Either.void

/** What is to be encoded: where it stands in a draft, in what, and whether it is text. */
export interface Wanted {
  readonly field: string
  readonly encoding: TransferEncoding
  readonly isText: boolean
}

/** Whether the encoding can carry the octets. */
export const check = ({ encoding, field, isText }: Wanted, bytes: Uint8Array): Checked<void> => {
  const lines = linesOf(encoding, isText)
  return lines === undefined
    ? Either.void
    : Either.flatMap(more(field, lines, start, bytes), (progress) => end(field, progress))
}

/** The same octets; the stream fails with the first piece that the encoding cannot carry. */
export const checked = <E, R>(
  { encoding, field, isText }: Wanted,
  stream: Stream.Stream<Uint8Array, E, R>
): Stream.Stream<Uint8Array, E | ComposeError, R> => {
  const lines = linesOf(encoding, isText)
  if (lines === undefined) return stream
  return Stream.suspend(() => {
    let progress = start
    const pieces = Stream.tap(
      stream,
      (bytes) =>
        Effect.map(more(field, lines, progress, bytes), (next) => {
          progress = next
        })
    )
    return Stream.concat(pieces, Stream.execute(Effect.suspend(() => end(field, progress))))
  })
}
