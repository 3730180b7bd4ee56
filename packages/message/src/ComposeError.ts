/**
 * What is wrong with a message that was to be composed.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * - `Unsafe`: a line end, NUL or another control in text that stands in one line of the header;
 * - `Syntax`: not what the grammar of that field asks for;
 * - `Missing`: nothing is there, and something has to be;
 * - `Reserved`: the field is written from another part of the draft;
 * - `Unfit`: the charset does not have the text, or the transfer encoding cannot carry the content.
 */
export type Reason = "Unsafe" | "Syntax" | "Missing" | "Reserved" | "Unfit"

/**
 * The message cannot be composed as it is; the fault is with whoever gave it. `field`: the field of the
 * header that it would have been in, or the part of the draft. The text itself is not in here.
 */
export class ComposeError extends Data.TaggedError("ComposeError")<{
  readonly field: string
  readonly reason: Reason
  readonly expected: string
}> {
  override get message(): string {
    return `${this.field}: expected ${this.expected} (${this.reason})`
  }
}
