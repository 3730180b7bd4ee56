/**
 * What ends a conversation that the two sides did not end themselves. After any of these the
 * connection is dead: a late reply would be taken for the answer to the next command.
 *
 * @module
 */
import type * as FlowError from "@effect-smtp/flow/FlowError"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import type { Phase } from "./Phase.js"

/** The transport failed. The fault may be either side's or the network's. */
export class TransportFailed extends Data.TaggedError("TransportFailed")<{
  readonly phase: Phase
  readonly cause: FlowError.FlowError
}> {
  override get message(): string {
    return `${this.phase}: the connection failed (${this.cause.message})`
  }
}

/** The peer finished writing where more was expected. `held` counts the bytes of an unfinished line. */
export class PeerClosed extends Data.TaggedError("PeerClosed")<{
  readonly phase: Phase
  readonly held: number
}> {
  override get message(): string {
    return this.held === 0
      ? `${this.phase}: the peer closed the connection`
      : `${this.phase}: the peer closed the connection after ${this.held} bytes of a line`
  }
}

/** The peer took longer than the phase allows. */
export class TimedOut extends Data.TaggedError("TimedOut")<{
  readonly phase: Phase
  readonly after: Duration.Duration
}> {
  override get message(): string {
    return `${this.phase}: no progress for ${Duration.format(this.after)}`
  }
}

/** The time for the conversation as a whole is over, whatever it was in the middle of. */
export class Expired extends Data.TaggedError("Expired")<{
  readonly phase: Phase
}> {
  override get message(): string {
    return `${this.phase}: the time for the whole session is over`
  }
}

/**
 * The peer takes or sends message data more slowly than the minimum rate. `octets` have passed, and it
 * has been waited for `during`, where `minimum` octets a second were asked of it.
 */
export class TooSlow extends Data.TaggedError("TooSlow")<{
  readonly phase: Phase
  readonly octets: number
  readonly during: Duration.Duration
  readonly minimum: number
}> {
  override get message(): string {
    return `${this.phase}: ${this.octets} octets in ${Duration.format(this.during)}, where the ` +
      `peer has to keep up with ${this.minimum} a second`
  }
}

/** The peer sent bytes that are not SMTP, or more of them than the limits allow. */
export class Unintelligible extends Data.TaggedError("Unintelligible")<{
  readonly phase: Phase
  readonly cause: Error
}> {
  override get message(): string {
    return `${this.phase}: the peer cannot be understood (${this.cause.message})`
  }
}

/**
 * The peer sent text in the clear that would have been read as if it were protected by TLS (RFC 3207
 * section 4; CVE-2011-0411 and its client-side twin).
 */
export class TextBeforeTls extends Data.TaggedError("TextBeforeTls")<{
  readonly phase: Phase
  readonly bytes: number
}> {
  override get message(): string {
    return `${this.phase}: ${this.bytes} bytes of clear text stood before the TLS handshake`
  }
}

/** The peer spoke when it was not its turn: these bytes are the answer to nothing. */
export class OutOfTurn extends Data.TaggedError("OutOfTurn")<{
  readonly phase: Phase
  readonly bytes: number
}> {
  override get message(): string {
    return `${this.phase}: the peer sent ${this.bytes} bytes that were not asked for`
  }
}

/**
 * The connection was left in the middle of an exchange, or the peer is about to leave it, and cannot
 * be used any more.
 */
export class Abandoned extends Data.TaggedError("Abandoned")<{
  readonly phase: Phase
}> {
  override get message(): string {
    return `${this.phase}: an earlier exchange ended this conversation`
  }
}

/** Everything that ends a conversation from outside of it. */
export type ChannelError =
  | TransportFailed
  | PeerClosed
  | TimedOut
  | Expired
  | TooSlow
  | Unintelligible
  | TextBeforeTls
  | OutOfTurn
  | Abandoned

/** Whether this is one of them. */
export const is = (value: unknown): value is ChannelError =>
  value instanceof TransportFailed ||
  value instanceof PeerClosed ||
  value instanceof TimedOut ||
  value instanceof Expired ||
  value instanceof TooSlow ||
  value instanceof Unintelligible ||
  value instanceof TextBeforeTls ||
  value instanceof OutOfTurn ||
  value instanceof Abandoned

/** The same end of the conversation, as it looks for something that was in another phase. */
export const during = (error: ChannelError, phase: Phase): ChannelError => {
  switch (error._tag) {
    case "TransportFailed":
      return new TransportFailed({ phase, cause: error.cause })
    case "PeerClosed":
      return new PeerClosed({ phase, held: error.held })
    case "TimedOut":
      return new TimedOut({ phase, after: error.after })
    case "Expired":
      return new Expired({ phase })
    case "TooSlow": {
      const { during, minimum, octets } = error
      return new TooSlow({ phase, octets, during, minimum })
    }
    case "Unintelligible":
      return new Unintelligible({ phase, cause: error.cause })
    case "TextBeforeTls":
      return new TextBeforeTls({ phase, bytes: error.bytes })
    case "OutOfTurn":
      return new OutOfTurn({ phase, bytes: error.bytes })
    case "Abandoned":
      return new Abandoned({ phase })
  }
}
