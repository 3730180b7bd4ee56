/**
 * Body: the message itself, header and all, as the bytes to be sent. Line ends are LF, CR or CR LF as
 * the caller has them; what goes over the wire is CR LF, always (RFC 5321 section 2.3.8).
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"

/**
 * - `Bytes`: all of it, in memory.
 * - `Streamed`: a recipe; each attempt runs it again. `size` is the number of octets with CR LF line
 *   ends, where known; `eightBit` whether an octet above 127 may occur. A stream that fails takes
 *   the connection down before the final dot, so nothing is delivered.
 */
export type Body = Data.TaggedEnum<{
  Bytes: { readonly bytes: Uint8Array }
  Streamed: {
    readonly stream: Stream.Stream<Uint8Array, unknown>
    readonly size: Option.Option<number>
    readonly eightBit: boolean
  }
}>

const { Bytes, Streamed, $match } = Data.taggedEnum<Body>()

/** A message in memory. The bytes must not be changed while it is being sent. */
export const fromBytes = (bytes: Uint8Array): Body => Bytes({ bytes })

/** A message as text, to be sent as UTF-8. */
export const fromString = (text: string): Body => Bytes({ bytes: new TextEncoder().encode(text) })

/** A message that is read while it is sent. Unless told otherwise it may hold 8-bit octets. */
export const fromStream = <E>(
  stream: Stream.Stream<Uint8Array, E>,
  facts?: { readonly size?: number; readonly eightBit?: boolean }
): Body =>
  Streamed({
    stream,
    size: Option.fromNullable(facts?.size),
    eightBit: facts?.eightBit ?? true
  })

/** What a server is told, or has to offer, before the first byte of the message. */
export interface Facts {
  readonly size: Option.Option<number>
  readonly eightBit: boolean
}

/** Its size on the wire, before stuffing, and whether it needs 8BITMIME. */
export const facts: (body: Body) => Facts = $match({
  Bytes: ({ bytes }) => measure(bytes),
  Streamed: ({ size, eightBit }) => ({ size, eightBit })
})

const CR = 13
const LF = 10

/** One pass: a lone CR or LF becomes two octets, and an unfinished last line gets its end. */
const measure = (bytes: Uint8Array): Facts => {
  let size = bytes.length
  let bits = 0
  let previous = LF
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    bits |= byte
    if (byte === LF ? previous !== CR : previous === CR) size++
    previous = byte
  }
  if (previous === CR) size++
  else if (previous !== LF) size += 2
  return { size: Option.some(size), eightBit: bits > 127 }
}
