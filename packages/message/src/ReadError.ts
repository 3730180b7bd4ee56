/**
 * Why a message is not read: it is larger, or more entangled, than the reader wants to have.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * - `TooLong`: octets of the whole message;
 * - `HeaderTooLong`: octets of its header, or of the headers of all its parts together;
 * - `TooDeep`: parts within parts;
 * - `TooManyParts`: parts, on all levels.
 */
export type Reason = "TooLong" | "HeaderTooLong" | "TooDeep" | "TooManyParts"

const whats: Readonly<Record<Reason, string>> = {
  TooLong: "octets in the message",
  HeaderTooLong: "octets in the header",
  TooDeep: "levels of parts",
  TooManyParts: "parts"
}

/** The message is over the limit, of which there is at most `limit`. */
export class ReadError extends Data.TaggedError("ReadError")<{
  readonly reason: Reason
  readonly limit: number
}> {
  override get message(): string {
    return `message: expected at most ${this.limit} ${whats[this.reason]}`
  }
}
