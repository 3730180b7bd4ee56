/**
 * C: MAIL FROM:<alice@client.example> SIZE=1024
 * C: RCPT TO:<bob@mx.example>
 * C: RCPT TO:<nobody@mx.example>
 * C: DATA
 * S: 250 2.1.0 OK
 * S: 250 2.1.5 OK
 * S: 550 5.1.1 No such user
 * S: 354 Go ahead
 *
 * One message to its recipients (RFC 5321 section 3.3). Where the server offers PIPELINING the lines
 * above go out together (RFC 2920), else each waits for its reply; a refused recipient stops neither,
 * unless the caller wants all recipients or none.
 *
 * Where it offers CHUNKING too, chunks take the place of DATA. A message in memory, that leaves nothing
 * to wait for in between, goes the shorter way of `Window`.
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Command from "@effect-smtp/wire/Command"
import type { ForwardPath } from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import type { Body } from "./Body.js"
import * as Chunks from "./Chunks.js"
import * as Data from "./Data.js"
import * as Dialogue from "./internal/dialogue.js"
import type * as Needs from "./internal/needs.js"
import * as Session from "./internal/session.js"
import type { Failure, Outcome, Verdict } from "./Outcome.js"
import * as Reset from "./Reset.js"
import type { SmtpError } from "./SmtpError.js"
import { Refused } from "./SmtpError.js"
import * as Verdicts from "./Verdicts.js"

/**
 * Sends one message to the recipients of a plan. After any failure that leaves the connection usable
 * no transaction is left open.
 */
export const exchange = (
  session: Session.Session,
  plan: Needs.Plan,
  body: Body
): Effect.Effect<Outcome, SmtpError> =>
  Effect.gen(function*() {
    const { capabilities, channel } = session
    yield* Option.match(Session.count(session), { onNone: () => Effect.void, onSome: Effect.fail })
    yield* channel.enter("Mail")
    const pipelining = Capabilities.has(capabilities, "Pipelining")
    const opened = yield* open(channel, plan, pipelining)
    if (!isWanted(plan, opened)) return yield* withdraw(channel, plan, opened)
    if (plan.transfer === "Chunks") {
      yield* Chunks.send(channel, body, { eightBit: plan.eightBit, pipelining })
      return yield* conclude(channel, plan, opened)
    }
    if (!isInvited(opened)) return yield* withdraw(channel, plan, opened)
    yield* Data.send(channel, body, { eightBit: plan.eightBit })
    return yield* conclude(channel, plan, opened)
  })

/** A line whose reply is waited for. */
type Line =
  | { readonly _tag: "Mail"; readonly text: string }
  | { readonly _tag: "Recipient"; readonly text: string; readonly recipient: ForwardPath }
  | { readonly _tag: "Data"; readonly text: string }

/** What the server said to the lines before the message; `data` to the last of them. */
interface Opened {
  readonly mail: Reply.Reply
  readonly accepted: ReadonlyArray<Verdict>
  readonly rejected: ReadonlyArray<Verdict>
  readonly data: Option.Option<Reply.Reply>
}

type Heard = ReadonlyArray<readonly [Line, Reply.Reply]>

const data = Either.getOrThrow(Command.toLine(Command.Command.Data()))

/**
 * Says the lines in groups, and stops as soon as the replies leave no point in going on. All recipients
 * or none: then the last line waits for the replies to the others.
 */
const open = (
  channel: Channel,
  plan: Needs.Plan,
  pipelining: boolean
): Effect.Effect<Opened, SmtpError> =>
  Effect.gen(function*() {
    const lines: Arr.NonEmptyReadonlyArray<Line> = [
      { _tag: "Mail", text: plan.mail },
      ...plan.recipients.map(({ line, recipient }): Line => ({
        _tag: "Recipient",
        text: line,
        recipient
      }))
    ]
    const end: ReadonlyArray<Line> = plan.transfer === "Data" ? [{ _tag: "Data", text: data }] : []
    const groups = !pipelining
      ? [...lines, ...end].map(Arr.of)
      : plan.policy === "AllOrNothing"
      ? [lines, ...end.map(Arr.of)]
      : [[...lines, ...end]]
    const heard: Array<readonly [Line, Reply.Reply]> = []
    for (const group of groups) {
      if (isPointless(plan, heard, group[0])) break
      yield* Dialogue.silence(channel, group[0]._tag)
      channel.post(Dialogue.encode(group.map(({ text }) => text).join("")))
      for (const line of group) heard.push([line, yield* Dialogue.hear(channel, line._tag)])
    }
    return sortOut(heard)
  })

