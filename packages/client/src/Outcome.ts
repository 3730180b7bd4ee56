/**
 * Outcome: what a server decided about one message, recipient by recipient.
 *
 * @module
 */
import type { ForwardPath } from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import type * as Option from "effect/Option"

/** A recipient and what the server said of it. */
export interface Verdict {
  readonly recipient: ForwardPath
  readonly reply: Reply.Reply
}

/**
 * - `accepted`: the recipients whose mail the server has taken on itself, in the envelope's order;
 * - `rejected`: those it refused, in the same order;
 * - `reply`: its answer to the message itself, or none when no recipient was left to send it to.
 */
export interface Outcome {
  readonly accepted: ReadonlyArray<Verdict>
  readonly rejected: ReadonlyArray<Verdict>
  readonly reply: Option.Option<Reply.Reply>
}

/** Whether every recipient was accepted. */
export const isComplete = (outcome: Outcome): boolean => outcome.rejected.length === 0

/** The refused recipients that may be accepted at another time. */
export const worthRetrying = (outcome: Outcome): ReadonlyArray<Verdict> =>
  outcome.rejected.filter((verdict) => Reply.isTransient(verdict.reply))
