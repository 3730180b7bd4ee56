import * as Octets from "@effect-smtp/wire/Octets"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

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