/** No recipient can be accepted once MAIL is refused, and no message without a recipient. */
const isPointless = (plan: Needs.Plan, heard: Heard, next: Line): boolean => {
  const mail = heard[0]
  if (mail === undefined) return false
  return !Reply.isCompletion(mail[1]) ||
    next._tag === "Data" && !isWanted(plan, sortOut(heard))
}

const sortOut = (heard: Heard): Opened => {
  const verdicts = Arr.filterMap(
    heard,
    ([line, reply]) =>
      line._tag === "Recipient"
        ? Option.some({ recipient: line.recipient, reply })
        : Option.none()
  )
  const [rejected, accepted] = Arr.partition(verdicts, ({ reply }) => Reply.isCompletion(reply))
  const data = Arr.findFirst(
    heard,
    ([line, reply]) => line._tag === "Data" ? Option.some(reply) : Option.none()
  )
  return { mail: heard[0][1], accepted, rejected, data }
}

const isInvited = ({ data }: Opened): boolean => Option.exists(data, Reply.isIntermediate)

/** Whether there is somebody to send the message to, as the caller wants it. */
const isWanted = ({ policy }: Needs.Plan, { accepted, mail, rejected }: Opened): boolean =>
  Reply.isCompletion(mail) && accepted.length > 0 &&
  (policy === "BestEffort" || rejected.length === 0)

/** Hears what became of the message. A chunk that was refused asks for RSET (RFC 3030 section 2). */
const conclude = (
  channel: Channel,
  plan: Needs.Plan,
  opened: Opened
): Effect.Effect<Outcome, SmtpError> =>
  Verdicts.hear(channel, opened.accepted, plan.verdicts).pipe(
    Effect.tapErrorTag("Refused", ({ phase, reply }) =>
      plan.transfer === "Chunks" && !Dialogue.endsSession(phase, reply)
        ? reset(channel)
        : Effect.void),
    Effect.map((outcome) => ({
      ...outcome,
      rejected: inOrder(plan, [...opened.rejected, ...outcome.rejected])
    }))
  )

const inOrder = (
  { recipients }: Needs.Plan,
  verdicts: ReadonlyArray<Verdict>
): ReadonlyArray<Verdict> => {
  const places = new Map(recipients.map(({ recipient }, place) => [recipient, place]))
  const place = ({ recipient }: Verdict) => places.get(recipient) ?? 0
  return Arr.sort(verdicts, Order.mapInput(Order.number, place))
}

/** What was decided stands even if this fails; only the connection is of no use then. */
const reset = (channel: Channel): Effect.Effect<void> =>
  Effect.catchAll(Reset.exchange(channel), () => channel.abandon)

/**
 * The message is not going to be sent, or was not taken. A server that waits for it all the same gets
 * an empty one (RFC 2920 section 3.1), any other is told to forget the transaction.
 */
const withdraw = (
  channel: Channel,
  plan: Needs.Plan,
  opened: Opened
): Effect.Effect<Outcome, SmtpError> =>
  Effect.gen(function*() {
    const { accepted, data, mail, rejected } = opened
    if (isInvited(opened)) {
      yield* Effect.catchAll(Data.empty(channel), () => channel.abandon)
    } else if (Reply.isCompletion(mail)) {
      yield* reset(channel)
    }
    if (!Reply.isCompletion(mail)) return yield* new Refused({ phase: "Mail", reply: mail })
    if (Option.isSome(data) && isWanted(plan, opened)) {
      return yield* new Refused({ phase: "Data", reply: data.value })
    }
    return {
      accepted: [],
      rejected,
      failed: rejected.slice(0, 1).flatMap(({ reply }) =>
        accepted.map(({ recipient }): Failure => ({
          recipient,
          error: new Refused({ phase: "Recipient", reply }),
          fate: "NotDelivered"
        }))
      ),
      reply: Option.none()
    }
  })
