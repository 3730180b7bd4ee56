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
 * Where it offers CHUNKING too, and the message is in memory and short, BDAT and the message take the
 * place of DATA, and the whole transaction is one write (RFC 3030 section 4.2). From then on the server
 * may have everything, so that a connection that is lost leaves the fate of the message unknown.
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import { Command } from "@effect-smtp/wire/Command"
import type { ForwardPath } from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
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
 * Commands sent before their replies are read: few enough that neither side's buffers fill up while
 * both are writing.
 */
const group = 100

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
    yield* Session.begin(session)
    yield* channel.enter("Mail")
    const pipelining = Capabilities.has(capabilities, "Pipelining")
    const opened = yield* open(session, plan, yield* content(plan, body, pipelining), pipelining)
    if (!isWanted(plan, opened)) return yield* withdraw(session, plan, opened)
    if (Option.isNone(opened.last)) {
      yield* Chunks.send(channel, body, { eightBit: plan.eightBit, pipelining })
      return yield* conclude(session, plan, opened)
    }
    const [line, reply] = opened.last.value
    if (line._tag === "Verdict") {
      if (!Reply.isCompletion(reply)) return yield* withdraw(session, plan, opened)
      const { accepted, rejected } = opened
      return { accepted, rejected, failed: [], reply: Option.some(reply) }
    }
    if (!Reply.isIntermediate(reply)) return yield* withdraw(session, plan, opened)
    yield* Data.send(channel, body, { eightBit: plan.eightBit })
    return yield* conclude(session, plan, opened)
  })

/** A line, what is written with it, and whose reply it wants. */
type Line =
  | { readonly _tag: "Mail"; readonly bytes: ReadonlyArray<Uint8Array> }
  | {
    readonly _tag: "Recipient"
    readonly bytes: ReadonlyArray<Uint8Array>
    readonly recipient: ForwardPath
  }
  | Last

/** What ends the group: DATA, or the message itself. */
interface Last {
  readonly _tag: "Data" | "Verdict"
  readonly bytes: ReadonlyArray<Uint8Array>
}

/** What the server said to the lines before the message, and to the last of them. */
interface Opened {
  readonly mail: Reply.Reply
  readonly accepted: ReadonlyArray<Verdict>
  readonly rejected: ReadonlyArray<Verdict>
  readonly last: Option.Option<readonly [Last, Reply.Reply]>
}

type Heard = ReadonlyArray<readonly [Line, Reply.Reply]>

/** The last line, unless the message goes in chunks that have to wait for the replies. */
const content = (
  plan: Needs.Plan,
  body: Body,
  pipelining: boolean
): Effect.Effect<Option.Option<Last>, SmtpError> => {
  if (plan.transfer === "Data") {
    return Effect.map(
      Dialogue.prepare("Data", Command.Data()),
      (bytes) => Option.some({ _tag: "Data", bytes: [bytes] })
    )
  }
  const waits = !pipelining || plan.verdicts !== "One" || plan.recipients.length + 2 > group ||
    plan.policy === "AllOrNothing"
  return waits
    ? Effect.succeedNone
    : Effect.transposeMapOption(
      Chunks.whole(body),
      (piece) =>
        Effect.map(Chunks.encoded(piece, true), (bytes): Last => ({ _tag: "Verdict", bytes }))
    )
}

/**
 * Says the lines in groups, and stops as soon as the replies leave no point in going on. All recipients
 * or none: then the last line waits for the replies to the others.
 */
const open = (
  { channel }: Session.Session,
  plan: Needs.Plan,
  last: Option.Option<Last>,
  pipelining: boolean
): Effect.Effect<Opened, SmtpError> =>
  Effect.gen(function*() {
    const size = pipelining ? group : 1
    const lines: Arr.NonEmptyReadonlyArray<Line> = [
      { _tag: "Mail", bytes: [plan.mail] },
      ...plan.recipients.map(({ line, recipient }): Line => ({
        _tag: "Recipient",
        bytes: [line],
        recipient
      }))
    ]
    const end = Option.toArray(last)
    const groups = plan.policy === "AllOrNothing"
      ? [...Arr.chunksOf(lines, size), ...end.map(Arr.of)]
      : Arr.chunksOf([...lines, ...end], size)
    const heard: Array<readonly [Line, Reply.Reply]> = []
    for (const some of groups) {
      if (isPointless(plan, heard, some[0])) break
      for (const line of some) yield* say(channel, line)
      const whole = some.some(({ _tag }) => _tag === "Verdict")
      for (const line of some) {
        const open = whole && !isPointless(plan, heard, some[some.length - 1])
        heard.push([line, yield* Dialogue.hear(channel, open ? "Verdict" : phase[line._tag])])
      }
    }
    return sortOut(heard)
  })

/** Whose reply is heard; that to a message nobody wants is none about its fate. */
const phase = {
  Mail: "Mail",
  Recipient: "Recipient",
  Data: "Data",
  Verdict: "Content"
} as const satisfies Record<Line["_tag"], string>

const say = (
  channel: Channel,
  { _tag, bytes }: Line
): Effect.Effect<void, SmtpError> =>
  Effect.gen(function*() {
    yield* Dialogue.silence(channel, _tag)
    if (_tag === "Verdict") yield* channel.enter("Verdict")
    for (const part of bytes) yield* Dialogue.say(channel, part)
  })

/** No recipient can be accepted once MAIL is refused, and no message without a recipient. */
const isPointless = (plan: Needs.Plan, heard: Heard, next: Line): boolean => {
  const mail = heard[0]
  if (mail === undefined) return false
  if (!Reply.isCompletion(mail[1])) return true
  const recipients = heard.filter(([line]) => line._tag === "Recipient")
  return (next._tag === "Data" || next._tag === "Verdict") &&
    recipients.length === plan.recipients.length &&
    !isWanted(plan, sortOut(heard))
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
  const last = Arr.findFirst(
    heard,
    ([line, reply]) =>
      line._tag === "Data" || line._tag === "Verdict"
        ? Option.some([line, reply] as const)
        : Option.none()
  )
  return { mail: heard[0][1], accepted, rejected, last }
}

/** Whether there is somebody to send the message to, as the caller wants it. */
const isWanted = ({ policy }: Needs.Plan, { accepted, mail, rejected }: Opened): boolean =>
  Reply.isCompletion(mail) && accepted.length > 0 &&
  (policy === "BestEffort" || rejected.length === 0)

/** Hears what became of the message. A chunk that was refused asks for RSET (RFC 3030 section 2). */
const conclude = (
  { channel }: Session.Session,
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
  { channel }: Session.Session,
  plan: Needs.Plan,
  opened: Opened
): Effect.Effect<Outcome, SmtpError> =>
  Effect.gen(function*() {
    const { accepted, last, mail, rejected } = opened
    const said = Option.exists(last, ([line]) => line._tag === "Verdict")
    if (
      Option.exists(last, ([line, reply]) => line._tag === "Data" && Reply.isIntermediate(reply))
    ) {
      yield* Effect.catchAll(Data.empty(channel), () => channel.abandon)
    } else if (said || Reply.isCompletion(mail)) {
      yield* reset(channel)
    }
    if (!Reply.isCompletion(mail)) return yield* new Refused({ phase: "Mail", reply: mail })
    if (Option.isSome(last) && isWanted(plan, opened)) {
      const [line, reply] = last.value
      return yield* new Refused({ phase: line._tag, reply })
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
