/**
 * What is wrong with a text that should be an address or a part of one.
 *
 * @module
 */
import * as Data from "effect/Data"

/** The part that was being read. */
export type Part = "domain" | "local" | "path" | "parameter" | "xtext"

/**
 * What a server answers differently:
 *
 * - `Syntax`: not what the grammar asks for (501);
 * - `TooLong`: over one of the limits of RFC 5321 section 4.5.3.1 (501, 553 or 500);
 * - `NotAscii`: a character that SMTPUTF8 would allow, but it was not agreed on (553 5.6.7);
 * - `Unsafe`: a control or an invisible character, which is never allowed (501).
 */
export type Reason = "Syntax" | "TooLong" | "NotAscii" | "Unsafe"

/**
 * The text is not what it should be; the fault is with whoever wrote it. `offset` counts UTF-16 units
 * from the start of the text that was given. The text itself is not in here, so this can be logged.
 */
export class AddressError extends Data.TaggedError("AddressError")<{
  readonly part: Part
  readonly reason: Reason
  readonly offset: number
  readonly expected: string
}> {
  override get message(): string {
    const what = this.reason === "NotAscii"
      ? " (a character beyond ASCII needs SMTPUTF8)"
      : this.reason === "Unsafe"
      ? " (found a control or invisible character)"
      : ""
    return `${this.part}: expected ${this.expected} at offset ${this.offset}${what}`
  }
}
