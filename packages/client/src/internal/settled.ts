/** What becomes of each recipient of a message that goes to several servers. */
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import type { Recipient } from "../Envelope.js"
import type { Failure, Outcome, Verdict } from "../Outcome.js"
import type { SmtpError } from "../SmtpError.js"

/** A recipient is in one of the three lists of an outcome. */
export type Settled =
  | { readonly _tag: "Accepted"; readonly verdict: Verdict }
  | { readonly _tag: "Rejected"; readonly verdict: Verdict }
  | { readonly _tag: "Failed"; readonly failure: Failure }

/** The same end for a recipient, whoever it is. */
export const failed = (error: SmtpError) => ({ path }: Recipient): Settled => ({
  _tag: "Failed",
  failure: { recipient: path, error, fate: error.fate }
})

/** The answer to the message as the answer to each recipient. */
export const each = (outcome: Outcome): Outcome => ({
  ...outcome,
  accepted: outcome.accepted.map((verdict) => ({
    ...verdict,
    reply: Option.getOrElse(outcome.reply, () => verdict.reply)
  })),
  reply: Option.none()
})

/** Recipients of one domain are told apart by their local parts, however the domain is written. */
const local = (path: ForwardPath.ForwardPath): string =>
  Option.match(ForwardPath.toMailbox(path), {
    onNone: () => "",
    onSome: (mailbox) => mailbox.local
  })

/**
 * What an outcome says of each recipient, all of one domain, in their order and as they were named. Of a
 * recipient that was named twice, the first is the one who fared better.
 */
export const fromOutcome = (
  recipients: Arr.NonEmptyReadonlyArray<Recipient>,
  outcome: Outcome
): ReadonlyArray<Settled> => {
  const { accepted, failed, rejected } = each(outcome)
  const said = new Map<string, Array<Settled>>()
  const note = (recipient: ForwardPath.ForwardPath, settled: Settled) => {
    const known = said.get(local(recipient))
    if (known === undefined) said.set(local(recipient), [settled])
    else known.push(settled)
  }
  for (const verdict of accepted) note(verdict.recipient, { _tag: "Accepted", verdict })
  for (const verdict of rejected) note(verdict.recipient, { _tag: "Rejected", verdict })
  for (const failure of failed) note(failure.recipient, { _tag: "Failed", failure })
  return Arr.filterMap(
    recipients,
    ({ path }) =>
      Option.map(
        Option.fromNullable(said.get(local(path))?.shift()),
        (settled) => named(settled, path)
      )
  )
}

const named = (settled: Settled, recipient: ForwardPath.ForwardPath): Settled =>
  settled._tag === "Failed"
    ? { ...settled, failure: { ...settled.failure, recipient } }
    : { ...settled, verdict: { ...settled.verdict, recipient } }

/** The outcome of a message of whose recipients each has come to its end. */
export const toOutcome = (all: ReadonlyArray<Settled>): Outcome => ({
  accepted: all.flatMap((settled) => settled._tag === "Accepted" ? [settled.verdict] : []),
  rejected: all.flatMap((settled) => settled._tag === "Rejected" ? [settled.verdict] : []),
  failed: all.flatMap((settled) => settled._tag === "Failed" ? [settled.failure] : []),
  reply: Option.none()
})

/**
 * How much hope a recipient may have in another server, or another time; none where the message has come
 * to it, or may have, or where nobody will ever take it. What a server said of the recipient itself counts
 * for more than that another could not be talked to.
 */
const hope = (settled: Settled): 0 | 1 | 2 | 3 => {
  if (settled._tag === "Accepted") return 0
  if (settled._tag === "Rejected") return Reply.isTransient(settled.verdict.reply) ? 3 : 0
  const { error, fate } = settled.failure
  if (fate === "Unknown" || error.retry === "Never") return 0
  return error.retry === "Later" ? 2 : 1
}

/** Whether another server may be tried: this one does not have the message, and did not say no for good. */
export const isOpen = (settled: Settled): boolean => hope(settled) > 0

/** What counts after another try: its end, unless there was more hope before. */
export const after = (before: Settled, now: Settled): Settled =>
  isOpen(now) && hope(before) > hope(now) ? before : now
