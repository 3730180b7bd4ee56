/**
 * What can be wrong with a peer's reply.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * - `BadCode`: a line does not begin with three digits from 200 to 599, ended by `-`, a space or
 *   the line end;
 * - `CodeChanged`: a later line has another code than the first;
 * - `LineTooLong`, `TooManyLines`, `TooLarge`: a bound was passed (a line and a whole reply in
 *   octets, line ends included);
 * - `Incomplete`: the text ends in the middle of the reply (only from `Reply.parse`);
 * - `Trailing`: there is text after the reply (only from `Reply.parse`).
 */
export type Reason = Data.TaggedEnum<{
  BadCode: { readonly found: string }
  CodeChanged: { readonly first: number; readonly found: number }
  LineTooLong: { readonly limit: number }
  TooManyLines: { readonly limit: number }
  TooLarge: { readonly limit: number }
  Incomplete: {}
  Trailing: {}
}>

/** Constructors and matchers of {@link Reason}. */
export const {
  BadCode,
  CodeChanged,
  LineTooLong,
  TooManyLines,
  TooLarge,
  Incomplete,
  Trailing,
  $is: isReason,
  $match: matchReason
} = Data.taggedEnum<Reason>()

const explain: (reason: Reason) => string = matchReason({
  BadCode: ({ found }) => `expected a code from 200 to 599, got ${JSON.stringify(found)}`,
  CodeChanged: ({ first, found }) => `expected code ${first} on every line, got ${found}`,
  LineTooLong: ({ limit }) => `expected lines of at most ${limit} octets`,
  TooManyLines: ({ limit }) => `expected at most ${limit} lines`,
  TooLarge: ({ limit }) => `expected at most ${limit} octets`,
  Incomplete: () => "expected more lines",
  Trailing: () => "expected nothing after the last line"
})

/**
 * The peer's answer is no reply. `line` counts from 1. What the peer sends next can no longer be
 * paired with commands: the connection is to be given up.
 */
export class ReplyError extends Data.TaggedError("ReplyError")<{
  readonly reason: Reason
  readonly line: number
}> {
  override get message(): string {
    return `reply, line ${this.line}: ${explain(this.reason)}`
  }
}
