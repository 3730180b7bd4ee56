/**
 * What can be wrong with a command.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import type { AddressError } from "./AddressError.js"

/**
 * - `UnknownVerb`: no such command here (500).
 * - `Syntax`: the argument is not what the verb wants; `offset` counts characters from the start of
 *   the line (501).
 * - `Address`: a domain, path, parameter or xtext of the argument is not one; the error says where,
 *   also from the start of the line (501, 553 or 555).
 * - `Forbidden`: a control character, which no command may hold (501); from `Command.encode`, a
 *   value that would have put it there.
 * - `EightBit`: a character beyond ASCII in a command that does not ask for SMTPUTF8 (RFC 6531
 *   section 3.5: 550 or 553 with 5.6.7).
 * - `TooLong`: more than `limit` octets with the line end (500).
 * - `BareLineFeed`, `NotUtf8`: faults of the line (500).
 */
export type Reason = Data.TaggedEnum<{
  UnknownVerb: {}
  Syntax: { readonly expected: string; readonly offset: number }
  Address: { readonly error: AddressError }
  Forbidden: { readonly code: number; readonly offset: number }
  EightBit: { readonly offset: number }
  TooLong: { readonly limit: number }
  BareLineFeed: {}
  NotUtf8: {}
}>

/** Constructors and matchers of {@link Reason}. */
export const {
  UnknownVerb,
  Syntax,
  Address,
  Forbidden,
  EightBit,
  TooLong,
  BareLineFeed,
  NotUtf8,
  $is: isReason,
  $match: matchReason
} = Data.taggedEnum<Reason>()

const explain: (reason: Reason) => string = matchReason({
  UnknownVerb: () => "expected a known verb",
  Syntax: ({ expected, offset }) => `expected ${expected} at offset ${offset}`,
  Address: ({ error }) => error.message,
  Forbidden: ({ code, offset }) =>
    `expected no control character, got U+${
      code.toString(16).padStart(4, "0")
    } at offset ${offset}`,
  EightBit: ({ offset }) => `expected ASCII (no SMTPUTF8 was asked for) at offset ${offset}`,
  TooLong: ({ limit }) => `expected at most ${limit} octets`,
  BareLineFeed: () => "expected CR LF, got LF alone",
  NotUtf8: () => "expected UTF-8"
})

/**
 * The line is no command, or (from `Command.encode`) the value is none that may be sent. The line
 * is used up: the session may go on. `verb` is upper-case, where one was found that is known.
 */
export class CommandError extends Data.TaggedError("CommandError")<{
  readonly reason: Reason
  readonly verb: Option.Option<string>
}> {
  override get message(): string {
    return `${Option.getOrElse(this.verb, () => "command")}: ${explain(this.reason)}`
  }
}
