import * as Rechunk from "@effect-smtp/testing/Rechunk"
import * as Either from "effect/Either"
import type * as Decoder from "../src/Decoder.js"

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The same bytes whole, in two parts at every offset, and one at a time. */
export const chunkings = (input: Uint8Array): ReadonlyArray<Rechunk.Chunks> => [
  [input],
  ...Rechunk.splits(input),
  Rechunk.everyByte(input)
]

export interface Decoded<A, E> {
  readonly values: ReadonlyArray<A>
  readonly error: E | undefined
  readonly held: number
}

/** Every value in the chunks, one decoder after the other, until an error or the end. */
export const decodeAll = <A, E>(
  initial: Decoder.Decoder<A, E>,
  chunks: ReadonlyArray<Uint8Array>
): Decoded<A, E> => {
  const values: Array<A> = []
  let decoder = initial
  for (const chunk of chunks) {
    let rest = chunk
    while (rest.length > 0) {
      const step = decoder.step(rest)
      if (Either.isLeft(step)) return { values, error: step.left, held: decoder.held }
      if (step.right._tag === "More") {
        decoder = step.right.next
        break
      }
      values.push(step.right.value)
      rest = rest.subarray(step.right.consumed)
      decoder = initial
    }
  }
  return { values, error: undefined, held: decoder.held }
}
