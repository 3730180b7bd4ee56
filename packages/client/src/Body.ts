/**
 * Body: the message itself, header and all, as the bytes to be sent. Line ends are LF, CR or CR LF as
 * the caller has them; what goes over the wire is CR LF, always (RFC 5321 section 2.3.8). Only a body
 * that is declared binary goes as it is, to servers that offer BINARYMIME (RFC 3030).
 *
 * @module
 */
import * as Measure from "@effect-smtp/wire/Measure"
import * as Octets from "@effect-smtp/wire/Octets"
import * as Chunk from "effect/Chunk"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/**
 * - `Bytes`: all of it, in memory.
 * - `Streamed`: a recipe; each attempt runs it again. `size` is the whole number of octets with CR LF
 *   line ends, where known; `eightBit` whether an octet above 127 may occur. A stream that fails ends
 *   the attempt before the end of the message, so nothing is delivered.
 *
 * `binary`: whether lines mean nothing in it, and no octet may be changed. `utf8Header`: whether its
 * header holds more than ASCII (RFC 6532), so that only servers that offer SMTPUTF8 may have it; nobody
 * looks whether it does.
 */
export type Body = Data.TaggedEnum<{
  Bytes: {
    readonly bytes: Uint8Array
    readonly binary: boolean
    readonly utf8Header: boolean
  }
  Streamed: {
    readonly stream: Stream.Stream<Uint8Array, unknown>
    readonly size: Option.Option<number>
    readonly eightBit: boolean
    readonly binary: boolean
    readonly utf8Header: boolean
  }
}>

/** A message in memory. */
export type InMemory = Extract<Body, { readonly _tag: "Bytes" }>

const { Bytes, Streamed } = Data.taggedEnum<Body>()

/** A message in memory. The bytes must not be changed from then on. */
export const fromBytes = (
  bytes: Uint8Array,
  facts?: { readonly binary?: boolean; readonly utf8Header?: boolean }
): Body => Bytes({ bytes, binary: facts?.binary ?? false, utf8Header: facts?.utf8Header ?? false })

/** A message as text, to be sent as UTF-8. */
export const fromString = (text: string): Body => fromBytes(new TextEncoder().encode(text))

/** A message that is read while it is sent. Unless told otherwise it may hold 8-bit octets. */
export const fromStream = <E>(
  stream: Stream.Stream<Uint8Array, E>,
  facts?: {
    readonly size?: number
    readonly eightBit?: boolean
    readonly binary?: boolean
    readonly utf8Header?: boolean
  }
): Body =>
  Streamed({
    stream,
    size: Option.fromNullable(facts?.size),
    eightBit: facts?.eightBit ?? true,
    binary: facts?.binary ?? false,
    utf8Header: facts?.utf8Header ?? false
  })

/**
 * A message that is run twice: once here, to learn its size and whether it needs 8BITMIME, and again
 * when it is sent.
 */
export const fromMeasured = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>
): Effect.Effect<Body, E, R> =>
  Effect.flatMap(Effect.context<R>(), (context) => {
    const own = Stream.provideContext(stream, context)
    return Effect.map(Stream.runFold(own, Measure.start, Measure.more), (measure) =>
      Streamed({
        stream: own,
        binary: false,
        utf8Header: false,
        size: Option.some(Measure.size(measure)),
        eightBit: measure.eightBit
      }))
  })

/** All octets of it, as they are, for a body that fits into memory. A recipe is run for it. */
export const collect = (body: Body): Effect.Effect<Uint8Array, unknown> =>
  body._tag === "Bytes"
    ? Effect.succeed(body.bytes)
    : Effect.map(
      Stream.runCollect(body.stream),
      (pieces) => Octets.concat(Chunk.toReadonlyArray(pieces))
    )

/**
 * What a server is told, or has to offer, before the first byte of the message: its size on the wire,
 * before stuffing, and whether it needs 8BITMIME, or BINARYMIME. `form` is what has to be done to it:
 *
 * - `AsIs`: nothing;
 * - `Stuffed`: nothing, unless dots are doubled;
 * - `Mended`: line ends are to be made CR LF; or nobody has looked yet.
 */
export interface Facts {
  readonly size: Option.Option<number>
  readonly eightBit: boolean
  readonly binary: boolean
  readonly form: "AsIs" | "Stuffed" | "Mended"
}

/** All that is known of it before it is sent. */
export const facts = (body: Body): Facts => {
  if (body._tag === "Streamed") {
    const { binary, eightBit, size } = body
    return { size, eightBit, binary, form: binary ? "AsIs" : "Mended" }
  }
  const known = looked.get(body)
  if (known !== undefined) return known
  const { binary, bytes } = body
  const found: Facts = binary
    ? { size: Option.some(bytes.length), eightBit: true, binary, form: "AsIs" }
    : measured(Measure.more(Measure.start, bytes))
  looked.set(body, found)
  return found
}

/** A message is looked through once, however often it is sent. */
const looked = new WeakMap<InMemory, Facts>()

const measured = (measure: Measure.Measure): Facts => ({
  size: Option.some(Measure.size(measure)),
  eightBit: measure.eightBit,
  binary: false,
  form: !Measure.isWire(measure) ? "Mended" : measure.dotted ? "Stuffed" : "AsIs"
})
