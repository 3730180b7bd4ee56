/**
 * C: BDAT 131072
 * C: (131072 octets)
 * S: 250 2.0.0 131072 octets received
 * C: BDAT 1234 LAST
 * C: (1234 octets)
 *
 * The message itself in counted chunks (RFC 3030): no dot is doubled, and where the body is binary, no
 * octet changed. The answer to the last chunk is `Verdicts`.
 *
 * Under PIPELINING a few chunks may wait for their replies at a time. The last never leaves before
 * all others have been answered well, so that a message that lacks a part is never complete.
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import { Command } from "@effect-smtp/wire/Command"
import * as MessageData from "@effect-smtp/wire/MessageData"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as Body from "./Body.js"
import * as Dialogue from "./internal/dialogue.js"
import * as Reset from "./Reset.js"
import type { SmtpError } from "./SmtpError.js"
import { Refused, Unsendable } from "./SmtpError.js"

/** Octets of the caller's body in one chunk; on the wire bare line ends make it a little longer. */
export const size = 128 * 1024

/** Chunks that may be on their way at a time, under PIPELINING. */
const window = 4

/** What of a body goes in one chunk. */
interface Piece {
  readonly chunks: ReadonlyArray<Uint8Array>
  readonly octets: number
}

const octetsOf = (chunks: ReadonlyArray<Uint8Array>): number =>
  chunks.reduce((octets, { length }) => octets + length, 0)

/** Where the body stands in its lines; none where it has no lines. */
type Place = Option.Option<MessageData.EncoderState>

const start = ({ binary }: Body.Body): Place =>
  binary ? Option.none() : Option.some(MessageData.initial("normalise", "counted"))

const encode = (
  place: Place,
  bytes: Uint8Array
): Either.Either<readonly [ReadonlyArray<Uint8Array>, Place], MessageData.BareLineEnd> =>
  Option.match(place, {
    onNone: () => Either.right([[bytes], place]),
    onSome: (state) =>
      Either.map(MessageData.encode(state, bytes), (next) => [
        next.chunks,
        Option.some(next.state)
      ])
  })

const finish = (
  place: Place
): Either.Either<ReadonlyArray<Uint8Array>, MessageData.BareLineEnd> =>
  Option.match(place, {
    onNone: () => Either.right([]),
    // No block is empty: with the last one to leave, all of the message has left.
    onSome: (state) =>
      Either.map(MessageData.finish(state), (bytes) => bytes.length === 0 ? [] : [bytes])
  })

/** All of a body that is in memory, as the one chunk that is also the last. */
export const whole = (
  body: Body.InMemory,
  form: Body.Facts["form"]
): Either.Either<ReadonlyArray<Uint8Array>, Unsendable> => {
  if (form !== "Mended") return encoded({ chunks: [body.bytes], octets: body.bytes.length }, true)
  return Either.flatMap(
    Dialogue.sendable("Content", encode(start(body), body.bytes)),
    ([chunks, place]) =>
      Either.flatMap(Dialogue.sendable("Content", finish(place)), (rest) => {
        const all = [...chunks, ...rest]
        return encoded({ chunks: all, octets: octetsOf(all) }, true)
      })
  )
}

/** The bytes of a chunk: its command, and what it announces. */
const encoded = (
  piece: Piece,
  last: boolean
): Either.Either<ReadonlyArray<Uint8Array>, Unsendable> =>
  Either.map(
    Dialogue.prepare("Content", Command.Bdat({ size: piece.octets, last })),
    (command) => [command, ...piece.chunks]
  )

/**
 * Sends the content. A body that cannot be read, or turns out to hold what `eightBit: false` denied,
 * and a chunk that is refused, end in RSET (section 2): nothing is delivered, and the connection can
 * be used.
 */
export const send = (
  channel: Channel,
  body: Body.Body,
  options: { readonly eightBit: boolean; readonly pipelining: boolean }
): Effect.Effect<void, SmtpError> =>
  Effect.gen(function*() {
    const unanswered = MutableRef.make(0)
    const place = MutableRef.make(start(body))
    const gathered: Array<Uint8Array> = []
    const octets = MutableRef.make(0)

    const say = (piece: Piece, last: boolean) =>
      Effect.gen(function*() {
        yield* channel.enter(last ? "Verdict" : "Content")
        if (unanswered.current === 0) yield* Dialogue.silence(channel, "Content")
        const parts = yield* encoded(piece, last)
        yield* Effect.forEach(parts, (part) => Dialogue.say(channel, part), { discard: true })
      })

    /** Hears replies until so many chunks at most are unanswered. */
    const hear = (left: number): Effect.Effect<void, SmtpError> =>
      Effect.gen(function*() {
        while (unanswered.current > left) {
          const reply = yield* Dialogue.hear(channel, "Content")
          MutableRef.decrement(unanswered)
          if (!Reply.isCompletion(reply)) {
            return yield* retreat(new Refused({ phase: "Content", reply }))
          }
        }
      })

    const retreat = (error: SmtpError): Effect.Effect<never, SmtpError> =>
      Effect.replicateEffect(Dialogue.hear(channel, "Content"), unanswered.current).pipe(
        Effect.zipRight(Reset.exchange(channel)),
        Effect.catchAll(() => channel.abandon),
        Effect.zipRight(Effect.fail(error))
      )

    const giveUp = (cause: unknown) => retreat(new Unsendable({ phase: "Content", cause }))

    const gather = (chunks: ReadonlyArray<Uint8Array>): void => {
      for (const chunk of chunks) gathered.push(chunk)
      MutableRef.update(octets, (before) => before + octetsOf(chunks))
    }

    const piece = (): Piece => ({
      chunks: gathered.splice(0),
      octets: MutableRef.getAndSet(octets, 0)
    })

    const sayEnough: Effect.Effect<void, SmtpError> = Effect.suspend(() =>
      octets.current < size ? Effect.void : Effect.gen(function*() {
        yield* say(piece(), false)
        MutableRef.increment(unanswered)
        yield* hear(options.pipelining ? window - 1 : 0)
      })
    )

    const take = (bytes: Uint8Array): Effect.Effect<void, SmtpError> =>
      Effect.suspend(() => {
        if (!options.eightBit && body._tag === "Streamed" && MessageData.needs8Bit(bytes)) {
          return giveUp(new Error("an 8-bit octet in a message that was said to have none"))
        }
        const step = encode(place.current, bytes)
        if (Either.isLeft(step)) return giveUp(step.left)
        const [chunks, next] = step.right
        place.current = next
        gather(chunks)
        return sayEnough
      })

    /** A long block goes in as many chunks as it needs. */
    const takeAll = (bytes: Uint8Array): Effect.Effect<void, SmtpError> =>
      Effect.iterate(0, {
        while: (at) => at < bytes.length,
        body: (at) => Effect.as(take(bytes.subarray(at, at + size)), at + size)
      })

    yield* body._tag === "Bytes" ? takeAll(body.bytes) : body.stream.pipe(
      Stream.catchAll((cause) => Stream.fromEffect(giveUp(cause))),
      Stream.runForEach(takeAll)
    )
    const end = finish(place.current)
    if (Either.isLeft(end)) return yield* giveUp(end.left)
    yield* hear(0)
    gather(end.right)
    yield* say(piece(), true)
    yield* Dialogue.flush(channel)
  }).pipe(
    Effect.catchTag("ConnectionFailed", (error) => Dialogue.hearInstead(channel, error))
  )
