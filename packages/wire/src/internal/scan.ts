/**
 * Scan: looks for the few octets of a message that matter, a word of four octets at a time. Whole
 * words are passed over while none of their octets is below 14, which CR and LF are; the octets of
 * any other word, and those that fill no word, are looked at one by one. Nothing depends on the
 * byte order of the machine.
 */

const CR = 0x0d
const LF = 0x0a
const DOT = 0x2e

/** In each octet of a word: 14, and the highest bit; both as signed integers, which words are. */
const fourteens = 0x0e0e0e0e
const highBits = 0x80808080 | 0

/**
 * Octets, and the words of the memory they lie in, from the one that holds the first octet to the
 * last whole one; `shift` octets of the first word are before the first octet. `seen` gathers, bit
 * by bit, what was passed over. Local to one call, never shared.
 */
export interface Scan {
  readonly bytes: Uint8Array
  readonly words: Int32Array
  readonly shift: number
  seen: number
}

/** Nothing looked at yet. */
export const make = (bytes: Uint8Array): Scan => {
  const shift = bytes.byteOffset & 3
  const words = new Int32Array(
    bytes.buffer,
    bytes.byteOffset - shift,
    (shift + bytes.length) >> 2
  )
  return { bytes, words, shift, seen: 0 }
}

/**
 * The first word from the index on that has an octet below 14, or how many words there are. By
 * itself: as it is called for each line, it is compiled well even where one message is all there is.
 */
const wordBelow = (self: Scan, from: number): number => {
  const { words } = self
  const count = words.length
  let seen = 0
  let index = from
  while (index < count) {
    const word = words[index]
    if (((word - fourteens) & ~word & highBits) !== 0) break
    seen |= word
    index++
  }
  self.seen |= seen
  return index
}

/**
 * The offset of the next CR or LF that needs care, or the length. Every CR LF is passed over behind
 * which, in these very octets, there is more and no dot: so what stands at the length is text.
 */
export const lineEnd = (self: Scan, from: number): number => {
  const { bytes, shift } = self
  const { length } = bytes
  let seen = 0
  let at = from
  while (at < length) {
    if (((at + shift) & 3) === 0) {
      at = (wordBelow(self, (at + shift) >> 2) << 2) - shift
      if (at >= length) break
    }
    const octet = bytes[at]
    if (octet !== CR && octet !== LF) {
      seen |= octet
      at++
    } else if (
      octet === CR && at + 2 < length && bytes[at + 1] === LF && bytes[at + 2] !== DOT
    ) at += 2
    else break
  }
  self.seen |= seen
  return at
}

/** Whether what was passed over held an octet above 127. */
export const seenEightBit = (self: Scan): boolean => (self.seen & highBits) !== 0

/** Whether any octet is above 127; looks no further than that. */
export const isEightBit = ({ bytes, shift, words }: Scan): boolean => {
  const { length } = bytes
  const count = words.length
  const head = Math.min(length, -shift & 3)
  for (let at = 0; at < head; at++) if (bytes[at] > 127) return true
  for (let index = (head + shift) >> 2; index < count; index++) {
    if ((words[index] & highBits) !== 0) return true
  }
  for (let at = Math.max(head, (count << 2) - shift); at < length; at++) {
    if (bytes[at] > 127) return true
  }
  return false
}
