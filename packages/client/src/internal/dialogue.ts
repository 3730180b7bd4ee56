import type { Channel } from "@effect-smtp/protocol/Channel"
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Command from "@effect-smtp/wire/Command"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { SmtpError } from "../SmtpError.js"
import { ConnectionFailed, Refused, Unsendable } from "../SmtpError.js"

/** Says a command. It leaves with the next group, when the client turns to listening. */
export const tell = (
  channel: Channel,
  phase: Phase,
  command: Command.Command
): Effect.Effect<void, SmtpError> => line(channel, phase, Command.encode(command, { utf8: true }))

/** Says a line that a codec has made, or not. */
export const line = (
  channel: Channel,
  phase: Phase,
  encoded: Either.Either<Uint8Array, Error>
): Effect.Effect<void, SmtpError> =>
  Either.isLeft(encoded)
    ? Effect.fail(new Unsendable({ phase, cause: encoded.left }))
    : say(channel, encoded.right)

/** Sends bytes. */
export const say = (channel: Channel, bytes: Uint8Array): Effect.Effect<void, SmtpError> =>
  Effect.mapError(channel.send(bytes), (cause) => new ConnectionFailed({ cause }))

const decoder = Reply.decoder()

/** Hears the next reply, whatever it is. */
export const hear = (channel: Channel, phase: Phase): Effect.Effect<Reply.Reply, SmtpError> =>
  Effect.zipRight(
    channel.enter(phase),
    Effect.mapError(channel.receive(decoder), (cause) => new ConnectionFailed({ cause }))
  )

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
