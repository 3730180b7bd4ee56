/**
 * Why a delivery failed: a class for each thing a caller does differently. Each says in which phase,
 * what became of the message, and whether trying again can help. A refused recipient is not here: it
 * is a value in `Outcome`.
 *
 * @module
 */
import type { Reason } from "@effect-smtp/flow/FlowError"
import type * as ChannelError from "@effect-smtp/protocol/ChannelError"
import type { Phase } from "@effect-smtp/protocol/Phase"
import type { Refusal } from "@effect-smtp/sasl/Refusal"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Data from "effect/Data"
import type { RouteError } from "./RouteError.js"

/**
 * What became of the message: the server does not have it, or nobody can say (the final dot was on
 * its way and no reply came back), so that sending again may deliver it twice.
 */
export type Fate = "NotDelivered" | "Unknown"

/**
 * What may help: the same attempt at another time; another server for the same mail, such as the next
 * one that the MX records name, since this one will never do it; or nothing, with this message to these
 * people.
 */
export type Retry = "Later" | "Elsewhere" | "Never"

const takesNobody: ReadonlyArray<Phase> = ["Greeting", "Hello", "StartTls"]

/** The server answered, and its answer is no; after the final dot, a 3xx is no answer at all. */
export class Refused extends Data.TaggedError("Refused")<{
  readonly phase: Phase
  readonly reply: Reply.Reply
}> {
  get fate(): Fate {
    return this.phase === "Verdict" && Reply.isIntermediate(this.reply) ? "Unknown" : "NotDelivered"
  }
  /** A server that takes nobody in is not the only one (RFC 5321 section 5.1). */
  get retry(): Retry {
    if (Reply.isTransient(this.reply)) return "Later"
    return takesNobody.includes(this.phase) ? "Elsewhere" : "Never"
  }
  override get message(): string {
    return `${this.phase}: refused: ${Reply.summary(this.reply)}`
  }
}

/**
 * The server does not take these credentials, or none of the mechanisms at hand.
 *
 * - `reply`: the server's, where it said no;
 * - `refusal`: its reason, where the mechanism has words for it.
 */
export class AuthenticationFailed extends Data.TaggedError("AuthenticationFailed")<{
  readonly mechanism: string
  readonly reason: string
  readonly retry: Retry
  readonly reply?: Reply.Reply
  readonly refusal?: Refusal
}> {
  readonly phase: Phase = "Auth"
  readonly fate: Fate = "NotDelivered"
  override get message(): string {
    return `Auth: ${this.mechanism}: ${this.reason}`
  }
}

/** A certificate that is not to be trusted, or a transport that cannot do it: neither passes by itself. */
const isLasting = (reason: Reason): boolean => reason === "Certificate" || reason === "Unsupported"

/** The connection broke, stalled, or stopped making sense. */
export class ConnectionFailed extends Data.TaggedError("ConnectionFailed")<{
  readonly cause: ChannelError.ChannelError
}> {
  get phase(): Phase {
    return this.cause.phase
  }
  get fate(): Fate {
    return this.phase === "Verdict" ? "Unknown" : "NotDelivered"
  }
  get retry(): Retry {
    return this.cause._tag === "TransportFailed" && isLasting(this.cause.cause.reason)
      ? "Elsewhere"
      : "Later"
  }
  override get message(): string {
    return this.cause.message
  }
}

/**
 * One side speaks TLS from the first byte, and the other clear text. `server`: which of them that is. That
 * it is `Tls` is concluded from the port, where no greeting came.
 */
export class WrongProtection extends Data.TaggedError("WrongProtection")<{
  readonly server: "ClearText" | "Tls"
  readonly cause: ChannelError.ChannelError
}> {
  readonly fate: Fate = "NotDelivered"
  readonly retry: Retry = "Elsewhere"
  get phase(): Phase {
    return this.cause.phase
  }
  override get message(): string {
    return this.server === "ClearText"
      ? `${this.phase}: the server answers in clear text, and TLS was asked for from the first byte: ` +
        "use STARTTLS, or the port for TLS (465)"
      : `${this.phase}: no greeting from port 465, where TLS begins with the first byte: ` +
        "use implicit TLS, or the port for STARTTLS (587)"
  }
}

/** Going on would break the caller's {@link Security}: nothing that matters has been sent. */
export class NotSecure extends Data.TaggedError("NotSecure")<{
  readonly phase: Phase
  readonly reason: string
}> {
  readonly fate: Fate = "NotDelivered"
  readonly retry: Retry = "Elsewhere"
  override get message(): string {
    return `${this.phase}: ${this.reason}`
  }
}

/** The message needs an extension that the server does not offer, or more of it. Nothing of it has been sent. */
export class Unsupported extends Data.TaggedError("Unsupported")<{
  readonly phase: Phase
  readonly extension: string
  readonly reason: string
}> {
  readonly fate: Fate = "NotDelivered"
  readonly retry: Retry = "Elsewhere"
  override get message(): string {
    return `${this.phase}: beyond what the server offers (${this.extension}): ${this.reason}`
  }
}

/** The caller gave something that cannot be sent: a command, or a message that cannot be read. */
export class Unsendable extends Data.TaggedError("Unsendable")<{
  readonly phase: Phase
  readonly cause: unknown
}> {
  readonly fate: Fate = "NotDelivered"
  readonly retry: Retry = "Never"
  override get message(): string {
    const text = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `${this.phase}: cannot be sent: ${text}`
  }
}

/** The server takes no more messages in this session (RFC 9422, MAILMAX). In another it may. */
export class SessionSpent extends Data.TaggedError("SessionSpent")<{
  readonly limit: number
}> {
  readonly phase: Phase = "Mail"
  readonly fate: Fate = "NotDelivered"
  readonly retry: Retry = "Later"
  override get message(): string {
    return `${this.phase}: the server takes no more than ${this.limit} messages in one session`
  }
}

/** There is no server to be talked to: none can be found for the recipient's domain. */
export class Unroutable extends Data.TaggedError("Unroutable")<{
  readonly cause: RouteError
}> {
  readonly phase: Phase = "Connect"
  readonly fate: Fate = "NotDelivered"
  get retry(): Retry {
    return this.cause.retry
  }
  override get message(): string {
    return `${this.phase}: no way there: ${this.cause.message}`
  }
}

/** Every way in which talking to a server fails. */
export type SmtpError =
  | Refused
  | AuthenticationFailed
  | ConnectionFailed
  | WrongProtection
  | NotSecure
  | Unsupported
  | Unsendable
  | SessionSpent
  | Unroutable
