/** What becomes of a message whose delivery is interrupted. */
import type { Channel } from "@effect-smtp/protocol/Channel"
import { during } from "@effect-smtp/protocol/ChannelError"
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type { Outcome } from "../Outcome.js"
import type { Fate, SmtpError } from "../SmtpError.js"
import { ConnectionFailed } from "../SmtpError.js"

/** The fate of a message, as known so far; of one that is `Underway` the phase of its session tells. */
export type Known = MutableRef.MutableRef<Fate | "Underway">

/**
 * Tells what is known if the delivery is interrupted, be it while it waits for its turn. What runs below
 * has been told to stop by then, but may not have come to its own end, so it cannot be asked. Where the
 * conversation ends from outside, its phase says less than is known of the message.
 */
export const tell = <A>(
  channel: Channel,
  onInterrupt: (fate: Fate) => Effect.Effect<void>,
  deliver: (known: Known) => Effect.Effect<A, SmtpError>
): Effect.Effect<A, SmtpError> =>
  Effect.suspend(() => {
    const known: Known = MutableRef.make<Fate | "Underway">("NotDelivered")
    const now = Effect.map(channel.phase, (phase): Fate =>
      known.current !== "Underway"
        ? known.current
        : phase === "Verdict"
        ? "Unknown"
        : "NotDelivered")
    return deliver(known).pipe(
      Effect.mapError((error) => agreed(known, error)),
      Effect.onInterrupt(() => Effect.flatMap(now, onInterrupt))
    )
  })

const agreed = ({ current }: Known, error: SmtpError): SmtpError =>
  current === "Underway" || current === error.fate
    ? error
    : ended(error, current === "Unknown" ? "Verdict" : "Mail")

/** The same end of a session, as it looks for a message that was in that phase. */
export const ended = (error: SmtpError, phase: Phase): SmtpError =>
  error._tag === "ConnectionFailed"
    ? new ConnectionFailed({ cause: during(error.cause, phase) })
    : error

/** Notes that a transaction is underway, and where it has left the message. */
export const note = (
  known: Known,
  transaction: Effect.Effect<Outcome, SmtpError>
): Effect.Effect<Outcome, SmtpError> =>
  Effect.suspend(() => {
    if (known.current === "Unknown") return transaction
    MutableRef.set(known, "Underway")
    return Effect.onExit(transaction, (exit) =>
      Effect.sync(() => {
        if (!Exit.isInterrupted(exit)) MutableRef.set(known, reached(exit))
      }))
  })

/** Whether the message has come to anybody, or may have. */
export const reached: (exit: Exit.Exit<Outcome, SmtpError>) => Fate = Exit.match({
  onFailure: (cause) =>
    Option.match(Cause.failureOption(cause), {
      onNone: () => "Unknown",
      onSome: ({ fate }) => fate
    }),
  onSuccess: ({ accepted, failed }) =>
    accepted.length === 0 && failed.every(({ fate }) => fate === "NotDelivered")
      ? "NotDelivered"
      : "Unknown"
})
