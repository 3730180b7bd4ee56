/**
 * What can go wrong inside a mechanism. That the server turned the credentials down is not here: it is
 * the server's verdict, not the mechanism's.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * Whose fault it is, and when:
 *
 * - `Credentials`: the caller's: these credentials cannot be sent with this mechanism;
 * - `Challenge`: the server's: a challenge that is not of the mechanism, or one too many;
 * - `Success`: the server's: it says success before the mechanism is through;
 * - `Response`: the client's: a response that is not of the mechanism, or one too many.
 */
export type Reason = "Credentials" | "Challenge" | "Success" | "Response"

/**
 * An exchange that cannot go on. `expected` says what the mechanism wanted instead; it never holds
 * any part of a secret.
 */
export class SaslError extends Data.TaggedError("SaslError")<{
  readonly mechanism: string
  readonly reason: Reason
  readonly expected: string
}> {
  override get message(): string {
    return `${this.mechanism}: bad ${this.reason.toLowerCase()}: expected ${this.expected}`
  }
}
