import type { Command } from "@effect-smtp/wire/Command"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import type { Parameter } from "@effect-smtp/wire/Parameter"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as Reply from "@effect-smtp/wire/Reply"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Envelope } from "../Envelope.js"
import { isIncomingError } from "../Incoming.js"
import * as Verdict from "../Verdict.js"
import { tellsEach } from "./hello.js"
import * as Incoming from "./incoming.js"
import * as Replies from "./replies.js"
import type { Answer, Host, State } from "./state.js"
import { answer, close, conclude, decide, mistake } from "./state.js"
import * as Verdicts from "./verdicts.js"

type Tagged<T extends Command["_tag"]> = Extract<Command, { readonly _tag: T }>

/** MAIL (RFC 5321 section 4.1.1.2): a transaction begins, if its parameters can be honoured. */
export const mail = (host: Host, state: State, command: Tagged<"Mail">): Answer => {
  const read = MailParameters.fromParameters(command.parameters)
  if (Either.isLeft(read)) return mistake(host, Replies.badParameter(read.left.message), state)
  const parameters = withoutPrdr(host, read.right)
  const foreign = unsupported(parameters)
  if (Option.isSome(foreign)) {
    return mistake(host, Replies.unknownParameter(foreign.value), state)
  }
  if (!parameters.smtpUtf8 && ReversePath.needsUtf8(command.from)) {
    return mistake(host, Replies.needsSmtpUtf8, state)
  }
  if (Option.exists(parameters.size, (size) => size > host.limits.messageSize)) {
    return answer(host, Replies.tooLarge, state)
  }
  if (state.transactions >= host.limits.transactions) {
    return close(host, Replies.tooManyTransactions)
  }
  const counted = { ...state, transactions: state.transactions + 1 }
  const each = host.policy.protocol === "Lmtp" || parameters !== read.right
  const envelope: Envelope = {
    from: command.from,
    parameters,
    verdicts: each ? "Each" : "One",
    recipients: []
  }
  return Effect.flatMap(
    decide(host, host.handler.mail(state.client, envelope)),
    (verdict) =>
      conclude(host, verdict, counted, {
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

/** The first parameter of an extension that this server does not offer. */
const unsupported = (parameters: MailParameters.MailParameters): Option.Option<string> =>
  Option.map(
    Option.fromNullable(
      MailParameters.toParameters({
        ...parameters,
        size: Option.none(),
        smtpUtf8: false,
        body: Option.filter(parameters.body, (body) => body === "BINARYMIME"),
        auth: Option.none()
      })[0]
    ),
    ({ keyword }) => keyword
  )

/** RCPT (RFC 5321 section 4.1.1.3): one more recipient. */
export const rcpt = (
  host: Host,
  state: State,
  envelope: Envelope,
  command: Tagged<"Rcpt">
): Answer => {
  if (command.parameters.length > 0) {
    return mistake(host, Replies.unknownParameter(command.parameters[0].keyword), state)
  }
  if (!envelope.parameters.smtpUtf8 && ForwardPath.needsUtf8(command.to)) {
    return mistake(host, Replies.needsSmtpUtf8, state)
  }
  if (envelope.recipients.length >= host.limits.recipients) {
    return answer(host, Replies.tooManyRecipients, state)
  }
  const recipient = { path: command.to, parameters: RcptParameters.empty }
  return Effect.flatMap(
    decide(host, host.handler.recipient(state.client, envelope, recipient)),
    (verdict) =>
      conclude(host, verdict, state, {
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
export const data = (host: Host, state: State, envelope: Envelope): Answer =>
  Effect.gen(function*() {
    const { channel, handler, report, trace } = host
    const since = yield* Clock.currentTimeMillis
    yield* channel.send(Reply.encode(Replies.startInput))
    yield* channel.flush
    const arrival = Incoming.make(host)
    const attributes = () => ({ "smtp.recipients": envelope.recipients.length })
    const verdict = yield* decide(
      host,
      Effect.catchIf(
        trace(
          { name: "SmtpServer.message", attributes },
          handler.message(state.client, envelope, arrival.incoming)
        ),
        isIncomingError,
        () => Effect.succeed(Verdict.localError)
      )
    )
    const fault = yield* arrival.settle
    const after: State = { ...state, transaction: Option.none() }
    const told = Option.match(fault, { onNone: () => verdict, onSome: Replies.faultyMessage })
    yield* report({
      reply: Verdicts.inOne(envelope, told),
      octets: yield* arrival.size,
      since
    })
    return yield* Verdicts.tell(host, after, envelope, told)
  })
