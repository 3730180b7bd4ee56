import * as AtOnce from "@effect-smtp/protocol/AtOnce"
import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import * as ChannelErrors from "@effect-smtp/protocol/ChannelError"
import type { BareLineEnd } from "@effect-smtp/wire/MessageData"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Incoming, IncomingError } from "../Incoming.js"
import { LineTooLong, MessageAbandoned, MessageTooLarge, NotReadable } from "../Incoming.js"
import { Gathered } from "./gathered.js"
import * as LineLength from "./lineLength.js"
import type * as Source from "./source.js"
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
  readonly settle: () => Effect.Effect<Option.Option<Fault>, ChannelError | MessageAbandoned>
  /** The octets that have arrived. */
  readonly size: () => number
}

type Chunks = ReadonlyArray<Uint8Array>
type Pulled = Effect.Effect<Option.Option<Chunks>, IncomingError>

const noChunks: Chunks = []

/** The message that comes from there. */
export const make = (host: Host, source: Source.Source): Arrival => {
  const message = new Message(host, source)
  return {
    incoming: message,
    settle: () => message.settle(),
    size: () => message.size()
  }
}

class Message implements Incoming {
  private status: Status = Status.Arriving()
  private octets = 0
  private readonly lines: LineLength.LineLength
  private isBusy = false
  private idle: Option.Option<Deferred.Deferred<void>> = Option.none()

  constructor(private readonly host: Host, private readonly source: Source.Source) {
    this.lines = LineLength.make(host.limits.dataLine)
  }

  get stream(): Stream.Stream<Uint8Array, IncomingError> {
    const next = Effect.suspend(() => this.pullSome())
    return Stream.repeatEffectChunkOption(
      Effect.flatMap(
        Effect.mapError(next, Option.some),
        Option.match({
          onNone: () => Effect.fail(Option.none()),
          onSome: (chunks) => Effect.succeed(Chunk.unsafeFromArray(chunks))
        })
      )
    )
  }

  readonly collect = (limit: number): Effect.Effect<Uint8Array, IncomingError> =>
    Effect.suspend(() => this.gather(new Gathered(limit), limit))

  size(): number {
    return this.octets
  }

  settle(): Effect.Effect<Option.Option<Fault>, ChannelError | MessageAbandoned> {
    const before = this.status
    if (before._tag === "Lost") return Effect.fail(before.error)
    if (before._tag === "Arriving") this.status = Status.Decided()
    const isOver = before._tag === "Complete" || before._tag === "Abandoned"
    return AtOnce.flatMap(isOver ? Exit.void : this.drain(), () => {
      const after = this.status
      this.status = Status.Decided()
      return after._tag === "Abandoned"
        ? Effect.fail(new MessageAbandoned())
        : Exit.succeed(after._tag === "Faulty" ? Option.some(after.fault) : Option.none())
    })
  }

  private faulty(fault: Fault): void {
    this.status = Status.Faulty({ fault })
  }

  /** What an event means for the message; its bytes, or none at the end. */
  private account(event: Source.Event): Option.Option<Chunks> {
    switch (event._tag) {
      case "Content":
        return Option.some(this.measure(event.chunks))
      case "Fault":
        this.faulty(event.fault)
        return Option.some(noChunks)
      case "End":
        if (this.status._tag === "Arriving") this.status = Status.Complete()
        return Option.none()
      case "Abandoned":
        this.status = Status.Abandoned()
        return Option.none()
    }
  }

  private measure(chunks: Chunks): Chunks {
    const { limits } = this.host
    for (const chunk of chunks) {
      this.octets += chunk.length
      if (this.status._tag === "Faulty") continue
      if (this.octets > limits.messageSize) {
        this.faulty(new MessageTooLarge({ limit: limits.messageSize }))
      } else if (this.source.isText && this.lines.exceeds(chunk)) {
        this.faulty(new LineTooLong({ limit: limits.dataLine }))
      }
    }
    return chunks
  }

