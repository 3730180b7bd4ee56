import type { Channel } from "@effect-smtp/protocol/Channel"
import { OutOfTurn } from "@effect-smtp/protocol/ChannelError"
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Command from "@effect-smtp/wire/Command"
import * as Reply from "@effect-smtp/wire/Reply"
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Option from "effect/Option"
import type { SmtpError } from "../SmtpError.js"
import { ConnectionFailed, Refused, Unsendable } from "../SmtpError.js"

/** Says a command. It leaves with the next group, when the client turns to listening. */
export const tell = (
  channel: Channel,
  phase: Phase,
  command: Command.Command
): Effect.Effect<void, SmtpError> =>
  Effect.flatMap(prepare(phase, command), (bytes) => line(channel, phase, bytes))

/** The bytes of a command. An exchange of several prepares all before it says the first. */
export const prepare = (
  phase: Phase,
  command: Command.Command
): Either.Either<Uint8Array, Unsendable> => sendable(phase, Command.encode(command, utf8Allowed))

const utf8Allowed: Command.EncodeOptions = { utf8: true }

/** The line of a command, with its end, for a group that is going to be sent as one text. */
export const toLine = (
  phase: Phase,
  command: Command.Command
): Either.Either<string, Unsendable> => sendable(phase, Command.toLine(command, utf8Allowed))

const utf8 = new TextEncoder()

/** The bytes of lines. */
export const encode = (lines: string): Uint8Array => utf8.encode(lines)

/** What a codec has made, or not. */
export const sendable = <A>(
  phase: Phase,
  encoded: Either.Either<A, Error>
): Either.Either<A, Unsendable> =>
  Either.mapLeft(encoded, (cause) => new Unsendable({ phase, cause }))

/** Says a line. */
export const line = (
  channel: Channel,
  phase: Phase,
  bytes: Uint8Array
): Effect.Effect<void, SmtpError> => Effect.zipRight(silence(channel, phase), say(channel, bytes))

/** A reply that is there before its command would be taken for the answer to it. */
export const silence = (channel: Channel, phase: Phase): Effect.Effect<void, ConnectionFailed> =>
  Effect.flatMap(channel.unread, (bytes) =>
    bytes === 0
      ? Effect.void
      : Effect.fail(new ConnectionFailed({ cause: new OutOfTurn({ phase, bytes }) })))

/** Sends bytes. */
export const say = (channel: Channel, bytes: Uint8Array): Effect.Effect<void, SmtpError> =>
  Effect.mapError(channel.send(bytes), (cause) => new ConnectionFailed({ cause }))

/** Sends what was said so far, without turning to listening. */
export const flush = (channel: Channel): Effect.Effect<void, ConnectionFailed> =>
  Effect.mapError(channel.flush, (cause) => new ConnectionFailed({ cause }))

const decoder = Reply.decoder()

/**
 * Hears the next reply, whatever it is, unless it ends the session: then it is `Refused`. `goesOn` is
 * for a reply that elsewhere would.
 */
export const hear = (
  channel: Channel,
  phase: Phase,
  goesOn?: (reply: Reply.Reply) => boolean
): Effect.Effect<Reply.Reply, SmtpError> =>
  channel.enter(phase).pipe(
    Effect.zipRight(
      Effect.mapError(channel.receive(decoder), (cause) => new ConnectionFailed({ cause }))
    ),
    Effect.tap((reply) =>
      endsSession(phase, reply) && goesOn?.(reply) !== true
        ? Effect.zipRight(channel.abandon, Effect.fail(new Refused({ phase, reply })))
        : Effect.void
    )
  )

/** Hears reply after reply, whatever they are, as long as it is told which phase the next belongs to. */
export const hearWhile = (
  channel: Channel,
  next: (reply: Reply.Reply, unread: number) => Option.Option<Phase>
): Effect.Effect<void, ConnectionFailed> =>
  Effect.mapError(channel.receiveWhile(decoder, next), (cause) => new ConnectionFailed({ cause }))

/** A server that has had enough may say so, and close, while the client is still writing. */
export const hearInstead = (
  channel: Channel,
  error: ConnectionFailed
): Effect.Effect<never, SmtpError> =>
  Effect.matchEffect(hear(channel, error.phase), {
    onFailure: (heard) => Effect.fail(heard._tag === "Refused" ? heard : error),
    onSuccess: (reply) =>
      Effect.zipRight(
        channel.abandon,
        Effect.fail(
          Reply.isCompletion(reply) ? error : new Refused({ phase: error.phase, reply })
        )
      )
  })

/**
 * Whether no command can follow: the server is leaving (RFC 5321 section 3.8), or waits for something
 * that nobody meant to send, and would take the next command for it.
 */
export const endsSession = (phase: Phase, reply: Reply.Reply): boolean =>
  reply.code === ReplyCode.serviceUnavailable ||
  Reply.isIntermediate(reply) && phase !== "Auth" && phase !== "Data"

/** Fails with `Refused` unless the reply is of the kind hoped for. */
export const insist = (
  phase: Phase,
  hoped: (reply: Reply.Reply) => boolean
) =>
(reply: Reply.Reply): Effect.Effect<Reply.Reply, Refused> =>
  hoped(reply) ? Effect.succeed(reply) : Effect.fail(new Refused({ phase, reply }))

/** One question and its answer; any reply that is not a success is `Refused`. */
export const ask = (
  channel: Channel,
  phase: Phase,
  command: Command.Command
): Effect.Effect<Reply.Reply, SmtpError> =>
  Effect.zipRight(tell(channel, phase, command), hear(channel, phase)).pipe(
    Effect.flatMap(insist(phase, Reply.isCompletion))
  )
