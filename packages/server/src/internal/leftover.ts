import type { Command } from "@effect-smtp/wire/Command"
import type { CommandError } from "@effect-smtp/wire/CommandError"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { State } from "./state.js"

/**
 * What was refused, of that which a pipelining client (RFC 2920) takes for granted when it sends the rest of
 * the transaction: MAIL, or all of its recipients so far.
 */
export type Refused = "Nothing" | "Mail" | "Recipients"

const beginnings: ReadonlyArray<string> = ["RSET", "HELO", "EHLO", "LHLO"]

/** The state after a command, with what was refused by then. */
export const note = (
  command: Either.Either<Command, CommandError>,
  after: State
): State => {
  const refused = by(command, after)
  return refused === after.refused ? after : { ...after, refused }
}

const by = (
  command: Either.Either<Command, CommandError>,
  { refused, transaction }: State
): Refused => {
  const verb = Either.match(command, {
    onLeft: (error) => Option.getOrElse(error.verb, () => ""),
    onRight: ({ _tag }) => _tag.toUpperCase()
  })
  if (beginnings.includes(verb)) return "Nothing"
  if (verb === "MAIL") return Option.isNone(transaction) ? "Mail" : "Nothing"
  if (verb !== "RCPT" || Option.isNone(transaction)) return refused
  return transaction.value.recipients.length === 0 ? "Recipients" : "Nothing"
}

/** Whether a command that is out of order may have been sent before its client knew that. */
export const is = ({ refused }: State, { _tag }: Command): boolean => {
  switch (refused) {
    case "Nothing":
      return false
    case "Mail":
      return _tag === "Rcpt" || _tag === "Data"
    case "Recipients":
      return _tag === "Data"
  }
}
