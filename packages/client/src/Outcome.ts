/**
 * Outcome: what became of one message, recipient by recipient.
 *
 * @module
 */
import type { ForwardPath } from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as QueueId from "./QueueId.js"
import type { Fate, SmtpError } from "./SmtpError.js"

/** A recipient and what the server said of it. */
export interface Verdict {
  readonly recipient: ForwardPath
  readonly reply: Reply.Reply
}

/** A recipient of whom the server did not decide by itself: what came between, and what became of it. */
export interface Failure {
  readonly recipient: ForwardPath
  readonly error: SmtpError
  readonly fate: Fate
}

/**
 * Every recipient of the envelope is in one of the first three, which keep its order:
 *
 * - `accepted`: those whose mail the server has taken on itself;
 * - `rejected`: those it refused;
 * - `failed`: those left out for another reason: the part of a long envelope they are in failed after
 *   another part had been settled (see `Delivery`); somebody else was refused where the caller wants
 *   all or none; or the connection was lost between the answers that LMTP has for each;
 * - `reply`: its one answer to the message itself. None where it was sent to nobody, and where there
 *   was more than one: then the `reply` of each accepted recipient is the answer that counts for it.
 */
export interface Outcome {
  readonly accepted: ReadonlyArray<Verdict>
  readonly rejected: ReadonlyArray<Verdict>
  readonly failed: ReadonlyArray<Failure>
  readonly reply: Option.Option<Reply.Reply>
}

/** Whether every recipient was accepted. */
export const isComplete = (outcome: Outcome): boolean =>
  outcome.rejected.length === 0 && outcome.failed.length === 0

/** The recipients who do not have the message and may get it at another time: they can be tried again. */
export const worthRetrying = (outcome: Outcome): ReadonlyArray<ForwardPath> =>
  [
    ...outcome.rejected.filter(({ reply }) => Reply.isTransient(reply)),
    ...outcome.failed.filter(({ error, fate }) =>
      fate === "NotDelivered" && error.retry === "Later"
    )
  ].map(({ recipient }) => recipient)

/** The names that the server has given to the message, one for each time it took it (see `QueueId`). */
export const queueIds = (outcome: Outcome): ReadonlyArray<string> =>
  Arr.dedupe(Arr.filterMap(
    Option.match(outcome.reply, {
      onNone: () => outcome.accepted.map(({ reply }) => reply),
      onSome: Arr.of
    }),
    QueueId.fromReply
  ))
