/**
 * C: MAIL FROM:<alice@client.example> SIZE=17
 * C: RCPT TO:<bob@mx.example>
 * C: BDAT 17 LAST
 * C: (17 octets)
 * C: RSET
 * C: MAIL FROM:<alice@client.example> SIZE=21
 * C: RCPT TO:<carol@mx.example>
 * C: BDAT 21 LAST
 * C: (21 octets)
 * S: 250 2.1.0 OK
 * S: 250 2.1.5 OK
 * S: 250 2.0.0 17 octets received
 * S: ...
 *
 * Messages on their way together, where the server offers PIPELINING. With CHUNKING too, whole
 * transactions leave without waiting (RFC 3030 section 4.2), with RSET between them, so that nothing
 * of one that was refused can get into the next. Without it the envelope of a message leaves with the
 * content of the one before it, and waits for its 354 (RFC 2920 section 3.1).
 *
 * Replies are heard while all of this is being written. A server that answers 503 to a MAIL that came
 * before it had answered the message in front of it is told again, and everything after that waits for
 * its turn, as long as the session lasts.
 *
 * @module
 */
import * as ChannelErrors from "@effect-smtp/protocol/ChannelError"
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Command from "@effect-smtp/wire/Command"
import * as MessageData from "@effect-smtp/wire/MessageData"
import * as Reply from "@effect-smtp/wire/Reply"
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Dialogue from "./internal/dialogue.js"
import type * as Needs from "./internal/needs.js"
import * as Questions from "./internal/questions.js"
import * as Session from "./internal/session.js"
import type { Transfer } from "./internal/transfer.js"
import * as Transfers from "./internal/transfer.js"
import { ConnectionFailed, Refused } from "./SmtpError.js"

/** Octets of messages that may be unanswered, unless it is only one message. */
const octetsAtATime = 1024 * 1024

/** Messages that may be unanswered. */
const messagesAtATime = 100

const rset = Either.getOrThrow(Command.encode(Command.Command.Rset()))
const data = Either.getOrThrow(Command.toLine(Command.Command.Data()))
const nothing = Either.getOrThrow(MessageData.finish(MessageData.initial("normalise")))

/**
 * Sends the messages, in order. When it ends each of them is settled, unless it fails: then the
 * conversation is over, and `Transfers.result` tells what that means for those that are not.
 */
export const exchange = (
  session: Session.Session,
  transfers: ReadonlyArray<Transfer>
): Effect.Effect<void, ConnectionFailed> =>
  Effect.suspend(() => {
    const { channel } = session
    const window = make(session, transfers)
    if (Option.isNone(window.proceed())) return Effect.void
    return Dialogue.silence(channel, "Mail").pipe(
      Effect.zipRight(channel.enter("Mail")),
      Effect.zipRight(Dialogue.hearWhile(channel, window.hear)),
      Effect.zipRight(Effect.suspend(() => window.end.current)),
      Effect.withSpan("SmtpClient.window", { attributes: { messages: transfers.length } })
    )
  })

/**
 * - `proceed`: says what can be said now, and tells what is waited for then: nothing, once all is settled;
 * - `hear`: takes the next answer, and proceeds;
 * - `end`: what is left to do when nothing is waited for.
 */
interface Window {
  readonly proceed: () => Option.Option<Phase>
  readonly hear: (reply: Reply.Reply, unread: number) => Option.Option<Phase>
  readonly end: MutableRef.MutableRef<Effect.Effect<void, ConnectionFailed>>
}

