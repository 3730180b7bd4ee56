/**
 * Bdat: counted message data, as it follows the command `BDAT` (RFC 3030 section 2). The octets are
 * passed on as they are: there is no dot to take away and no line to look for.
 *
 * @module
 */
import type * as Data from "effect/Data"
import * as Decoder from "./Decoder.js"
import * as MessageData from "./MessageData.js"

/**
 * What comes out of counted data: the same events as out of `MessageData`, without faults, so that one
 * loop reads both.
 *
 * - `Content`: the next bytes, at least one, as a slice of the input;
 * - `End`: all of the octets were read. It takes no byte of its own.
 */
export type BdatEvent = Data.TaggedEnum<{
  Content: {
    readonly chunks: ReadonlyArray<Uint8Array>
    readonly next: Counter
  }
  End: {}
}>

/**
 * A decoder that knows how many octets are to come. Where `left` is 0 it is at its end, and must be
 * stepped with what is there, maybe nothing, instead of being left to wait for input: the client may
 * well wait for the reply.
 */
export interface Counter extends Decoder.Decoder<BdatEvent, never> {
  readonly left: number
}

const counter = (left: number, seen: number): Counter => ({
  left,
  held: seen,
  step: (input) => {
    if (left === 0) return Decoder.done(MessageData.End(), 0)
    if (input.length === 0) return Decoder.more(counter(left, seen))
    const taken = Math.min(input.length, left)
    const event: BdatEvent = {
      _tag: "Content",
      chunks: [input.subarray(0, taken)],
      next: counter(left - taken, seen + taken)
    }
    return Decoder.done(event, taken)
  }
})

/**
 * Takes exactly `size` octets, a whole number from 0 on. `held` counts the octets taken in so far;
 * input that ends before `End` is a chunk cut short.
 */
export const decoder = (size: number): Counter => counter(size, 0)