  /**
   * Takes one event off the wire, whatever the status. None at the end. What it means is settled in the
   * decoder's step, so that no interruption can come between the two. One at a time: a handler may
   * leave somebody behind who still reads.
   */
  private advance(): Effect.Effect<Option.Option<Chunks>, ChannelError> {
    if (this.isBusy) return Effect.flatMap(this.free(), () => this.advance())
    this.host.channel.enterNow("Content")
    const wanted = this.status._tag !== "Faulty"
    const next = this.source.next((event) => this.account(event), wanted)
    if (AtOnce.isMade(next)) return next
    this.isBusy = true
    return Effect.onExit(next, (exit) => this.leave(exit))
  }

  /** Who was interrupted in the middle of reading may have missed something, and must not read on. */
  private leave(exit: Exit.Exit<unknown, ChannelError>): Effect.Effect<void> {
    this.isBusy = false
    if (Exit.isFailure(exit)) {
      const failure = Cause.failureOption(exit.cause)
      if (Option.isSome(failure)) this.status = Status.Lost({ error: failure.value })
      else if (this.status._tag === "Arriving") this.status = Status.Decided()
    }
    const waiting = this.idle
    this.idle = Option.none()
    return Option.match(waiting, {
      onNone: () => Effect.void,
      onSome: (idle) => Deferred.succeed(idle, undefined)
    })
  }

  private free(): Effect.Effect<void> {
    const idle = Option.getOrElse(this.idle, () => Deferred.unsafeMake<void>(FiberId.none))
    this.idle = Option.some(idle)
    return Deferred.await(idle)
  }

  private pull(): Pulled {
    const { status } = this
    switch (status._tag) {
      case "Arriving":
        return AtOnce.flatMap(this.advance(), (chunks): Pulled => {
          const after = this.status
          if (after._tag === "Faulty") return Effect.fail(after.fault)
          if (after._tag === "Abandoned") return Effect.fail(new MessageAbandoned())
          this.host.channel.enterNow("Handler")
          return Exit.succeed(chunks)
        })
      case "Complete":
        return Exit.succeed(Option.none())
      case "Faulty":
        return Effect.fail(status.fault)
      case "Lost":
        return Effect.fail(status.error)
      case "Abandoned":
        return Effect.fail(new MessageAbandoned())
      case "Decided":
        return Effect.fail(new NotReadable())
    }
  }

  /** Blocks may come in of which nothing comes out: a reader has no use for them. */
  private pullSome(): Pulled {
    return AtOnce.flatMap(
      this.pull(),
      (chunks) =>
        Option.isSome(chunks) && chunks.value.length === 0
          ? Effect.suspend(() => this.pullSome())
          : Exit.succeed(chunks)
    )
  }

  private gather(
    gathered: Gathered,
    limit: number
  ): Effect.Effect<Uint8Array, IncomingError> {
    return AtOnce.flatMap(this.pull(), (chunks) => {
      if (Option.isNone(chunks)) return Exit.succeed(gathered.bytes())
      if (chunks.value.every((chunk) => gathered.add(chunk))) {
        return Effect.suspend(() => this.gather(gathered, limit))
      }
      const fault = new MessageTooLarge({ limit })
      this.faulty(fault)
      return Effect.fail(fault)
    })
  }

  /** Drops what is left of the message, up to a bound, after which the connection is given up. */
  private drain(): Effect.Effect<void, ChannelError> {
    const { excessSize, messageSize } = this.host.limits
    const limit = messageSize + excessSize
    if (this.source.taken() > limit) {
      return Effect.fail(
        new ChannelErrors.Unintelligible({
          phase: "Content",
          cause: new MessageTooLarge({ limit })
        })
      )
    }
    return AtOnce.flatMap(
      this.advance(),
      (chunks) => Option.isNone(chunks) ? Exit.void : Effect.suspend(() => this.drain())
    )
  }
}