const make = (session: Session.Session, transfers: ReadonlyArray<Transfer>): Window => {
  const { channel, grouping } = session
  const queue = [...transfers]
  const questions = Questions.make()
  /** Messages of the queue that were begun, and those of them that are not done, with their octets. */
  const count = { begun: 0, messages: 0, octets: 0 }
  const end = MutableRef.make<Effect.Effect<void, ConnectionFailed>>(Effect.void)
  const invited = MutableRef.make(false)
  /** Whether the server may be in the middle of a transaction when it comes to what is said next. */
  const open = MutableRef.make(false)

  /** What the server is waited for while this leaves: the oldest question that it has not answered. */
  const due = (): Phase => Option.getOrElse(questions.phase(), () => "Mail")

  const sayReset = (transfer: Transfer): void => {
    open.current = false
    questions.ask("Reset", transfer)
    channel.post(rset, () => {
      Transfers.begin(transfer)
      return due()
    })
  }

  const sayContent = (transfer: Transfer): void => {
    const { blocks } = transfer
    questions.ask("Verdict", transfer)
    for (const [index, block] of blocks.entries()) {
      channel.post(block, () => {
        if (index < blocks.length - 1) return "Content"
        Transfers.leave(transfer)
        return due()
      })
    }
  }

  const begin = (transfer: Transfer): void => {
    const { plan } = transfer
    const spent = Session.count(session)
    if (Option.isSome(spent)) return Transfers.settle(transfer, Exit.fail(spent.value))
    transfer.behind = questions.isOpen()
    if (open.current) sayReset(transfer)
    count.messages++
    count.octets += Transfers.octets(transfer)
    questions.ask("Mail", transfer)
    questions.ask("Recipient", transfer, plan.recipients.length)
    if (plan.transfer === "Data") questions.ask("Data", transfer)
    open.current = plan.transfer === "Chunks"
    channel.post(envelope(plan), () => {
      Transfers.begin(transfer)
      return due()
    })
    if (waits(transfer)) invited.current = true
    else sayContent(transfer)
  }

  const mayBegin = (next: Transfer): boolean =>
    !invited.current && (
      count.messages === 0 ||
      grouping.current === "Messages" && count.messages < messagesAtATime &&
        count.octets + Transfers.octets(next) <= octetsAtATime
    )

  const proceed = (): Option.Option<Phase> => {
    while (count.begun < queue.length && mayBegin(queue[count.begun])) begin(queue[count.begun++])
    if (!questions.isOpen() && open.current) sayReset(queue[count.begun - 1])
    return questions.phase()
  }

  /** Nothing of this message is waited for any more; if it came too soon it begins anew. */
  const close = (transfer: Transfer, isTaken: boolean): void => {
    count.messages--
    count.octets -= Transfers.octets(transfer)
    if (!isTaken && Transfers.isTooSoon(transfer)) {
      grouping.current = "Commands"
      Transfers.restart(transfer)
      queue.push(transfer)
    }
  }

  /** The answer to the last recipient, where the message is too long to be sent for nothing. */
  const startChunks = (transfer: Transfer): void => {
    invited.current = false
    if (Transfers.isWanted(transfer)) return sayContent(transfer)
    Transfers.refuse(transfer)
    close(transfer, false)
  }

  /** The answer to DATA. Nobody may be left to get the message: then it is one of no bytes. */
  const startData = (transfer: Transfer, reply: Reply.Reply): void => {
    invited.current = false
    const isWanted = Transfers.isWanted(transfer)
    if (Reply.isIntermediate(reply) && isWanted) return sayContent(transfer)
    if (!Transfers.isTooSoon(transfer)) Transfers.conclude(transfer, "Data", reply)
    if (Reply.isIntermediate(reply)) {
      questions.ask("Nothing", transfer)
      return channel.post(nothing)
    }
    open.current = Option.exists(transfer.mail, Reply.isCompletion)
    close(transfer, false)
  }

  /** There would be nothing more to say. */
  const isLast = ({ progress }: Transfer): boolean =>
    progress === "Left" && count.begun === queue.length

  /** What is not settled is lost. */
  const lose = (cause: ChannelErrors.ChannelError): Option.Option<Phase> => {
    end.current = Effect.fail(new ConnectionFailed({ cause }))
    return Option.none()
  }

  const outOfTurn = (phase: Phase, bytes: number) =>
    lose(new ChannelErrors.OutOfTurn({ phase, bytes }))

  const hear = (reply: Reply.Reply, unread: number): Option.Option<Phase> => {
    const { question, transfer } = questions.next()
    const { progress } = transfer
    if (progress === "Waiting" || question === "Verdict" && progress !== "Left") {
      // A server may have enough of a message before it has all of it.
      if (progress === "Begun" && !Reply.isCompletion(reply) && !Reply.isIntermediate(reply)) {
        Transfers.settle(transfer, Exit.fail(new Refused({ phase: "Content", reply })))
      }
      return outOfTurn("Mail", Reply.encode(reply).length)
    }
    questions.answer()
    if (reply.code === ReplyCode.serviceUnavailable) return leaving(transfer, question, reply)
    if (isUnexpected(question, reply)) {
      const phase = progress === "Left" ? "Verdict" : Questions.phases[question]
      if (question !== "Reset") Transfers.settleFirst(transfer, new Refused({ phase, reply }))
      return lose(new ChannelErrors.Abandoned({ phase: Questions.phases[question] }))
    }
    if (unread > 0 && !questions.isOpen() && !isLast(transfer)) {
      return outOfTurn(question === "Data" ? "Content" : "Mail", unread)
    }
    switch (question) {
      case "Mail":
        Transfers.setMail(transfer, reply)
        break
      case "Recipient":
        Transfers.addRecipient(transfer, reply)
        if (
          transfer.plan.transfer === "Chunks" && waits(transfer) && Transfers.isAnswered(transfer)
        ) {
          startChunks(transfer)
        }
        break
      case "Data":
        startData(transfer, reply)
        break
      case "Verdict":
        if (Reply.isCompletion(reply) || !Transfers.isTooSoon(transfer)) {
          Transfers.conclude(transfer, question, reply)
        }
        if (!questions.isOpen()) open.current &&= !Transfers.isDelivered(transfer)
        close(transfer, Reply.isCompletion(reply))
        break
      case "Nothing":
        close(transfer, false)
        break
    }
    return proceed()
  }

  /** The server is leaving (RFC 5321 section 3.8): it has nothing of what is not answered yet. */
  const leaving = (
    transfer: Transfer,
    question: Questions.Question,
    reply: Reply.Reply
  ): Option.Option<Phase> => {
    const phase = question === "Reset" || question === "Nothing" ? "Mail" : question
    Transfers.settleFirst(transfer, new Refused({ phase, reply }))
    for (const other of queue) Transfers.settleFirst(other, new Refused({ phase: "Mail", reply }))
    end.current = channel.abandon
    return Option.none()
  }

  return { proceed, hear, end }
}

/** What is said of a message before the message itself. */
const envelope = ({ mail, recipients, transfer }: Needs.Plan): Uint8Array => {
  let lines = mail
  for (const { line } of recipients) lines += line
  return Dialogue.encode(transfer === "Data" ? lines + data : lines)
}

/** Whether its content has to wait for the answers to its envelope. */
const waits = (transfer: Transfer): boolean =>
  transfer.plan.transfer === "Data" || Transfers.octets(transfer) > octetsAtATime

/** Go-ahead where nothing was asked for; or a transaction that cannot be left, so that all would mix. */
const isUnexpected = (question: Questions.Question, reply: Reply.Reply): boolean =>
  question === "Reset"
    ? !Reply.isCompletion(reply)
    : question !== "Data" && Reply.isIntermediate(reply)
