/**
 * Send: the client behind `smtp send`, as functions of a record: one message in one session, or straight
 * to the servers of its recipients.
 *
 * @module
 */
import type { Body } from "@effect-smtp/client/Body"
import type { Destination } from "@effect-smtp/client/Destination"
import * as DirectDelivery from "@effect-smtp/client/DirectDelivery"
import type { Envelope } from "@effect-smtp/client/Envelope"
import type { Outcome } from "@effect-smtp/client/Outcome"
import type { Resolver } from "@effect-smtp/client/Resolver"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import type { Fate, SmtpError } from "@effect-smtp/client/SmtpError"
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Tap from "@effect-smtp/flow/Tap"
import * as Transcript from "@effect-smtp/flow/Transcript"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { OutOfTime } from "./CliError.js"

/**
 * - `timeout`: for all of it, from dialing to the last reply; by default only the phases of the session
 *   have their own (RFC 5321 section 4.5.3.2);
 * - `transcript`: takes each line of the conversation, secrets hidden.
 */
export interface Job {
  readonly envelope: Envelope
  readonly body: Body
  readonly timeout: Option.Option<Duration.DurationInput>
  readonly transcript: Option.Option<(line: string) => Effect.Effect<void>>
}

/** The same, with the server that takes all of it. */
export interface Config extends Destination, Job {}

/**
 * Delivers the message to the servers of its recipients. When time runs out, that is what has become of
 * those who were not decided about; looking up counts, too. Where there is a transcript, the servers
 * are talked to one after the other, so that it can be read.
 */
export const direct = (
  { body, envelope, timeout, transcript }: Job,
  options: DirectDelivery.Options
): Effect.Effect<Outcome, SmtpError, Dialer.Dialer | Resolver> =>
  DirectDelivery.make(Option.isNone(transcript) ? options : { ...options, concurrency: 1 }).pipe(
    Effect.flatMap(({ deliver }) =>
      deliver(
        envelope,
        body,
        Option.match(timeout, { onNone: () => ({}), onSome: (total) => ({ total }) })
      )
    ),
    Effect.updateService(Dialer.Dialer, tapped(transcript))
  )

/**
 * Delivers the message. When time runs out, what the server has answered to the message by then
 * counts, and QUIT is not waited for.
 */
export const run = (
  config: Config
): Effect.Effect<Outcome, SmtpError | OutOfTime, Dialer.Dialer> =>
  Option.match(config.timeout, {
    onNone: () => session(config, (client) => client.deliver(config.envelope, config.body)),
    onSome: (timeout) => inTime(config, Duration.decode(timeout))
  })

const session = <A, E>(
  { endpoint, session, transcript }: Config,
  use: (client: SmtpClient.Shape) => Effect.Effect<A, E>
): Effect.Effect<A, E | SmtpError, Dialer.Dialer> =>
  Effect.flatMap(SmtpClient.connect(endpoint, session), use).pipe(
    Effect.scoped,
    Effect.updateService(Dialer.Dialer, tapped(transcript))
  )

const inTime = (
  config: Config,
  after: Duration.Duration
): Effect.Effect<Outcome, SmtpError | OutOfTime, Dialer.Dialer> =>
  Effect.gen(function*() {
    const late = (fate: Fate) => new OutOfTime({ after, fate })
    const end = yield* Deferred.make<Outcome, SmtpError | OutOfTime>()
    const underway = yield* Ref.make(false)
    const delivery = ({ deliver }: SmtpClient.Shape) =>
      Ref.set(underway, true).pipe(
        Effect.zipRight(deliver(config.envelope, config.body, {
          onInterrupt: (fate) => Effect.asVoid(Deferred.fail(end, late(fate)))
        })),
        Effect.onExit((exit) =>
          Exit.isInterrupted(exit)
            ? Deferred.fail(end, late("NotDelivered"))
            : Deferred.done(end, exit)
        )
      )
    const whole = yield* session(config, delivery).pipe(
      Effect.disconnect,
      Effect.timeoutOption(after)
    )
    if (Option.isSome(whole)) return whole.value
    return yield* (yield* Ref.get(underway)) ? Deferred.await(end) : late("NotDelivered")
  })

const tapped = (transcript: Config["transcript"]) => (dialer: Dialer.Shape): Dialer.Shape =>
  Option.match(transcript, {
    onNone: () => dialer,
    onSome: (take) =>
      Tap.dialer(
        dialer,
        () => Transcript.sink({ side: "client", emit: (entry) => take(Transcript.print(entry)) })
      )
  })
