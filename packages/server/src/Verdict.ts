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
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as Reply from "@effect-smtp/wire/Reply"
import type * as Arr from "effect/Array"
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

/** The code of a reply that accepts; 253 is one of ETRN's (RFC 1985 section 5). */
export type AcceptCode = 250 | 251 | 252 | 253

/**
 * The code of a reply that refuses: for now (4xx), or for good (5xx). 454, 530 and 535 are those of
 * RFC 4954, 458 and 459 of ETRN (RFC 1985 section 5).
 */
export type RejectCode =
  | 421
  | 450
  | 451
  | 452
  | 454
  | 455
  | 458
  | 459
  | 530
  | 535
  | 550
  | 551
  | 552
  | 553
  | 554
  | 555

/**
 * Subject and detail of the enhanced status (RFC 3463); its class follows from the code. The text may
 * have several lines.
 */
export interface Reason {
  readonly subject: number
  readonly detail: number
  readonly text: string | Arr.NonEmptyReadonlyArray<string>
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

/**
 * One verdict for each recipient of a message, in the order of the envelope; a recipient without one
 * gets {@link localError}.
 */
export interface Each {
  readonly _tag: "Each"
  readonly verdicts: ReadonlyArray<Verdict>
}

/**
 * What is decided about a message: the same for all of its recipients, or something for each. A client
 * that can be told one thing only (see `Envelope.verdicts`) is told what {@link foremost} makes of it.
 */
export type MessageVerdict = Verdict | Each

/** A verdict for each recipient of the envelope, in its order. */
export const each = (verdicts: ReadonlyArray<Verdict>): MessageVerdict => ({
  _tag: "Each",
  verdicts
})

const isPermanent = ({ reply }: Verdict): boolean => Reply.isPermanent(reply)

/**
 * The one that speaks for all: the first that refuses for now, else the first that refuses for good, else
 * the first. So nothing is lost where only some accept; but a client that tries again delivers to those
 * once more.
 */
export const foremost = (verdicts: Arr.NonEmptyReadonlyArray<Verdict>): Verdict => {
  const refusals = verdicts.filter(is("Reject"))
  return refusals.find((verdict) => !isPermanent(verdict)) ?? refusals[0] ?? verdicts[0]
}

/** 250 2.0.0: fine. */
export const ok: Verdict = accept(250, { subject: 0, detail: 0, text: "OK" })

/** 250 2.1.0: the sender is fine. */
export const senderOk: Verdict = accept(250, { subject: 1, detail: 0, text: "Sender OK" })

/** 250 2.1.5: the recipient is fine. */
export const recipientOk: Verdict = accept(250, { subject: 1, detail: 5, text: "Recipient OK" })

/** 250 2.0.0: the message is stored, under this name. */
export const queued = (id: string): Verdict =>
  accept(250, { subject: 0, detail: 0, text: `Queued as ${id}` })

/** 250 2.1.5: VRFY's one mailbox, or EXPN's members, as in `Ann Jones <ann@mx.example>`. */
export const mailboxes = (texts: Arr.NonEmptyReadonlyArray<string>): Verdict =>
  accept(250, { subject: 1, detail: 5, text: texts })

/** 252 2.5.2: VRFY gets no real answer. */
export const cannotVerify: Verdict = accept(252, {
  subject: 5,
  detail: 2,
  text: "Cannot verify the user, but will try to deliver"
})

/** 421 4.3.2: not now, and the session ends. */
export const unavailable: Verdict = reject(421, {
  subject: 3,
  detail: 2,
  text: "Service not available"
})

/** 421 4.7.0: the client asks for too much, and the session ends. */
export const rateExceeded: Verdict = reject(421, {
  subject: 7,
  detail: 0,
  text: "Too much at once, try again later"
})

/** 450 4.7.1: the client shall come again later, as those do that mean it (greylisting, RFC 6647). */
export const greylisted: Verdict = reject(450, {
  subject: 7,
  detail: 1,
  text: "Greylisted, try again later"
})

/** 450 4.2.1: the mailbox takes nothing now. */
export const mailboxBusy: Verdict = reject(450, {
  subject: 2,
  detail: 1,
  text: "Mailbox not available now"
})

/** 451 4.3.0: something is wrong on this side; the client should try again. */
export const localError: Verdict = reject(451, {
  subject: 3,
  detail: 0,
  text: "Local error in processing"
})

/** 452 4.2.2: the mailbox is full, and may have room again. */
export const mailboxFull: Verdict = reject(452, { subject: 2, detail: 2, text: "Mailbox full" })

/** 452 4.3.1: there is no room for the message now. */
export const insufficientStorage: Verdict = reject(452, {
  subject: 3,
  detail: 1,
  text: "Insufficient system storage"
})

/** 452 4.5.3: this recipient wants a transaction of its own. */
export const tooManyRecipients: Verdict = reject(452, {
  subject: 5,
  detail: 3,
  text: "Too many recipients"
})

/** 530 5.7.0: who wants this has to log in. */
export const authRequired: Verdict = reject(530, {
  subject: 7,
  detail: 0,
  text: "Authentication required"
})

/** 535 5.7.8: as after a wrong password. */
export const badCredentials: Verdict = reject(535, {
  subject: 7,
  detail: 8,
  text: "Authentication credentials invalid"
})

/** 550 5.1.1: there is no such mailbox. */
export const noSuchMailbox: Verdict = reject(550, {
  subject: 1,
  detail: 1,
  text: "No such mailbox"
})

/** 550 5.1.8: mail cannot be answered to that sender. */
export const badSenderDomain: Verdict = reject(550, {
  subject: 1,
  detail: 8,
  text: "Sender's domain does not take mail"
})

/** 550 5.2.1: the mailbox is there, and takes nothing. */
export const mailboxDisabled: Verdict = reject(550, {
  subject: 2,
  detail: 1,
  text: "Mailbox disabled"
})

/** 550 5.7.1: this server does not carry mail there. */
export const relayDenied: Verdict = reject(550, {
  subject: 7,
  detail: 1,
  text: "Relaying is not allowed"
})

/** 551 5.1.6: the mailbox is elsewhere now; a client may try there (RFC 5321 section 3.4). */
export const movedTo = (mailbox: Mailbox.Mailbox): Verdict =>
  reject(551, {
    subject: 1,
    detail: 6,
    text: `User not local; please try <${Mailbox.print(mailbox)}>`
  })

/** 552 5.3.4: the message is longer than this server takes. */
export const tooLarge: Verdict = reject(552, {
  subject: 3,
  detail: 4,
  text: "Message size exceeds the fixed limit"
})

/** 553 5.7.1: whoever is logged in may not send in that name. */
export const notYourAddress: Verdict = reject(553, {
  subject: 7,
  detail: 1,
  text: "Sender address is not yours"
})

/** 554 5.7.1: a rule of this server's, in its own words; about the client, the sender or the message. */
export const denied = (text: string): Verdict => reject(554, { subject: 7, detail: 1, text })
