/** One message on its way through a window: what has left, what was heard, and what that comes to. */
import * as ChannelErrors from "@effect-smtp/protocol/ChannelError"
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Reply from "@effect-smtp/wire/Reply"
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import * as Exit from "effect/Exit"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type { Outcome, Verdict } from "../Outcome.js"
import type { SmtpError } from "../SmtpError.js"
import { ConnectionFailed, Refused } from "../SmtpError.js"
import * as Fates from "./fates.js"
import type * as Needs from "./needs.js"

/**
 * - `blocks`: the message as it goes over the wire, up to and with its end;
 * - `progress`: whether the server may have seen its first command, or all of it;
 * - `behind`: whether it was said before the answer to the message in front of it was heard;
 * - `exit`: what became of it, once that is known.
 */
export interface Transfer {
  readonly plan: Needs.Plan
  readonly blocks: ReadonlyArray<Uint8Array>
  readonly known: Fates.Known
  progress: "Waiting" | "Begun" | "Left"
  behind: boolean
  mail: Option.Option<Reply.Reply>
  accepted: Array<Verdict>
  rejected: Array<Verdict>
  exit: Option.Option<Exit.Exit<Outcome, SmtpError>>
}

/** A message of which nothing has been said. */
export const make = (
  { blocks, known, plan }: Pick<Transfer, "plan" | "blocks" | "known">
): Transfer => ({
  plan,
  blocks,
  known,
  progress: "Waiting",
  behind: false,
  mail: Option.none(),
  accepted: [],
  rejected: [],
  exit: Option.none()
})

/** Octets that go over the wire. */
export const octets = ({ blocks }: Transfer): number =>
  blocks.reduce((octets, { length }) => octets + length, 0)

/** Nothing that was said of it counts any more. */
export const restart = (transfer: Transfer): void => {
  Object.assign(transfer, make(transfer))
  MutableRef.set(transfer.known, "NotDelivered")
}

/** Notes that its first command leaves. */
export const begin = (transfer: Transfer): void => {
  transfer.progress = "Begun"
}

/** Notes that the last of it leaves: from now on the server may have taken it. */
export const leave = (transfer: Transfer): void => {
  transfer.progress = "Left"
  MutableRef.set(transfer.known, isRefused(transfer) ? "NotDelivered" : "Unknown")
}

/** Whether all of its envelope was answered. */
export const isAnswered = ({ accepted, plan, rejected }: Transfer): boolean =>
  accepted.length + rejected.length === plan.recipients.length

const isRefused = (transfer: Transfer): boolean =>
  Option.exists(transfer.mail, (reply) => !Reply.isCompletion(reply)) ||
  isAnswered(transfer) && transfer.accepted.length === 0

/** Whether MAIL, and RCPT for somebody, were answered well. */
export const isWanted = ({ accepted, mail }: Transfer): boolean =>
  Option.exists(mail, Reply.isCompletion) && accepted.length > 0

/** Notes the answer to MAIL. */
export const setMail = (transfer: Transfer, reply: Reply.Reply): void => {
  transfer.mail = Option.some(reply)
  if (!Reply.isCompletion(reply)) learn(transfer)
}

/** A message that has left goes nowhere, as it turns out. */
const learn = (transfer: Transfer): void => {
  if (isRefused(transfer)) MutableRef.set(transfer.known, "NotDelivered")
}

/** Notes the answer to RCPT for the next recipient. */
export const addRecipient = (transfer: Transfer, reply: Reply.Reply): void => {
  const { accepted, plan, rejected } = transfer
  const { recipient } = plan.recipients[accepted.length + rejected.length]
  const isAccepted = Reply.isCompletion(reply)
  const verdicts = isAccepted ? accepted : rejected
  verdicts.push({ recipient, reply })
  if (!isAccepted) learn(transfer)
}

/** Notes what became of it. */
export const settle = (transfer: Transfer, exit: Exit.Exit<Outcome, SmtpError>): void => {
  transfer.exit = Option.some(exit)
  MutableRef.set(transfer.known, Fates.reached(exit))
}

/** The same, unless it is known already. */
export const settleFirst = (transfer: Transfer, error: SmtpError): void => {
  if (Option.isNone(transfer.exit)) settle(transfer, Exit.fail(error))
}

/** Whether the server has taken the message. */
export const isDelivered = ({ exit }: Transfer): boolean =>
  Option.exists(exit, (settled) => Exit.isSuccess(settled) && settled.value.accepted.length > 0)

/** Whether it was refused, perhaps, for having been said before it was its turn. */
export const isTooSoon = ({ behind, mail }: Transfer): boolean =>
  behind && Option.exists(mail, ({ code }) => code === ReplyCode.badSequence)

const outcome = ({ accepted, rejected }: Transfer, reply: Reply.Reply): Outcome => ({
  accepted,
  rejected,
  failed: [],
  reply: Option.some(reply)
})

/** The server has said no to MAIL, or to each recipient: the message is none of its business. */
const refused = ({ mail, rejected }: Transfer): Exit.Exit<Outcome, SmtpError> =>
  Option.match(Option.filter(mail, (reply) => !Reply.isCompletion(reply)), {
    onNone: () => Exit.succeed({ accepted: [], rejected, failed: [], reply: Option.none() }),
    onSome: (reply) => Exit.fail(new Refused({ phase: "Mail", reply }))
  })

/** The answers to its envelope settle it. */
export const refuse = (transfer: Transfer): void => settle(transfer, refused(transfer))

/** The answer to DATA, or to the message, settles it, unless the ones before it have. */
export const conclude = (
  transfer: Transfer,
  phase: "Data" | "Verdict",
  reply: Reply.Reply
): void => {
  settle(
    transfer,
    !isWanted(transfer)
      ? refused(transfer)
      : phase === "Verdict" && Reply.isCompletion(reply)
      ? Exit.succeed(outcome(transfer, reply))
      : Exit.fail(new Refused({ phase, reply }))
  )
}

/** What became of it, where the conversation may have ended by an error before that was known. */
export const result = (
  transfer: Transfer,
  error: Option.Option<SmtpError>
): Exit.Exit<Outcome, SmtpError> =>
  Option.getOrElse(transfer.exit, () => {
    if (isRefused(transfer) && !isTooSoon(transfer)) return refused(transfer)
    return Exit.fail(Option.match(error, {
      onNone: () =>
        new ConnectionFailed({
          cause: new ChannelErrors.Abandoned({ phase: phaseOf(transfer, "Mail") })
        }),
      onSome: (ended) => Fates.ended(ended, phaseOf(transfer, ended.phase))
    }))
  })

/** What this message was in the middle of when the conversation ended in that phase. */
const phaseOf = (transfer: Transfer, phase: Phase): Phase =>
  transfer.progress === "Waiting" || isRefused(transfer)
    ? "Mail"
    : transfer.progress === "Left"
    ? "Verdict"
    : phase === "Verdict"
    ? "Mail"
    : phase
