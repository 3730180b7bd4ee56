import type { Channel } from "@effect-smtp/protocol/Channel"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type { Protocol } from "../Hello.js"
import { SessionSpent } from "../SmtpError.js"
import type { Chunking } from "./needs.js"

/** What the transactions of a session share: `transactions` counts those that were begun. */
export interface Session {
  readonly channel: Channel
  readonly capabilities: Capabilities.Capabilities
  readonly chunking: Chunking
  readonly protocol: Protocol
  readonly transactions: MutableRef.MutableRef<number>
}

/** What the server says of the size of sessions and envelopes (RFC 9422). */
export const limits = ({ capabilities }: Session) =>
  Option.getOrElse(Capabilities.get(capabilities, "Limits"), () => ({
    rcptMax: Option.none<number>(),
    mailMax: Option.none<number>(),
    rcptDomainMax: Option.none<number>()
  }))

/** Counts one more transaction, where the server allows it. */
export const begin = (session: Session): Effect.Effect<void, SessionSpent> =>
  Effect.suspend(() => {
    const { mailMax } = limits(session)
    return Option.isSome(mailMax) && session.transactions.current >= mailMax.value
      ? new SessionSpent({ limit: mailMax.value })
      : Effect.sync(() => MutableRef.increment(session.transactions))
  })
