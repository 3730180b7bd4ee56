/**
 * (after S: 354 Go ahead)
 * C: Subject: ...
 * C:
 * C: ..a line that begins with a dot
 * C: .
 * S: 250 2.0.0 Queued as 4FqK1z
 *
 * The message itself: stuffed, ended by a dot, and answered for (RFC 5321 sections 3.3 and 4.5.2).
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import * as MessageData from "@effect-smtp/wire/MessageData"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import type { Body } from "./Body.js"
import * as Dialogue from "./internal/dialogue.js"
import type { ConnectionFailed, SmtpError } from "./SmtpError.js"
import { Refused, Unsendable } from "./SmtpError.js"

/** Octets written under one `Content` timeout. */
const block = 64 * 1024

/**
 * Sends the content and waits for the verdict. A body that cannot be read, or turns out to hold what
 * `eightBit: false` denied, takes the connection down before the final dot. So does a server that
 * answers before it: what it said is the failure, where it said no.
 */
export const exchange = (
  channel: Channel,
  body: Body,
  options: { readonly eightBit: boolean }
): Effect.Effect<Reply.Reply, SmtpError> =>
  Effect.gen(function*() {
    yield* channel.enter("Content")
    yield* Dialogue.silence(channel, "Content")
    const state = yield* body._tag === "Bytes"
      ? sendBytes(channel, MessageData.initial("normalise"), body.bytes)
      : sendStream(channel, body.stream, options)
    yield* channel.enter("Verdict")
    yield* finish(channel, state)
    yield* Dialogue.flush(channel)
  }).pipe(
    Effect.catchTag("ConnectionFailed", (error) => heardInstead(channel, error)),
    Effect.zipRight(Dialogue.hear(channel, "Verdict")),
    Effect.flatMap(Dialogue.insist("Verdict", Reply.isCompletion))
  )

/**
 * A message of no bytes, for a server that said 354 although nobody is there to receive (RFC 2920
 * section 3.1). Nothing depends on its verdict.
 */
export const empty = (channel: Channel): Effect.Effect<Reply.Reply, SmtpError> =>
  Effect.zipRight(
    finish(channel, MessageData.initial("normalise")),
    Dialogue.hear(channel, "Data")
  )

const finish = (channel: Channel, state: MessageData.EncoderState) =>
  Either.match(MessageData.finish(state), {
    onLeft: (cause) => giveUp(channel, cause),
    onRight: (bytes) => Dialogue.say(channel, bytes)
  })

const sendBytes = (
  channel: Channel,
  start: MessageData.EncoderState,
  bytes: Uint8Array
): Effect.Effect<MessageData.EncoderState, SmtpError> =>
  Effect.iterate({ state: start, at: 0 }, {
    while: ({ at }) => at < bytes.length,
    body: ({ at, state }) =>
      Effect.map(
        sendBlock(channel, state, bytes.subarray(at, at + block)),
        (next) => ({ state: next, at: at + block })
      )
  }).pipe(Effect.map(({ state }) => state))

const sendBlock = (
  channel: Channel,
  state: MessageData.EncoderState,
  bytes: Uint8Array
): Effect.Effect<MessageData.EncoderState, SmtpError> => {
  const encoded = MessageData.encode(state, bytes)
  if (Either.isLeft(encoded)) return giveUp(channel, encoded.left)
  return channel.enter("Content").pipe(
    Effect.zipRight(
      Effect.forEach(encoded.right.chunks, (chunk) => Dialogue.say(channel, chunk), {
        discard: true
      })
    ),
    Effect.as(encoded.right.state)
  )
}

const sendStream = (
  channel: Channel,
  stream: Stream.Stream<Uint8Array, unknown>,
  options: { readonly eightBit: boolean }
): Effect.Effect<MessageData.EncoderState, SmtpError> =>
  Effect.gen(function*() {
    const state = yield* Ref.make(MessageData.initial("normalise"))
    const send = (bytes: Uint8Array) =>
      options.eightBit || !MessageData.needs8Bit(bytes)
        ? Ref.get(state).pipe(
          Effect.flatMap((before) => sendBytes(channel, before, bytes)),
          Effect.flatMap((after) => Ref.set(state, after))
        )
        : giveUp(channel, new Error("an 8-bit octet in a message that was said to have none"))
    yield* stream.pipe(
      Stream.catchAll((cause) => Stream.fromEffect(giveUp(channel, cause))),
      Stream.runForEach(send)
    )
    return yield* Ref.get(state)
  })

/** Nothing after this may be sent: what the server has must stay an unfinished message. */
const giveUp = (channel: Channel, cause: unknown): Effect.Effect<never, Unsendable> =>
  Effect.zipRight(
    channel.abandon,
    Effect.fail(new Unsendable({ phase: "Content", cause }))
  )

/** A server that has had enough may say so, and close, while the client is still writing. */
const heardInstead = (
  channel: Channel,
  error: ConnectionFailed
): Effect.Effect<never, SmtpError> =>
  Effect.matchEffect(Dialogue.hear(channel, error.phase), {
    onFailure: (heard) => Effect.fail(heard._tag === "Refused" ? heard : error),
    onSuccess: (reply) =>
      Effect.zipRight(
        channel.abandon,
        Effect.fail(
          Reply.isCompletion(reply) ? error : new Refused({ phase: error.phase, reply })
        )
      )
  })
