/** A message with CR LF line ends throughout, as the client sends it, before dots are doubled. */
import * as MessageData from "@effect-smtp/wire/MessageData"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"

/** Takes the message piece by piece, and the last line end, where it lacks one, with `end`. */
export interface Mender {
  readonly more: (bytes: Uint8Array) => ReadonlyArray<Uint8Array>
  readonly end: () => Uint8Array
}

/** For one pass over one message. */
export const mender = (): Mender => {
  let state = MessageData.initial("normalise", "counted")
  return {
    more: (bytes) => {
      const encoded = Either.getOrThrow(MessageData.encode(state, bytes))
      state = encoded.state
      return encoded.chunks
    },
    end: () => Either.getOrThrow(MessageData.finish(state))
  }
}

/** The same, each time the stream is run. No piece is empty. */
export const mend = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>
): Stream.Stream<Uint8Array, E, R> =>
  Stream.suspend(() => {
    const { end, more } = mender()
    return Stream.concat(
      Stream.mapConcat(stream, more),
      Stream.suspend(() => Stream.fromIterable([end()].filter(({ length }) => length > 0)))
    )
  })
