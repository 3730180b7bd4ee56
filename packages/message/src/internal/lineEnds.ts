import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"

const CR = 0x0d
const LF = 0x0a

/** The octets with every line end so far as CR LF, given the last one before them. */
const mendPiece = (before: number, bytes: Uint8Array): Uint8Array => {
  const mended = new Uint8Array(2 * bytes.length + 1)
  let last = before
  let end = 0
  const put = (octet: number) => {
    mended[end++] = octet
    last = octet
  }
  for (const octet of bytes) {
    if (last === CR && octet !== LF) put(LF)
    if (octet === LF && last !== CR) put(CR)
    put(octet)
  }
  return mended.subarray(0, end)
}

/** The stream with CR LF for every line end, a bare CR or LF too, and for the one its end may lack. */
export const mend = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>
): Stream.Stream<Uint8Array, E, R> =>
  Stream.unwrap(Effect.map(Ref.make(LF), (last) => {
    const pieces = Stream.mapEffect(stream, (bytes) =>
      Ref.modify(last, (before) => {
        const octet = bytes.at(-1) ?? before
        return [mendPiece(before, bytes), octet]
      }))
    const end = Effect.map(Ref.get(last), (octet) =>
      Uint8Array.from(octet === LF ? [] : octet === CR ? [LF] : [CR, LF]))
    return Stream.concat(pieces, Stream.fromEffect(end))
  }))
