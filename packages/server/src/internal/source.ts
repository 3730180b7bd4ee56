import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import * as Decoder from "@effect-smtp/wire/Decoder"
import type { BareLineEnd, DataEvent } from "@effect-smtp/wire/MessageData"
import * as MessageData from "@effect-smtp/wire/MessageData"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type { MessageTooLarge } from "../Incoming.js"
import type { Host } from "./state.js"

/**
 * What comes of a message: some of its bytes; something wrong with it, behind which it goes on; its end;
 * or that the client gave it up.
 */
export type Event = Data.TaggedEnum<{
  Content: { readonly chunks: ReadonlyArray<Uint8Array> }
  Fault: { readonly fault: BareLineEnd | MessageTooLarge }
  End: {}
  Abandoned: {}
}>

export const Event = Data.taggedEnum<Event>()

/**
 * Where a message comes from.
 *
 * - `next`: the next event. `account` says what it means, in the decoder's own step where it takes
 *   bytes, so that no interruption can come between the two. An event that has arrived already is there
 *   at once. A message that is not wanted any more may end before its time.
 * - `taken`: how many octets of it have been read;
 * - `isText`: whether it is made of lines;
 * - `isOver`: whether all of it has been read. A message in chunks that is refused before its last one is
 *   answered then, and is not.
 */
export interface Source {
  readonly next: <A>(
    account: (event: Event) => A,
    wanted: boolean
  ) => Effect.Effect<A, ChannelError>
  readonly taken: () => number
  readonly isText: boolean
  readonly isOver: () => boolean
}

/** The message that follows a 354 and ends with a dot (RFC 5321 section 4.1.1.4). */
export const dotted = ({ channel, lineEndings }: Host): Source => {
  const decoder = MutableRef.make(inBlocks(MessageData.decoder(lineEndings)))
  const goOn = MessageData.match({
    Content: ({ chunks, next }) => {
      decoder.current = inBlocks(next)
      return Event.Content({ chunks })
    },
    Fault: ({ fault, next }) => {
      decoder.current = inBlocks(next)
      return Event.Fault({ fault })
    },
    End: () => Event.End()
  })
  return {
    next: (account) => {
      const events = Decoder.map(decoder.current, (event) => account(goOn(event)))
      return Option.match(channel.receiveNow(events), {
        onNone: () => channel.receive(events),
        onSome: Exit.succeed
      })
    },
    taken: () => decoder.current.held,
    isText: true,
    // Nobody asks before the dot.
    isOver: () => true
  }
}

/**
 * An event for each input: also while nothing comes out of the decoder, a block of the message has come
 * in, which counts against the clock and the limits.
 */
const inBlocks = (
  self: Decoder.Decoder<DataEvent, never>
): Decoder.Decoder<DataEvent, never> => ({
  held: self.held,
  step: (input) =>
    Either.flatMap(self.step(input), (step) =>
      step._tag === "Done"
        ? Either.right(step)
        : Decoder.done(MessageData.Content({ chunks: [], next: step.next }), input.length))
})
