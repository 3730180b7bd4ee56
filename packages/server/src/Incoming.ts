/**
 * Incoming: a message while it arrives. Its bytes come as the handler asks for them, so a slow handler
 * slows the sender down; dots are un-stuffed, line ends are CR LF, limits are kept.
 *
 * @module
 */
import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import * as ChannelErrors from "@effect-smtp/protocol/ChannelError"
import * as MessageData from "@effect-smtp/wire/MessageData"
import * as Octets from "@effect-smtp/wire/Octets"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** The message is longer than the limit, in octets. The client gets 552 5.3.4. */
export class MessageTooLarge extends Data.TaggedError("MessageTooLarge")<{
  readonly limit: number
}> {
  override get message(): string {
    return `the message is longer than ${this.limit} octets`
  }
}

/** A line of the message is longer than the limit, in octets. The client gets 550 5.6.0. */
export class LineTooLong extends Data.TaggedError("LineTooLong")<{
  readonly limit: number
}> {
  override get message(): string {
    return `a line of the message is longer than ${this.limit} octets`
  }
}

/**
 * The message was asked for after the decision about it, or after somebody was interrupted in the middle
 * of reading it, who may have missed something.
 */
export class NotReadable extends Data.TaggedError("NotReadable")<{}> {
  override get message(): string {
    return "the message can no longer be read"
  }
}

/** The client gave the message up between two chunks (RFC 3030 section 2), with RSET for example. */
export class MessageAbandoned extends Data.TaggedError("MessageAbandoned")<{}> {
  override get message(): string {
    return "the client gave the message up"
  }
}

/**
 * Why a message ends before its end. Whatever the handler makes of it, the client is not told that the
 * message was accepted.
 */
export type IncomingError =
  | MessageTooLarge
  | LineTooLong
  | MessageData.BareLineEnd
  | MessageAbandoned
  | NotReadable
  | ChannelError

/** Whether this is one of them. */
export const isIncomingError = (value: unknown): value is IncomingError =>
  value instanceof MessageTooLarge ||
  value instanceof LineTooLong ||
  value instanceof MessageAbandoned ||
  value instanceof NotReadable ||
  value instanceof MessageData.BareLineEnd ||
  ChannelErrors.is(value)

/**
 * The message. It can be read once, in one of two ways, or not at all: what the handler leaves is read
 * and dropped.
 *
 * - `stream`: chunks of it, of at least one byte each, as they arrive;
 * - `collect`: all of it. `MessageTooLarge` if that is more than `limit` octets.
 */
export interface Incoming {
  readonly stream: Stream.Stream<Uint8Array, IncomingError>
  readonly collect: (limit: number) => Effect.Effect<Uint8Array, IncomingError>
}

/** The same message behind these bytes, which count towards the limit of `collect`. */
export const prepend = (message: Incoming, bytes: Uint8Array): Incoming =>
  bytes.length === 0 ? message : {
    stream: Stream.concat(Stream.make(bytes), message.stream),
    collect: (limit) =>
      message.collect(limit - bytes.length).pipe(
        Effect.mapError((error) =>
          error._tag === "MessageTooLarge" && error.limit === limit - bytes.length
            ? new MessageTooLarge({ limit })
            : error
        ),
        Effect.flatMap((body) => {
          if (bytes.length + body.length > limit) return Effect.fail(new MessageTooLarge({ limit }))
          return Effect.succeed(Octets.concat([bytes, body]))
        })
      )
  }
