/**
 * Why a text is no `Received:` field.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * The fault is with whoever wrote the field.
 *
 * - `TooLong`: more than the limit, in UTF-16 units;
 * - `Nothing`: there is neither a clause (`from`, `by`, ...) nor a date in it.
 */
export class ReceivedError extends Data.TaggedError("ReceivedError")<{
  readonly reason: "TooLong" | "Nothing"
  readonly expected: string
}> {
  override get message(): string {
    return `expected ${this.expected}`
  }
}

/** The text is no date and time. */
export class ReceivedDateError extends Data.TaggedError("ReceivedDateError")<{
  readonly expected: string
}> {
  override get message(): string {
    return `expected ${this.expected}`
  }
}
