/**
 * What can go wrong with one connection, whatever is behind it.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * What happened, as far as a caller acts differently on it:
 *
 * - `NotFound`: the name has no address, or nothing listens under that name;
 * - `Refused`: the address answered that nothing listens there, or it cannot be bound;
 * - `Unreachable`: no route, or a network that is down;
 * - `Timeout`: the transport gave up waiting (dialing only; the protocol keeps its own clock);
 * - `Reset`: the peer cut the connection, bytes may be lost;
 * - `Closed`: this side has closed it already;
 * - `Certificate`: the peer's certificate is not to be trusted for the name asked for;
 * - `Handshake`: TLS could not be agreed on;
 * - `NotTls`: what the peer sent in place of a handshake is no TLS: it speaks clear text;
 * - `Unsupported`: this kind of flow cannot do that;
 * - `Other`: whatever else the platform said.
 */
export type Reason =
  | "NotFound"
  | "Refused"
  | "Unreachable"
  | "Timeout"
  | "Reset"
  | "Closed"
  | "Certificate"
  | "Handshake"
  | "NotTls"
  | "Unsupported"
  | "Other"

/** What was being done when it happened. */
export type During = "dial" | "listen" | "accept" | "read" | "write" | "upgrade"

/** A connection failed. `detail` is what the platform said; `cause` is its error, for logs. */
export class FlowError extends Data.TaggedError("FlowError")<{
  readonly reason: Reason
  readonly during: During
  readonly detail: string
  readonly cause?: unknown
}> {
  override get message(): string {
    return `${this.during}: ${this.reason.toLowerCase()}: ${this.detail}`
  }
}
