import * as Octets from "@effect-smtp/wire/Octets"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/**
 * The fields of a header, each as it stands there, folds included and without its last line end; `end`
 * tells what came behind them.
 */
export interface HeaderFields {
  readonly fields: ReadonlyArray<string>
  readonly end: "EmptyLine" | "EndOfMessage" | "Limit"
}

const CR = 0x0d
const LF = 0x0a
const SP = 0x20
const TAB = 0x09

/** The octets of the header, up to the empty line or the limit; local to one reading. */
interface Header {
  readonly pieces: Array<Uint8Array>
  size: number
  /** Octets of the line at hand that are no CR. */
  line: number
  end: HeaderFields["end"]
}

/** Takes what belongs to the header, and tells whether it may go on behind the chunk. */
const take = (header: Header, chunk: Uint8Array, limit: number): boolean => {
  if (header.end !== "EndOfMessage") return false
  const room = Math.min(chunk.length, limit - header.size)
  let at = 0
  let isOver = false
  while (at < room && !isOver) {
    const octet = chunk[at]
    if (octet === LF) {
      isOver = header.line === 0
      header.line = 0
    } else if (octet !== CR) header.line++
    at++
  }
  header.pieces.push(chunk.slice(0, at))
  header.size += at
  if (isOver) header.end = "EmptyLine"
  else if (room < chunk.length) header.end = "Limit"
  return header.end === "EndOfMessage"
}

/** Cuts at each line end that no white space follows. */
const cut = (bytes: Uint8Array): ReadonlyArray<string> => {
  const decoder = new TextDecoder()
  const fields: Array<string> = []
  let start = 0
  const push = (end: number) => {
    const text = decoder.decode(bytes.subarray(start, end)).replace(/\r?\n$/, "")
    if (text !== "" && text !== "\r") fields.push(text)
    start = end
  }
  for (let at = 0; at < bytes.length; at++) {
    const next = bytes[at + 1]
    if (bytes[at] === LF && next !== SP && next !== TAB) push(at + 1)
  }
  push(bytes.length)
  return fields
}

/**
 * Reads no more of the message than there is up to the empty line, and no more than the limit, in octets.
 * Lines may end in LF alone.
 */
export const read = <E, R>(
  message: Stream.Stream<Uint8Array, E, R>,
  limit: number
): Effect.Effect<HeaderFields, E, R> =>
  Effect.suspend(() => {
    const header: Header = { pieces: [], size: 0, line: 0, end: "EndOfMessage" }
    return message.pipe(
      Stream.mapChunks(Chunk.map((chunk) => take(header, chunk, limit))),
      Stream.runForEachWhile(Effect.succeed),
      Effect.map(() => ({ fields: cut(Octets.concat(header.pieces)), end: header.end }))
    )
  })
