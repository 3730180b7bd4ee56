/**
 * Verdict: what a handler decides, as the reply the client will get. Each carries an enhanced status
 * code (RFC 3463), so that programs on the other side know why.
 *
 * A 2xx verdict goes on. A 4xx or 5xx verdict refuses what was asked, and only that. 421 also ends the
 * session.
 *
 * @module
 */
import type { EnhancedStatus } from "@effect-smtp/wire/EnhancedStatus"
import * as EnhancedStatuses from "@effect-smtp/wire/EnhancedStatus"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Data from "effect/Data"

/** A decision: go on, or not. The class of the reply agrees with the tag. */
export type Verdict = Data.TaggedEnum<{
  Accept: { readonly reply: Reply.Reply }
  Reject: { readonly reply: Reply.Reply }
}>

const { Accept, Reject, $is, $match } = Data.taggedEnum<Verdict>()

/** Tells the two apart. */
export const is = $is

/** Treats the two apart. */
export const match = $match

/** The code of a reply that accepts. */
export type AcceptCode = 250 | 251 | 252

/** The code of a reply that refuses: for now (4xx), or for good (5xx). */
export type RejectCode = 421 | 450 | 451 | 452 | 455 | 550 | 551 | 552 | 553 | 554 | 555

/** Subject and detail of the enhanced status; its class follows from the code. */
export interface Reason {
  readonly subject: number
  readonly detail: number
  readonly text: string
}

const firstDigit = (code: AcceptCode | RejectCode): EnhancedStatus["class"] =>
  code >= 500 ? 5 : code >= 400 ? 4 : 2

const reply = (code: AcceptCode | RejectCode, { detail, subject, text }: Reason): Reply.Reply =>
  Reply.make({ code, enhanced: EnhancedStatuses.make(firstDigit(code), subject, detail), text })

/** Accepts with this reply. */
export const accept = (code: AcceptCode, reason: Reason): Verdict =>
  Accept({ reply: reply(code, reason) })

/** Refuses with this reply. */
export const reject = (code: RejectCode, reason: Reason): Verdict =>
  Reject({ reply: reply(code, reason) })

/** 250 2.0.0: fine. */
export const ok: Verdict = accept(250, { subject: 0, detail: 0, text: "OK" })

/** 250 2.1.0: the sender is fine. */
export const senderOk: Verdict = accept(250, { subject: 1, detail: 0, text: "Sender OK" })

/** 250 2.1.5: the recipient is fine. */
export const recipientOk: Verdict = accept(250, { subject: 1, detail: 5, text: "Recipient OK" })

/** 250 2.0.0: the message is stored, under this name. */
export const queued = (id: string): Verdict =>
  accept(250, { subject: 0, detail: 0, text: `Queued as ${id}` })

/** 252 2.5.2: VRFY gets no real answer. */
export const cannotVerify: Verdict = accept(252, {
  subject: 5,
  detail: 2,
  text: "Cannot verify the user, but will try to deliver"
})

/** 550 5.1.1: there is no such mailbox. */
export const noSuchMailbox: Verdict = reject(550, {
  subject: 1,
  detail: 1,
  text: "No such mailbox"
})

/** 550 5.7.1: this server does not carry mail there. */
export const relayDenied: Verdict = reject(550, {
  subject: 7,
  detail: 1,
  text: "Relaying is not allowed"
})

/** 451 4.3.0: something is wrong on this side; the client should try again. */
export const localError: Verdict = reject(451, {
  subject: 3,
  detail: 0,
  text: "Local error in processing"
})

/** 452 4.3.1: there is no room for the message now. */
export const insufficientStorage: Verdict = reject(452, {
  subject: 3,
  detail: 1,
  text: "Insufficient system storage"
})
