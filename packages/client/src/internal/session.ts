import type { Channel } from "@effect-smtp/protocol/Channel"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type { Protocol } from "../Hello.js"
import { SessionSpent } from "../SmtpError.js"
import type { Chunking } from "./needs.js"

/**
 * What is said together, where the server offers PIPELINING: the commands of one message, or those of
 * several, with the messages between them.
 */
export type Grouping = "Commands" | "Messages"

/**
 * What the transactions of a session share: `transactions` counts those that were begun, `grouping`
 * is what the server has turned out to bear.
 */
export interface Session {
  readonly channel: Channel
  readonly capabilities: Capabilities.Capabilities
  readonly chunking: Chunking
  readonly protocol: Protocol
  readonly transactions: MutableRef.MutableRef<number>
  readonly grouping: MutableRef.MutableRef<Grouping>
}

/** What the server says of the size of sessions and envelopes (RFC 9422). */
export const limits = ({ capabilities }: Session) =>
  Option.getOrElse(Capabilities.get(capabilities, "Limits"), () => ({
    rcptMax: Option.none<number>(),
    mailMax: Option.none<number>(),
    rcptDomainMax: Option.none<number>()
  }))

/** Counts one more transaction; the reason why not, where the server does not allow it. */
export const count = (session: Session): Option.Option<SessionSpent> => {
  const { mailMax } = limits(session)
  if (Option.isSome(mailMax) && session.transactions.current >= mailMax.value) {
    return Option.some(new SessionSpent({ limit: mailMax.value }))
  }
  MutableRef.increment(session.transactions)
  return Option.none()
}
