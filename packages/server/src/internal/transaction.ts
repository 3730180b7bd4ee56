import * as AtOnce from "@effect-smtp/protocol/AtOnce"
import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import type { Command } from "@effect-smtp/wire/Command"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import type { Parameter } from "@effect-smtp/wire/Parameter"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as Reply from "@effect-smtp/wire/Reply"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Envelope } from "../Envelope.js"
import type { MessageAbandoned } from "../Incoming.js"
import { isIncomingError } from "../Incoming.js"
import * as Verdict from "../Verdict.js"
import { tellsEach } from "./hello.js"
import * as Incoming from "./incoming.js"
import * as Parameters from "./parameters.js"
import * as Replies from "./replies.js"
import * as Source from "./source.js"
import type { Answer, Host, State, Turn } from "./state.js"
import { answer, close, conclude, decide, mistake } from "./state.js"
import * as Verdicts from "./verdicts.js"

type Tagged<T extends Command["_tag"]> = Extract<Command, { readonly _tag: T }>

/** MAIL (RFC 5321 section 4.1.1.2): a transaction begins, if its parameters can be honoured. */
export const mail = (host: Host, state: State, command: Tagged<"Mail">): Answer => {
  const read = MailParameters.fromParameters(command.parameters)
  if (Either.isLeft(read)) return mistake(host, Replies.badParameter(read.left.message), state)
  const parameters = withoutPrdr(host, read.right)
  const each = host.policy.protocol === "Lmtp" || parameters !== read.right
  const refusal = Parameters.refuseMail(offer(host, state), parameters)
  return Option.isSome(refusal) ? mistake(host, refusal.value, state) : begin(host, state, {
    from: command.from,
    parameters,
    verdicts: each ? "Each" : "One",
    recipients: []
  })
}

/** What the parameters are measured by. */
const offer = ({ extensions, now }: Host, { client }: State): Parameters.Offer => ({
  extensions,
  isSecure: Option.isSome(client.peer.tls),
  now: now()
})

const begin = (host: Host, state: State, envelope: Envelope): Answer => {
  const { from, parameters } = envelope
  if (!parameters.smtpUtf8 && ReversePath.needsUtf8(from)) {
    return mistake(host, Replies.needsSmtpUtf8, state)
  }
  if (Option.exists(parameters.size, (size) => size > host.limits.messageSize)) {
    return answer(Replies.tooLarge, state)
  }
  if (state.transactions >= host.limits.transactions) {
    return close(Replies.tooManyTransactions)
  }
  const counted = { ...state, transactions: state.transactions + 1 }
  return AtOnce.flatMap(
    decide(host, host.handler.mail(state.client, envelope)),
    (verdict) =>
      conclude(verdict, counted, {
        ...counted,
        transaction: Option.some(envelope)
      })
  )
}

/** PRDR has no value, and asks for a verdict for each recipient where that is on offer. */
const isPrdr = ({ keyword, value }: Parameter): boolean =>
  keyword === "PRDR" && Option.isNone(value)

const withoutPrdr = (
  host: Host,
  parameters: MailParameters.MailParameters
): MailParameters.MailParameters =>
  tellsEach(host) && parameters.rest.some(isPrdr)
    ? { ...parameters, rest: parameters.rest.filter((_) => !isPrdr(_)) }
    : parameters

/** RCPT (RFC 5321 section 4.1.1.3): one more recipient. */
export const rcpt = (
  host: Host,
  state: State,
  envelope: Envelope,
  command: Tagged<"Rcpt">
): Answer => {
  const read = RcptParameters.fromParameters(command.parameters)
  if (Either.isLeft(read)) return mistake(host, Replies.badParameter(read.left.message), state)
  const parameters = read.right
  const refusal = Parameters.refuseRcpt(host.extensions, parameters)
  if (Option.isSome(refusal)) return mistake(host, refusal.value, state)
  if (!envelope.parameters.smtpUtf8 && ForwardPath.needsUtf8(command.to)) {
    return mistake(host, Replies.needsSmtpUtf8, state)
  }
  if (envelope.recipients.length >= host.limits.recipients) {
    return answer(Replies.tooManyRecipients, state)
  }
  const recipient = { path: command.to, parameters }
  return AtOnce.flatMap(
    decide(host, host.handler.recipient(state.client, envelope, recipient)),
    (verdict) =>
      conclude(verdict, state, {
        ...state,
        transaction: Option.some({
          ...envelope,
          recipients: [...envelope.recipients, recipient]
        })
      })
  )
}

/**
 * DATA (RFC 5321 section 4.1.1.4): the message arrives while the handler reads it. The answer waits for
 * the handler's verdict and for the end of the message, and a message with a fault is never accepted:
 * that the handler fails on such a message is the sender's doing, and has its own answer.
 */
export const data = (host: Host, state: State, envelope: Envelope): Answer => {
  const { channel } = host
  if (Option.contains(envelope.parameters.body, "BINARYMIME")) {
    return mistake(host, Replies.binaryNeedsChunks, state)
  }
  return Effect.suspend(() => {
    channel.sendNow(startInput)
    return Effect.flatMap(
      channel.flush,
      // Only between chunks can a message be given up.
      () =>
        Effect.catchTag(
          receive(host, state, envelope, Source.dotted(host)),
          "MessageAbandoned",
          Effect.die
        )
    )
  })
}

const startInput = Reply.encode(Replies.startInput)

/** A message from anywhere. */
export const receive = (
  host: Host,
  state: State,
  envelope: Envelope,
  source: Source.Source
): Effect.Effect<Turn, ChannelError | MessageAbandoned> => {
  const { handler, now, report, trace } = host
  const since = now()
  const arrival = Incoming.make(host, source)
  const attributes = () => ({ "smtp.recipients": envelope.recipients.length })
  const decision = trace(
    { name: "SmtpServer.message", attributes },
    () => handler.message(state.client, envelope, arrival.incoming)
  )
  const verdict = decide(
    host,
    AtOnce.isMade(decision)
      ? decision
      : Effect.catchIf(decision, isIncomingError, () => Effect.succeed(Verdict.localError)),
    true
  )
  const after: State = { ...state, transaction: Option.none() }
  return AtOnce.flatMap(verdict, (verdict) =>
    AtOnce.flatMap(arrival.settle(), (fault) => {
      const told = Option.match(fault, { onNone: () => verdict, onSome: Replies.faultyMessage })
      report({
        reply: Verdicts.inOne(envelope, told),
        octets: arrival.size(),
        during: now() - since
      })
      return Option.isSome(fault) && !source.isOver()
        ? answer(Replies.faultyMessage(fault.value).reply, after)
        : Verdicts.tell(host, after, envelope, told)
    }))
}
