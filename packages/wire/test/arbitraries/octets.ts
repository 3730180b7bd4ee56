import * as FastCheck from "effect/FastCheck"

/** Any octets, most of them those that mean something, or stand next to those that do. */
const octet = FastCheck.oneof(
  FastCheck.constantFrom(0, 9, 10, 10, 12, 13, 13, 14, 46, 46, 97, 127, 128, 255),
  FastCheck.integer({ min: 0, max: 255 })
)

const pieces: FastCheck.Arbitrary<ReadonlyArray<number>> = FastCheck.oneof(
  FastCheck.array(octet, { maxLength: 8 }),
  FastCheck.constantFrom([13, 10], [13, 10, 46], [13, 10, 13, 10]),
  FastCheck.nat(20).map((length) => Array.from({ length }, () => 120))
)

const message_ = (maxLength: number): FastCheck.Arbitrary<Uint8Array> =>
  FastCheck.array(pieces, { maxLength }).map((all) => Uint8Array.from(all.flat()))

/** A message of some lines and words. */
export const message: FastCheck.Arbitrary<Uint8Array> = message_(8)

/** A message of many. */
export const long: FastCheck.Arbitrary<Uint8Array> = message_(200)

/** How far from a word's first octet. */
export const alignment: FastCheck.Arbitrary<number> = FastCheck.nat(7)

/** The octets again, so far from the start of their memory, among octets that are none of theirs. */
export const aligned = (bytes: Uint8Array, alignment: number): Uint8Array => {
  const memory = new Uint8Array(bytes.length + 16).fill(alignment % 2 === 0 ? 255 : 10)
  memory.set(bytes, alignment)
  return memory.subarray(alignment, alignment + bytes.length)
}
