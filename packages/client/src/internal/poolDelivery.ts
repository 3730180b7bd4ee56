/** Messages over the sessions of a pool. */
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as MutableRef from "effect/MutableRef"
import type { Job, Result } from "../Deliveries.js"
import type { Outcome } from "../Outcome.js"
import type { SmtpError } from "../SmtpError.js"
import type { Keeper, Turn } from "./keeper.js"
import type { Pooled } from "./pooled.js"
import type { Note } from "./telling.js"

/**
 * A session that was used before is of no more use: it has carried what it may, or it is gone, as the
 * server's first answer shows, or that there is none.
 */
const wasOver = (error: SmtpError): boolean =>
  error._tag === "SessionSpent" || error.phase === "Mail" && error.fate === "NotDelivered" && (
      error._tag === "ConnectionFailed" ||
      error._tag === "Refused" && error.reply.code === ReplyCode.serviceUnavailable
    )

/** One message; by another session, if the first turns out to be over. */
export const one = (
  { messages, renew, session }: Turn,
  { body, envelope, options }: Job
): Effect.Effect<Outcome, SmtpError> => {
  const send = ({ client }: Pooled) => {
    MutableRef.set(messages, 1)
    return client.deliver(envelope, body, options)
  }
  return Effect.flatMap(session, (pooled) =>
    pooled.isFresh
      ? send(pooled)
      : Effect.catchIf(send(pooled), wasOver, () => Effect.flatMap(renew, send)))
}

/** What a session may still take of these, and the rest in another turn. */
export const several = (
  keeper: Keeper,
  jobs: ReadonlyArray<Job>,
  note: Note
): Effect.Effect<ReadonlyArray<Result>> => {
  if (jobs.length === 0) return Effect.succeed([])
  return Effect.matchEffect(keeper.use((turn) => share(turn, jobs, note)), {
    onFailure: (error) => Effect.succeed(jobs.map(() => Exit.fail(error))),
    onSuccess: (results) =>
      results.length === jobs.length
        ? Effect.succeed(results)
        : Effect.map(
          several(keeper, jobs.slice(results.length), note),
          (rest) => [...results, ...rest]
        )
  })
}

const share = (
  turn: Turn,
  jobs: ReadonlyArray<Job>,
  note: Note
): Effect.Effect<ReadonlyArray<Result>, SmtpError> =>
  Effect.flatMap(turn.session, (pooled) => send(turn, pooled, jobs.slice(0, pooled.left), note))

/** By another session those for which this one turns out to be over. */
const send = (
  turn: Turn,
  { client, isFresh }: Pooled,
  jobs: ReadonlyArray<Job>,
  note: Note
): Effect.Effect<ReadonlyArray<Result>> => {
  MutableRef.set(turn.messages, jobs.length)
  const sent = Effect.onExit(client.deliverAll(jobs), (exit) =>
    Effect.sync(() => {
      if (Exit.isSuccess(exit)) exit.value.forEach((result, index) => note(jobs[index], result))
    }))
  return Effect.flatMap(sent, (results) => {
    const isLeft = left(results, isFresh)
    const others = jobs.filter((_, index) => isLeft(results[index]))
    if (others.length === 0 || isFresh && others.length === jobs.length) {
      return Effect.succeed(results)
    }
    return Effect.map(
      Effect.matchEffect(turn.renew, {
        onFailure: (error) => Effect.succeed(others.map((): Result => Exit.fail(error))),
        onSuccess: (pooled) => send(turn, pooled, others, note)
      }),
      (more) => {
        const next = more[Symbol.iterator]()
        return results.map((result) => isLeft(result) ? next.next().value ?? result : result)
      }
    )
  })
}

/**
 * What may go by another session. One that could not take even the first message it was opened for is
 * no better than the next; behind a message that it has answered it is one that was used before.
 */
const left = (results: ReadonlyArray<Result>, isFresh: boolean) => {
  const fails = (isThat: (error: SmtpError) => boolean) => (result: Result): boolean =>
    Exit.isFailure(result) && result.cause._tag === "Fail" && isThat(result.cause.error)
  return fails(
    isFresh && fails(wasOver)(results[0]) ? ({ _tag }) => _tag === "SessionSpent" : wasOver
  )
}
