import * as AtOnce from "@effect-smtp/protocol/AtOnce"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Extension from "@effect-smtp/wire/Extension"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Option from "effect/Option"
import type { ClientInfo } from "../ClientInfo.js"
import * as Mechanisms from "./mechanisms.js"
import * as Parameters from "./parameters.js"
import type { Answer, Host, State } from "./state.js"
import { answer, conclude, decide, isDisabled } from "./state.js"
import * as Xclient from "./xclient.js"

/**
 * What this server can do for this client, now: exactly what its services, its policy and its limits
 * make possible.
 */
const extensions = (
  host: Host,
  state: State,
  surroundings: Option.Option<Mechanisms.Surroundings>
): ReadonlyArray<Extension.Extension> => {
  const mechanisms = Option.match(surroundings, {
    onNone: () => [],
    onSome: (surroundings) => Mechanisms.offered(surroundings).map(Mechanisms.name)
  })
  return [
    Extension.Pipelining(),
    ...Parameters.offered({
      extensions: host.extensions,
      isSecure: Option.isSome(state.client.peer.tls),
      now: host.now()
    }),
    Extension.EnhancedStatusCodes(),
    Extension.Size({ limit: Option.some(host.limits.messageSize) }),
    ...limits(host),
    ...(canStartTls(host, state) ? [Extension.StartTls()] : []),
    ...(mechanisms.length > 0 ? [Extension.Auth({ mechanisms })] : []),
    ...(tellsEach(host) ? [Extension.Prdr()] : []),
    ...inquiries(host),
    ...Xclient.offered(host, state),
    ...(isDisabled(host, "Help") ? [] : [Extension.Help()])
  ]
}

/** Whether there is something to tell each recipient under PRDR; under LMTP they are told anyway. */
export const tellsEach = ({ handler, policy }: Host): boolean =>
  handler.verdicts === "Each" && policy.protocol === "Smtp"

/** What the handler has an answer to, as far as the server does with it. */
const inquiries = (host: Host): ReadonlyArray<Extension.Extension> => {
  const { etrn, expand, verify } = host.handler
  return [
    ...(verify === undefined || isDisabled(host, "Vrfy") ? [] : [Extension.Vrfy()]),
    ...(expand === undefined || isDisabled(host, "Expn") ? [] : [Extension.Expn()]),
    ...(etrn === undefined || isDisabled(host, "Etrn") ? [] : [Extension.Etrn()])
  ]
}

/** What there are numbers for, which have at most six digits (RFC 9422 section 4). */
const limits = ({ limits: { recipients, transactions } }: Host) => {
  const shown = Option.liftPredicate((limit: number) => Number.isInteger(limit) && limit < 1e6)
  const rcptMax = shown(recipients)
  const mailMax = shown(transactions)
  return Option.isNone(rcptMax) && Option.isNone(mailMax)
    ? []
    : [Extension.Limits({ rcptMax, mailMax, rcptDomainMax: Option.none(), others: [] })]
}

/** Whether STARTTLS would be obeyed. */
export const canStartTls = (host: Host, state: State): boolean =>
  Option.isNone(state.client.peer.tls) &&
  (host.policy.protection._tag === "Offered" || host.policy.protection._tag === "Required")

/** HELO, EHLO and LHLO: the session begins, or begins again, outside any transaction. */
export const respond = (
  host: Host,
  state: State,
  protocol: ClientInfo["protocol"],
  name: Domain.Domain
): Answer =>
  AtOnce.flatMap(decide(host, host.handler.hello(state.client, name)), (verdict) => {
    const greeted: State = {
      ...state,
      transaction: Option.none(),
      client: { ...state.client, name: Option.some(name), protocol }
    }
    if (verdict._tag === "Reject") return conclude(verdict, state, greeted)
    const greeting = Domain.print(host.name)
    if (protocol === "SMTP") return answer(Reply.make({ code: 250, text: greeting }), greeted)
    return AtOnce.flatMap(Mechanisms.surroundings(host, greeted.client), (surroundings) => {
      const offered = Capabilities.make(greeting, extensions(host, greeted, surroundings))
      return answer(Capabilities.toReply(offered), greeted)
    })
  })
