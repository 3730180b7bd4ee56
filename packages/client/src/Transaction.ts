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
 * above go out together (RFC 2920), else each waits for its reply; a refused recipient stops neither.
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
import type { Body } from "./Body.js"
import * as Data from "./Data.js"
import * as Dialogue from "./internal/dialogue.js"
import type * as Needs from "./internal/needs.js"
import * as Session from "./internal/session.js"
import type { Outcome, Verdict } from "./Outcome.js"
import * as Reset from "./Reset.js"
import type { SmtpError } from "./SmtpError.js"
import { Refused } from "./SmtpError.js"

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
    const pipelining = Capabilities.has(capabilities, "Pipelining")
    const opened = yield* open(channel, plan, pipelining ? group : 1)
    if (Reply.isCompletion(opened.mail) && opened.accepted.length > 0) {
      if (Option.isSome(opened.data) && Reply.isIntermediate(opened.data.value)) {
        const reply = yield* Data.exchange(channel, body, { eightBit: plan.eightBit })
        return {
          accepted: opened.accepted,
          rejected: opened.rejected,
          failed: [],
          reply: Option.some(reply)
        }
      }
    }
    return yield* withdraw(channel, opened)
  })

/** What the server said to the lines before the message. */
interface Opened {
  readonly mail: Reply.Reply
  readonly accepted: ReadonlyArray<Verdict>
  readonly rejected: ReadonlyArray<Verdict>
  readonly data: Option.Option<Reply.Reply>
}

/** A line and whose reply it wants. */
type Line =
  | { readonly _tag: "Mail"; readonly bytes: Uint8Array }
  | { readonly _tag: "Recipient"; readonly bytes: Uint8Array; readonly recipient: ForwardPath }
  | { readonly _tag: "Data"; readonly bytes: Uint8Array }

/** Says the lines in groups of `size`, and stops as soon as the replies leave no point in going on. */
const open = (
  channel: Channel,
  plan: Needs.Plan,
  size: number
): Effect.Effect<Opened, SmtpError> =>
  Effect.gen(function*() {
    const lines: Arr.NonEmptyReadonlyArray<Line> = [
      { _tag: "Mail", bytes: plan.mail },
      ...plan.recipients.map(({ line, recipient }): Line => ({
        _tag: "Recipient",
        bytes: line,
        recipient
      })),
      { _tag: "Data", bytes: yield* Dialogue.prepare("Data", Command.Data()) }
    ]
    const heard: Array<readonly [Line, Reply.Reply]> = []
    for (const some of Arr.chunksOf(lines, size)) {
      if (pointless(heard, some[0])) break
      yield* Effect.forEach(
        some,
        ({ _tag, bytes }) => Dialogue.line(channel, _tag, bytes),
        { discard: true }
      )
      for (const line of some) heard.push([line, yield* Dialogue.hear(channel, line._tag)])
    }
    return sortOut(heard)
  })

/** No recipient can be accepted once MAIL is refused, and no message without a recipient. */
const pointless = (
  heard: ReadonlyArray<readonly [Line, Reply.Reply]>,
  next: Line
): boolean =>
  heard.length > 0 && (
    !Reply.isCompletion(heard[0][1]) ||
    next._tag === "Data" &&
      !heard.some(([line, reply]) => line._tag === "Recipient" && Reply.isCompletion(reply))
  )

const sortOut = (heard: ReadonlyArray<readonly [Line, Reply.Reply]>): Opened => {
  const verdicts = Arr.filterMap(
    heard,
    ([line, reply]) =>
      line._tag === "Recipient"
        ? Option.some({ recipient: line.recipient, reply })
        : Option.none()
  )
  const [rejected, accepted] = Arr.partition(verdicts, ({ reply }) => Reply.isCompletion(reply))
  return {
    mail: heard[0][1],
    accepted,
    rejected,
    data: Arr.findFirst(heard, ([line]) => line._tag === "Data").pipe(
      Option.map(([, reply]) => reply)
    )
  }
}

/**
 * The message is not going to be sent. A server that waits for it all the same gets an empty one
 * (RFC 2920 section 3.1), any other is told to forget the transaction. What was decided stands even if
 * that fails; only the connection is of no use then.
 */
const withdraw = (channel: Channel, opened: Opened): Effect.Effect<Outcome, SmtpError> =>
  Effect.gen(function*() {
    const waits = Option.exists(opened.data, Reply.isIntermediate)
    if (waits || Reply.isCompletion(opened.mail)) {
      yield* Effect.catchAll(
        waits ? Data.empty(channel) : Reset.exchange(channel),
        () => channel.abandon
      )
    }
    if (!Reply.isCompletion(opened.mail)) {
      return yield* new Refused({ phase: "Mail", reply: opened.mail })
    }
    if (opened.accepted.length > 0 && Option.isSome(opened.data)) {
      return yield* new Refused({ phase: "Data", reply: opened.data.value })
    }
    return { accepted: [], rejected: opened.rejected, failed: [], reply: Option.none() }
  })
