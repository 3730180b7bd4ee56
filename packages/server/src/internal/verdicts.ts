import type * as Reply from "@effect-smtp/wire/Reply"
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import * as Arr from "effect/Array"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { Envelope } from "../Envelope.js"
import * as Verdict from "../Verdict.js"
import { apart } from "./apart.js"
import * as Replies from "./replies.js"
import type { Host, State, Turn } from "./state.js"
import { answer, conclude } from "./state.js"

/**
 * The answer to a message: one reply; under LMTP one for each recipient (RFC 2033 section 4.2); under
 * PRDR, where they differ, 353, one for each recipient, and one for the message (Exim;
 * draft-hall-prdr-00).
 */
export const tell = (
  host: Host,
  after: State,
  envelope: Envelope,
  verdict: Verdict.MessageVerdict
): Exit.Exit<Turn> => {
  const all = apart(envelope, verdict)
  if (!Arr.isNonEmptyReadonlyArray(all)) return answer(Replies.noRecipients, after)
  if (host.policy.protocol === "Lmtp") return Exit.succeed(list(after, all, []))
  if (verdict._tag !== "Each") return conclude(verdict, after, after)
  if (envelope.verdicts === "One") return conclude(Verdict.foremost(all), after, after)
  const accepted = all.find(Verdict.is("Accept"))
  const { after: then, replies } = list(after, all, [accepted ?? Verdict.foremost(all)])
  return Exit.succeed({ replies: [Replies.prdr, ...replies], after: then })
}

/** The reply that such an answer is counted by. */
export const inOne = (envelope: Envelope, verdict: Verdict.MessageVerdict): Reply.Reply => {
  const all = apart(envelope, verdict)
  return Arr.isNonEmptyReadonlyArray(all) ? Verdict.foremost(all).reply : Replies.noRecipients
}

/**
 * One after the other. 421 would leave those behind it without a reply, so it comes at the end, and the
 * recipients it was meant for have 451.
 */
const list = (
  after: State,
  verdicts: ReadonlyArray<Verdict.Verdict>,
  last: ReadonlyArray<Verdict.Verdict>
): Turn => {
  const replies = [...verdicts, ...last].map(({ reply }) => isLast(reply) ? softened(reply) : reply)
  return Option.match(Arr.findFirst(verdicts, ({ reply }) => isLast(reply)), {
    onNone: () => ({ replies, after: Option.some(after) }),
    onSome: ({ reply }) => ({ replies: [...replies, reply], after: Option.none() })
  })
}

const isLast = ({ code }: Reply.Reply): boolean => code === ReplyCode.serviceUnavailable

const softened = (reply: Reply.Reply): Reply.Reply => ({ ...reply, code: ReplyCode.localError })
