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
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import { Command } from "@effect-smtp/wire/Command"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Body } from "./Body.js"
import * as Data from "./Data.js"
import type { Envelope, Recipient } from "./Envelope.js"
import * as Dialogue from "./internal/dialogue.js"
import * as Needs from "./internal/needs.js"
import type { Outcome, Verdict } from "./Outcome.js"
import * as Reset from "./Reset.js"
import type { SmtpError, Unsendable } from "./SmtpError.js"
import { Refused } from "./SmtpError.js"

/**
 * Commands sent before their replies are read: few enough that neither side's buffers fill up while
 * both are writing.
 */
const group = 100

/**
 * Delivers one message. It fails before MAIL when the server lacks what the message needs, and after
 * any failure that leaves the connection usable no transaction is left open.
 */
export const exchange = (
  channel: Channel,
  capabilities: Capabilities.Capabilities,
  envelope: Envelope,
  body: Body
): Effect.Effect<Outcome, SmtpError> =>
  Effect.gen(function*() {
    const { tls } = yield* channel.peer
    const plan = yield* Needs.plan({ capabilities, secure: Option.isSome(tls) }, envelope, body)
    const pipelining = Capabilities.has(capabilities, "Pipelining")
    const opened = yield* open(channel, plan, pipelining ? group : 1)
    if (Reply.isCompletion(opened.mail) && opened.accepted.length > 0) {
      if (Option.isSome(opened.data) && Reply.isIntermediate(opened.data.value)) {
        const reply = yield* Data.exchange(channel, body, { eightBit: plan.eightBit })
        return { accepted: opened.accepted, rejected: opened.rejected, reply: Option.some(reply) }
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

type Line =
  | { readonly _tag: "Mail" }
  | { readonly _tag: "Rcpt"; readonly recipient: Recipient }
  | { readonly _tag: "Data" }

const phase: { readonly [T in Line["_tag"]]: Phase } = {
  Mail: "Mail",
  Rcpt: "Recipient",
  Data: "Data"
}

/** Says the lines in groups of `size`, and stops as soon as the replies leave no point in going on. */
const open = (
  channel: Channel,
  plan: Needs.Plan,
  size: number
): Effect.Effect<Opened, SmtpError> => {
  const lines: Arr.NonEmptyReadonlyArray<Line> = [
    { _tag: "Mail" },
    ...plan.envelope.to.map((recipient): Line => ({ _tag: "Rcpt", recipient })),
    { _tag: "Data" }
  ]
  return Effect.gen(function*() {
    const prepared = yield* Effect.forEach(lines, (line) =>
      command(plan, line).pipe(
        Effect.flatMap((made) => Dialogue.prepare(phase[line._tag], made)),
        Effect.map((bytes) => ({ line, bytes }))
      ))
    const heard: Array<readonly [Line, Reply.Reply]> = []
    for (const some of Arr.chunksOf(prepared, size)) {
      if (pointless(heard, some[0].line)) break
      yield* Effect.forEach(
        some,
        ({ bytes, line }) => Dialogue.line(channel, phase[line._tag], bytes),
        { discard: true }
      )
      for (const { line } of some) {
        heard.push([line, yield* Dialogue.hear(channel, phase[line._tag])])
      }
    }
    return sortOut(heard)
  })
}

const command = (plan: Needs.Plan, line: Line): Effect.Effect<Command, Unsendable> => {
  switch (line._tag) {
    case "Mail":
      return Effect.succeed(Command.Mail({ from: plan.envelope.from, parameters: plan.mail }))
    case "Rcpt":
      return Effect.map(
        Needs.rcptParameters(line.recipient, plan.mode),
        (parameters) => Command.Rcpt({ to: line.recipient.path, parameters })
      )
    case "Data":
      return Effect.succeed(Command.Data())
  }
}

/** No recipient can be accepted once MAIL is refused, and no message without a recipient. */
const pointless = (
  heard: ReadonlyArray<readonly [Line, Reply.Reply]>,
  next: Line
): boolean =>
  heard.length > 0 && (
    !Reply.isCompletion(heard[0][1]) ||
    next._tag === "Data" &&
      !heard.some(([line, reply]) => line._tag === "Rcpt" && Reply.isCompletion(reply))
  )

const sortOut = (heard: ReadonlyArray<readonly [Line, Reply.Reply]>): Opened => {
  const verdicts = Arr.filterMap(
    heard,
    ([line, reply]) =>
      line._tag === "Rcpt" ? Option.some({ recipient: line.recipient.path, reply }) : Option.none()
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
    return { accepted: [], rejected: opened.rejected, reply: Option.none() }
  })
