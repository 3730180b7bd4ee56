/**
 * Report: what became of each recipient, a line for each:
 *
 * ```
 * accepted bob@example.org 250 2.0.0 Queued as 4FqK1z
 * refused eve@example.org 550 5.1.1 No such mailbox
 * ```
 *
 * `accepted`: the server has the message; `deferred`: it has not, and trying later can help;
 * `refused`: it has not, and never will; `unknown`: it may have the message, or not.
 *
 * @module
 */
import type { Envelope } from "@effect-smtp/client/Envelope"
import type { Outcome } from "@effect-smtp/client/Outcome"
import type { Fate, Retry, SmtpError } from "@effect-smtp/client/SmtpError"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { OutOfTime } from "./CliError.js"

/** What can become of a recipient. */
export const words = ["accepted", "deferred", "refused", "unknown"] as const

/** One of {@link words}. */
export type Word = typeof words[number]

/** A recipient, what became of it, and why, in the server's words where it had any. */
export interface Entry {
  readonly word: Word
  readonly recipient: ForwardPath.ForwardPath
  readonly reason: string
}

/** The recipient's address, or `postmaster`. */
export const address = ({ recipient }: Entry): string =>
  Option.match(ForwardPath.toMailbox(recipient), {
    onNone: () => "postmaster",
    onSome: Mailbox.print
  })

/** The line. */
export const print = (entry: Entry): string => `${entry.word} ${address(entry)} ${entry.reason}`

/** What comes out as JSON: the exit code, each recipient, and the name of a message that was composed. */
export const Json = Schema.Struct({
  code: Schema.Number,
  messageId: Schema.NullOr(Schema.String),
  recipients: Schema.Array(Schema.Struct({
    address: Schema.String,
    became: Schema.Literal(...words),
    reason: Schema.String
  }))
})

const encode = Schema.encodeSync(Schema.parseJson(Json, { space: 2 }))

/** One JSON value. */
export const toJson = (
  entries: ReadonlyArray<Entry>,
  facts: { readonly code: number; readonly messageId: Option.Option<string> }
): string =>
  encode({
    code: facts.code,
    messageId: Option.getOrNull(facts.messageId),
    recipients: entries.map((entry) => ({
      address: address(entry),
      became: entry.word,
      reason: entry.reason
    }))
  })

/** The server's answer to the message for those it accepted, the reason for the others. */
export const fromOutcome = (outcome: Outcome): ReadonlyArray<Entry> => [
  ...outcome.accepted.map(({ recipient, reply }): Entry => ({
    word: "accepted",
    recipient,
    reason: Reply.summary(Option.getOrElse(outcome.reply, () => reply))
  })),
  ...outcome.rejected.map(({ recipient, reply }): Entry => ({
    word: Reply.isTransient(reply) ? "deferred" : "refused",
    recipient,
    reason: Reply.summary(reply)
  })),
  ...outcome.failed.map(({ error, fate, recipient }): Entry => ({
    word: word(fate, error.retry),
    recipient,
    reason: reason(error)
  }))
]

/** The same end for all recipients. */
export const fromError = (
  envelope: Envelope,
  error: SmtpError | OutOfTime
): ReadonlyArray<Entry> => {
  const retry = error._tag === "OutOfTime" ? "Later" : error.retry
  return envelope.to.map(({ path }): Entry => ({
    word: word(error.fate, retry),
    recipient: path,
    reason: reason(error)
  }))
}

const word = (fate: Fate, retry: Retry): Word =>
  fate === "Unknown" ? "unknown" : retry === "Later" ? "deferred" : "refused"

const reason = (error: SmtpError | OutOfTime): string =>
  error._tag === "Refused" ? Reply.summary(error.reply) : error.message

/** What to make of an error, for the person who reads it. */
export const advice = (error: SmtpError | OutOfTime): string => {
  if (error.fate === "Unknown") {
    return "whether the message was delivered is unknown; sent again, it may arrive twice"
  }
  switch (error._tag === "OutOfTime" ? "Later" : error.retry) {
    case "Later":
      return "nothing was delivered; trying later can help"
    case "Elsewhere":
      return "nothing was delivered; another server may take it, this one will not"
    case "Never":
      return "nothing was delivered; trying again will not help"
  }
}
