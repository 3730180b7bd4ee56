import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import * as ChannelErrors from "@effect-smtp/protocol/ChannelError"
import type { BareLineEnd } from "@effect-smtp/wire/MessageData"
import * as Chunk from "effect/Chunk"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Incoming, IncomingError } from "../Incoming.js"
import { LineTooLong, MessageAbandoned, MessageTooLarge, NotReadable } from "../Incoming.js"
import * as Gathered from "./gathered.js"
import * as LineLength from "./lineLength.js"
import * as Source from "./source.js"
import type { Host } from "./state.js"

/** Why a message that has been read to its end is refused all the same. */
export type Fault = MessageTooLarge | LineTooLong | BareLineEnd

/**
 * Where the message stands. `Faulty` is still on the wire; `Abandoned` has no end; `Decided` belongs to
 * nobody: the handler has spoken, or stopped reading.
 */
type Status = Data.TaggedEnum<{
  Arriving: {}
  Faulty: { readonly fault: Fault }
  Lost: { readonly error: ChannelError }
  Complete: {}
  Abandoned: {}
  Decided: {}
}>
const Status = Data.taggedEnum<Status>()

/** The message for the handler, and what the conversation does with it afterwards. */
export interface Arrival {
  readonly incoming: Incoming
  /**
   * Reads what is left and tells what was wrong with the message, if anything. It fails when the
   * connection is lost or too much is left, and where the client gave the message up.
   */
  readonly settle: Effect.Effect<Option.Option<Fault>, ChannelError | MessageAbandoned>
  /** The octets that have arrived. */
  readonly size: Effect.Effect<number>
}

type Chunks = ReadonlyArray<Uint8Array>

/** The message that comes from there. */
export const make = ({ channel, limits }: Host, source: Source.Source): Arrival => {
  const status = MutableRef.make<Status>(Status.Arriving())
  const size = MutableRef.make(0)
  const lines = LineLength.make(limits.dataLine)
  const inOrder = Effect.unsafeMakeSemaphore(1)

  const faulty = (fault: Fault) => {
    status.current = Status.Faulty({ fault })
  }

  /** What an event means for the message; its bytes, or none at the end. */
  const account: (event: Source.Event) => Option.Option<Chunks> = Source.Event.$match({
    Content: ({ chunks }) => {
      for (const chunk of chunks) size.current += chunk.length
      if (size.current > limits.messageSize && status.current._tag !== "Faulty") {
        faulty(new MessageTooLarge({ limit: limits.messageSize }))
      }
      if (source.isText && status.current._tag !== "Faulty" && chunks.some(lines.exceeds)) {
        faulty(new LineTooLong({ limit: limits.dataLine }))
      }
      return Option.some(chunks)
    },
    Fault: ({ fault }) => {
      faulty(fault)
      return Option.some([])
    },
    End: () => {
      if (status.current._tag === "Arriving") status.current = Status.Complete()
      return Option.none()
    },
    Abandoned: () => {
      status.current = Status.Abandoned()
      return Option.none()
    }
  })

  /**
   * Takes one event off the wire, whatever the status. None at the end. What it means is settled in the
   * decoder's step, so that no interruption can come between the two. One at a time: a handler may
   * leave somebody behind who still reads.
   */
  const advance: Effect.Effect<Option.Option<Chunks>, ChannelError> = inOrder.withPermits(1)(
    Effect.suspend(() =>
      Effect.zipRight(
        channel.enter("Content"),
        Effect.mapError(source.next(account, status.current._tag !== "Faulty"), (error) => {
          status.current = Status.Lost({ error })
          return error
        })
      )
    )
  )

  /** Who was interrupted in the middle of reading may have missed something, and must not read on. */
  const close = Effect.sync(() => {
    if (status.current._tag === "Arriving") status.current = Status.Decided()
  })

  const pull = Effect.suspend((): Effect.Effect<Option.Option<Chunks>, IncomingError> => {
    switch (status.current._tag) {
      case "Arriving":
        return advance.pipe(
          Effect.flatMap((chunks): Effect.Effect<Option.Option<Chunks>, IncomingError> =>
            status.current._tag === "Faulty"
              ? Effect.fail(status.current.fault)
              : status.current._tag === "Abandoned"
              ? Effect.fail(new MessageAbandoned())
              : Effect.succeed(chunks)
          ),
          Effect.zipLeft(channel.enter("Handler")),
          Effect.onInterrupt(() => close)
        )
      case "Complete":
        return Effect.succeed(Option.none())
      case "Faulty":
        return Effect.fail(status.current.fault)
      case "Lost":
        return Effect.fail(status.current.error)
      case "Abandoned":
        return Effect.fail(new MessageAbandoned())
      case "Decided":
        return Effect.fail(new NotReadable())
    }
  })

  /** Blocks may come in of which nothing comes out: a reader has no use for them. */
  const pullSome: typeof pull = Effect.flatMap(
    pull,
    (chunks) =>
      Option.isSome(chunks) && chunks.value.length === 0 ? pullSome : Effect.succeed(chunks)
  )

  const refuse = (fault: Fault) =>
    Effect.suspend(() => {
      faulty(fault)
      return Effect.fail(fault)
    })

  const collect = (limit: number) =>
    Effect.suspend(() => {
      const gathered = Gathered.make(limit)
      const gather: Effect.Effect<Uint8Array, IncomingError> = Effect.flatMap(pull, (chunks) => {
        if (Option.isNone(chunks)) return Effect.succeed(gathered.bytes())
        return chunks.value.every(gathered.add)
          ? gather
          : refuse(new MessageTooLarge({ limit }))
      })
      return gather
    })

  /** Drops what is left of the message, up to a bound, after which the connection is given up. */
  const drain: Effect.Effect<void, ChannelError> = Effect.suspend(() => {
    if (source.taken() > limits.messageSize + limits.excessSize) {
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

  const settle: Arrival["settle"] = Effect.suspend(() => {
    const before = status.current
    if (before._tag === "Lost") return Effect.fail(before.error)
    if (before._tag === "Arriving") status.current = Status.Decided()
    const isOver = before._tag === "Complete" || before._tag === "Abandoned"
    return Effect.flatMap(isOver ? Effect.void : drain, () => {
      const after = status.current
      status.current = Status.Decided()
      return after._tag === "Abandoned"
        ? Effect.fail(new MessageAbandoned())
        : Effect.succeed(after._tag === "Faulty" ? Option.some(after.fault) : Option.none())
    })
  })

  return {
    incoming: {
      stream: Stream.repeatEffectChunkOption(
        Effect.flatMap(
          Effect.mapError(pullSome, Option.some),
          Option.match({
            onNone: () => Effect.fail(Option.none()),
            onSome: (chunks) => Effect.succeed(Chunk.unsafeFromArray(chunks))
          })
        )
      ),
      collect
    },
    settle,
    size: Effect.sync(() => size.current)
  }
}
