/**
 * Octets: pieces of bytes in one.
 *
 * @module
 */

/** All of the pieces, in order. What is one piece already is that piece, and not a copy. */
export const concat = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  if (pieces.length === 1) return pieces[0]
  let size = 0
  for (const piece of pieces) size += piece.length
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
