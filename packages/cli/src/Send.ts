/**
 * Send: the client behind `smtp send`, as a function of a record: one message in one session.
 *
 * @module
 */
import type { Body } from "@effect-smtp/client/Body"
import * as Bodies from "@effect-smtp/client/Body"
import type { Destination } from "@effect-smtp/client/Destination"
import type { Envelope } from "@effect-smtp/client/Envelope"
import type { Outcome } from "@effect-smtp/client/Outcome"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import type { Fate, SmtpError } from "@effect-smtp/client/SmtpError"
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Tap from "@effect-smtp/flow/Tap"
import * as Transcript from "@effect-smtp/flow/Transcript"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { OutOfTime } from "./CliError.js"

/**
 * - `timeout`: for all of it, from dialing to the last reply; by default only the phases of the session
 *   have their own (RFC 5321 section 4.5.3.2);
 * - `transcript`: takes each line of the conversation, secrets hidden.
 */
export interface Config extends Destination {
  readonly envelope: Envelope
  readonly body: Body
  readonly timeout: Option.Option<Duration.DurationInput>
  readonly transcript: Option.Option<(line: string) => Effect.Effect<void>>
}

/**
 * Delivers the message. When time runs out, what the server has answered to the message by then
 * counts, and QUIT is not waited for.
 */
export const run = (
  config: Config
): Effect.Effect<Outcome, SmtpError | OutOfTime, Dialer.Dialer> =>
  Effect.gen(function*() {
    const fate = yield* Ref.make<Fate>("NotDelivered")
    const result = yield* Ref.make(Option.none<Outcome>())
    const session = Effect.gen(function*() {
      const client = yield* SmtpClient.connect(config.endpoint, config.session)
      const outcome = yield* client.deliver(
        config.envelope,
        whenRead(config.body, Ref.set(fate, "Unknown"))
      )
      yield* Ref.set(result, Option.some(outcome))
      return outcome
    }).pipe(Effect.scoped, Effect.updateService(Dialer.Dialer, tapped(config.transcript)))

    if (Option.isNone(config.timeout)) return yield* session
    const after = Duration.decode(config.timeout.value)
    yield* session.pipe(Effect.disconnect, Effect.timeoutOption(after))
    const outcome = yield* Ref.get(result)
    return Option.isSome(outcome)
      ? outcome.value
      : yield* new OutOfTime({ after, fate: yield* Ref.get(fate) })
  })

/** The same body; `then` runs once all of it has been read, before the final dot is written. */
const whenRead = (body: Body, then: Effect.Effect<void>): Body => {
  const { binary, eightBit, size } = Bodies.facts(body)
  const stream: Stream.Stream<Uint8Array, unknown> = body._tag === "Bytes"
    ? Stream.make(body.bytes)
    : body.stream
  return Bodies.fromStream(Stream.concat(stream, Stream.execute(then)), {
    binary,
    eightBit,
    ...(Option.isNone(size) ? {} : { size: size.value })
  })
}

const tapped = (transcript: Config["transcript"]) => (dialer: Dialer.Shape): Dialer.Shape =>
  Option.match(transcript, {
    onNone: () => dialer,
    onSome: (take) =>
      Tap.dialer(
        dialer,
        () => Transcript.sink({ side: "client", emit: (entry) => take(Transcript.print(entry)) })
      )
  })
