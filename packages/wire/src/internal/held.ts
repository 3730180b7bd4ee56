/**
 * Bytes kept while a value straddles inputs. A new piece swallows the shorter ones before it, so a
 * peer that sends one byte at a time costs neither a list of single bytes nor quadratic copying,
 * and two inputs are joined once.
 */

/** Pieces, the last one first; the empty list is `undefined`. */
export type Pieces =
  | { readonly bytes: Uint8Array; readonly before: Pieces }
  | undefined

/** One more piece at the end. */
export const add = (pieces: Pieces, bytes: Uint8Array): Pieces => {
  let last = bytes
  let before = pieces
  while (before !== undefined && before.bytes.length <= last.length) {
    last = joinTwo(before.bytes, last)
    before = before.before
  }
  return { bytes: last, before }
}

const joinTwo = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

/** All pieces, `length` bytes together, with `last` at the end. */
export const join = (pieces: Pieces, length: number, last: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(length + last.length)
  joined.set(last, length)
  let end = length
  for (let piece = pieces; piece !== undefined; piece = piece.before) {
    end -= piece.bytes.length
    joined.set(piece.bytes, end)
  }
  return joined
}
