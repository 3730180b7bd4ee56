/**
 * (after S: 354 Go ahead)
 * C: Subject: ...
 * C:
 * C: ..a line that begins with a dot
 * C: .
 *
 * The message itself: stuffed, and ended by a dot (RFC 5321 sections 3.3 and 4.5.2). The answer to it
 * is `Verdicts`.
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import * as MessageData from "@effect-smtp/wire/MessageData"
import type * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import type * as Body from "./Body.js"
import * as Dialogue from "./internal/dialogue.js"
import type { SmtpError } from "./SmtpError.js"
import { Unsendable } from "./SmtpError.js"

/** Octets written under one `Content` timeout. */
const block = 64 * 1024

/**
 * Sends the content. A body that cannot be read, or turns out to hold what `eightBit: false` denied,
 * takes the connection down before the final dot. So does a server that answers before it: what it
 * said is the failure, where it said no.
 */
export const send = (
  channel: Channel,
  body: Body.Body,
  options: { readonly eightBit: boolean }
): Effect.Effect<void, SmtpError> =>
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
    Effect.catchTag("ConnectionFailed", (error) => Dialogue.hearInstead(channel, error))
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

/** All of a body that is in memory, up to and with the final dot. */
export const whole = (
  body: Body.InMemory,
  form: Body.Facts["form"]
): Either.Either<ReadonlyArray<Uint8Array>, Unsendable> => {
  if (form === "AsIs") return Either.right([body.bytes, dotLine])
  return Dialogue.sendable(
    "Content",
    Either.flatMap(
      MessageData.encode(MessageData.initial("normalise"), body.bytes),
      ({ chunks, state }) => Either.map(MessageData.finish(state), (end) => [...chunks, end])
    )
  )
}

const dotLine = Either.getOrThrow(MessageData.finish(MessageData.initial("normalise")))

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
