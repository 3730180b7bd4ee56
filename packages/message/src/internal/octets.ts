import * as Octets from "@effect-smtp/wire/Octets"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** Octets that come piece by piece, to be had as one. */
export interface Gathered {
  readonly add: (bytes: Uint8Array) => void
  readonly length: () => number
  /** All of them. There are none from then on. */
  readonly take: () => Uint8Array
}

/** None yet. */
export const gathered = (): Gathered => {
  let buffer = new Uint8Array(128)
  let length = 0
  return {
    add: (bytes) => {
      if (length + bytes.length > buffer.length) {
        const larger = new Uint8Array(Math.max(2 * buffer.length, length + bytes.length))
        larger.set(buffer.subarray(0, length))
        buffer = larger
      }
      buffer.set(bytes, length)
      length += bytes.length
    },
    length: () => length,
    take: () => {
      const whole = buffer.slice(0, length)
      length = 0
      return whole
    }
  }
}

/** Whether none is above 127. */
export const isAscii = (bytes: Uint8Array): boolean => bytes.every((octet) => octet < 128)

/** A character for each octet. */
export const latin1 = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  }
  return text
}

/** What is done with each piece, and when there are enough of them. */
export interface Fold<S> {
  readonly start: S
  readonly more: (state: S, bytes: Uint8Array) => S
  readonly isEnough: (state: S) => boolean
}

/** The pieces up to the one with which there is enough; no more are asked for. */
export const collect = <S, E, R>(
  stream: Stream.Stream<Uint8Array, E, R>,
  { isEnough, more, start }: Fold<S>
): Effect.Effect<Uint8Array, E, R> =>
  stream.pipe(
    Stream.mapAccum(start, (state, bytes) => {
      const next = more(state, bytes)
      return [next, { bytes, enough: isEnough(next) }]
    }),
    Stream.takeUntil(({ enough }) => enough),
    Stream.map(({ bytes }) => bytes),
    Stream.runCollect,
    Effect.map((pieces) => Octets.concat(Chunk.toReadonlyArray(pieces)))
  )
