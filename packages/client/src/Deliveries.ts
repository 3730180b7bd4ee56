/**
 * Deliveries: several messages over one session, as many on their way at once as the server bears (see
 * `Window`). One that cannot share the way has it for itself, in its turn.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type { Body } from "./Body.js"
import * as Delivery from "./Delivery.js"
import type { Envelope } from "./Envelope.js"
import * as Fates from "./internal/fates.js"
import { fit } from "./internal/fit.js"
import * as Measuring from "./internal/measuring.js"
import type * as Session from "./internal/session.js"
import type { Transfer } from "./internal/transfer.js"
import * as Transfers from "./internal/transfer.js"
import type { Outcome } from "./Outcome.js"
import type { SmtpError } from "./SmtpError.js"
import * as Window from "./Window.js"

/** A message, where it goes and how. */
export interface Job {
  readonly envelope: Envelope
  readonly body: Body
  readonly options?: Delivery.Options
}

/** What came of a message. */
export type Result = Exit.Exit<Outcome, SmtpError>

/**
 * - `exclusively`: has the session for itself, for a while, under its clock;
 * - `deliver`: one message by itself.
 */
export interface Means {
  readonly exclusively: <A>(
    exchange: (session: Session.Session) => Effect.Effect<A, SmtpError>
  ) => Effect.Effect<A, SmtpError>
  readonly deliver: (job: Job) => Effect.Effect<Outcome, SmtpError>
}

/** A job, and what is known of its message while nobody has been told. */
interface Noted {
  readonly job: Job
  readonly known: Fates.Known
}

/** What becomes of each, in their order. */
export const exchange = (
  means: Means,
  jobs: ReadonlyArray<Job>
): Effect.Effect<ReadonlyArray<Result>> =>
  Effect.suspend(() => {
    const all = jobs.map((job): Noted => ({ job, known: MutableRef.make("NotDelivered") }))
    const results: Array<Result> = []
    const goOn: Effect.Effect<ReadonlyArray<Result>> = Effect.suspend(() =>
      results.length === all.length
        ? Effect.succeed(results)
        : Effect.zipRight(step(means, all.slice(results.length), results), goOn)
    )
    return Effect.onInterrupt(goOn, () =>
      Effect.forEach(all, ({ job: { options }, known: { current } }) =>
        options?.onInterrupt === undefined || current === "Underway"
          ? Effect.void
          : options.onInterrupt(current), { discard: true }))
  })

/** What is sent together, or the next one by itself. */
const step = (
  means: Means,
  rest: ReadonlyArray<Noted>,
  results: Array<Result>
): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (start) => {
    const together: Array<Either.Either<Transfer, SmtpError>> = []
    const sending = means.exclusively((session) =>
      Effect.flatMap(session.channel.peer, ({ tls }) => {
        for (const noted of rest) {
          const next = prepare(session, Option.isSome(tls), noted)
          if (Option.isNone(next)) break
          together.push(next.value)
        }
        return Window.exchange(
          session,
          together.flatMap(Either.match({
            onLeft: () => [],
            onRight: (transfer) => [transfer]
          }))
        )
      })
    )
    const conclude = (resultOf: (transfer: Transfer) => Result) =>
      Effect.suspend(() => {
        const ended = together.map((each, index): Measuring.Ended => ({
          body: rest[index].job.body,
          exit: Either.match(each, { onLeft: Exit.fail, onRight: resultOf })
        }))
        for (const { exit } of ended) results.push(exit)
        return Measuring.deliveries(start, ended)
      })
    const settled = (error: Option.Option<SmtpError>) =>
      conclude((transfer) => Transfers.result(transfer, error))
    const interrupted = conclude(({ exit }) => Option.getOrElse(exit, () => interruption))
    return Effect.matchEffect(Effect.onInterrupt(sending, () => interrupted), {
      onFailure: (error) =>
        together.length > 0
          ? settled(Option.some(error))
          : Effect.sync(() => {
            const unsaid = Fates.ended(error, "Mail")
            rest.forEach(() => results.push(Exit.fail(unsaid)))
          }),
      onSuccess: () => together.length > 0 ? settled(Option.none()) : alone(means, rest[0], results)
    })
  })

const interruption = Exit.interrupt(FiberId.none)

const prepare = (
  session: Session.Session,
  secure: boolean,
  { job: { body, envelope, options = {} }, known }: Noted
): Option.Option<Either.Either<Transfer, SmtpError>> => {
  if (options.total !== undefined || body._tag !== "Bytes") return Option.none()
  return Either.match(Delivery.plan(session, secure, { envelope, body, options }), {
    onLeft: (error) => Option.some(Either.left(error)),
    onRight: ({ parts, plan }) => parts.length > 1 ? Option.none() : fit(session, plan, body, known)
  })
}

/** It tells by itself if it is interrupted. */
const alone = (means: Means, { job, known }: Noted, results: Array<Result>): Effect.Effect<void> =>
  Effect.suspend(() => {
    MutableRef.set(known, "Underway")
    return Effect.onExit(means.deliver(job), (exit) =>
      Effect.sync(() => {
        if (!Exit.isInterrupted(exit)) MutableRef.set(known, Fates.reached(exit))
        results.push(exit)
      }))
  }).pipe(Effect.exit)
