import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import * as ChannelErrors from "@effect-smtp/protocol/ChannelError"
import type { Decoder } from "@effect-smtp/wire/Decoder"
import type { BareLineEnd, DataEvent } from "@effect-smtp/wire/MessageData"
import * as MessageData from "@effect-smtp/wire/MessageData"
import * as Chunk from "effect/Chunk"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Incoming, IncomingError } from "../Incoming.js"
import { MessageTooLarge, NotReadable } from "../Incoming.js"
import type { Host } from "./state.js"

/** Why a message that has been read to its end is refused all the same. */
export type Fault = MessageTooLarge | BareLineEnd

/**
 * Where the message stands. `Faulty` is still on the wire; `Decided` belongs to nobody: the handler has
 * spoken.
 */
type Status = Data.TaggedEnum<{
  Arriving: {}
  Faulty: { readonly fault: Fault }
  Lost: { readonly error: ChannelError }
  Complete: {}
  Decided: {}
}>
const Status = Data.taggedEnum<Status>()

/** The message for the handler, and what the conversation does with it afterwards. */
export interface Arrival {
  readonly incoming: Incoming
  /**
   * Reads what is left and tells what was wrong with the message, if anything. It fails when the
   * connection is lost or too much is left.
   */
  readonly settle: Effect.Effect<Option.Option<Fault>, ChannelError>
}

type Chunks = ReadonlyArray<Uint8Array>

/** The message that follows a 354. */
export const make = (host: Host): Arrival => {
  const { channel, limits } = host
  const status = MutableRef.make<Status>(Status.Arriving())
  const size = MutableRef.make(0)
  const decoder = MutableRef.make<Decoder<DataEvent, never>>(
    MessageData.decoder(host.lineEndings)
  )

  const faulty = (fault: Fault) => {
    status.current = Status.Faulty({ fault })
  }

  /** Takes one event off the wire, whatever the status. None at the end. */
  const advance: Effect.Effect<Option.Option<Chunks>, ChannelError> = Effect.suspend(() =>
    Effect.zipRight(channel.enter("Content"), channel.receive(decoder.current))
  ).pipe(
    Effect.tapError((error) =>
      Effect.sync(() => {
        status.current = Status.Lost({ error })
      })
    ),
    Effect.map(MessageData.match({
      Content: ({ chunks, next }) => {
        decoder.current = next
        for (const chunk of chunks) size.current += chunk.length
        if (size.current > limits.messageSize && status.current._tag !== "Faulty") {
          faulty(new MessageTooLarge({ limit: limits.messageSize }))
        }
        return Option.some(chunks)
      },
      Fault: ({ fault, next }) => {
        decoder.current = next
        faulty(fault)
        return Option.some([])
      },
      End: () => {
        if (status.current._tag === "Arriving") status.current = Status.Complete()
        return Option.none()
      }
    }))
  )

  const pull = Effect.suspend((): Effect.Effect<Option.Option<Chunks>, IncomingError> => {
    switch (status.current._tag) {
      case "Arriving":
        return advance.pipe(
          Effect.flatMap((chunks) =>
            status.current._tag === "Faulty"
              ? Effect.fail(status.current.fault)
              : Effect.succeed(chunks)
          ),
          Effect.zipLeft(channel.enter("Handler"))
        )
      case "Complete":
        return Effect.succeed(Option.none())
      case "Faulty":
        return Effect.fail(status.current.fault)
      case "Lost":
        return Effect.fail(status.current.error)
      case "Decided":
        return Effect.fail(new NotReadable())
    }
  })

  const collect = (limit: number): Effect.Effect<Uint8Array, IncomingError> => {
    const gather = (
      gathered: Chunks,
      length: number
    ): Effect.Effect<Uint8Array, IncomingError> =>
      Effect.flatMap(pull, (chunks) => {
        if (Option.isNone(chunks)) return Effect.succeed(join(gathered, length))
        const more = chunks.value.reduce((total, chunk) => total + chunk.length, length)
        return more > limit
          ? Effect.fail(new MessageTooLarge({ limit }))
          : gather([...gathered, ...chunks.value], more)
      })
    return gather([], 0)
  }

  /** Drops what is left of the message, up to a bound, after which the connection is given up. */
  const drain: Effect.Effect<void, ChannelError> = Effect.suspend(() => {
    if (size.current > limits.messageSize + limits.excessSize) {
      return Effect.fail(
        new ChannelErrors.Unintelligible({
          phase: "Content",
          cause: new MessageTooLarge({ limit: limits.messageSize + limits.excessSize })
        })
      )
    }
    return Effect.flatMap(
      advance,
      Option.match({ onNone: () => Effect.void, onSome: () => drain })
    )
  })

  const settle = Effect.suspend((): Effect.Effect<Option.Option<Fault>, ChannelError> => {
    const before = status.current
    if (before._tag === "Lost") return Effect.fail(before.error)
    return Effect.map(before._tag === "Complete" ? Effect.void : drain, () => {
      const after = status.current
      status.current = Status.Decided()
      return after._tag === "Faulty" ? Option.some(after.fault) : Option.none()
    })
  })

  return {
    incoming: {
      stream: Stream.repeatEffectChunkOption(
        Effect.flatMap(
          Effect.mapError(pull, Option.some),
          Option.match({
            onNone: () => Effect.fail(Option.none()),
            onSome: (chunks) => Effect.succeed(Chunk.unsafeFromArray(chunks))
          })
        )
      ),
      collect
    },
    settle
  }
}

const join = (chunks: Chunks, length: number): Uint8Array => {
  const joined = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.length
  }
  return joined
}
