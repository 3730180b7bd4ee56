/**
 * NodemailerError: this package's errors as nodemailer's callers know them.
 *
 * @module
 */
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Data from "effect/Data"
import type { Verdict } from "./Outcome.js"
import type { SmtpError } from "./SmtpError.js"

/** nodemailer's names for what went wrong, those of them that are used here. */
export type Code =
  | "EABORT"
  | "EAUTH"
  | "ECONNECTION"
  | "EDNS"
  | "EENVELOPE"
  | "EMESSAGE"
  | "EPROTOCOL"
  | "ESTREAM"
  | "ETIMEDOUT"
  | "ETLS"

/**
 * A mail was not sent, or not to that recipient.
 *
 * - `code`: what went wrong; `command`: during which command, or `CONN`, or `API` for none;
 * - `response`, `responseCode`: what the server said, if it did;
 * - `recipient`: whom it is about, if one alone;
 * - `rejected`, `rejectedErrors`: every recipient, where each was refused;
 * - `cause`: the error as this package has it.
 */
export class NodemailerError extends Data.TaggedError("NodemailerError")<{
  readonly text: string
  readonly code: Code
  readonly command: string
  readonly response?: string
  readonly responseCode?: number
  readonly recipient?: string
  readonly rejected?: ReadonlyArray<string>
  readonly rejectedErrors?: ReadonlyArray<NodemailerError>
  readonly cause?: unknown
}> {
  override get message(): string {
    return this.text
  }
}

/** The address alone. */
export const address = (path: ForwardPath.ForwardPath): string =>
  ForwardPath.print(path).slice(1, -1)

const commands: ReadonlyMap<string, string> = new Map([
  ["Connect", "CONN"],
  ["Greeting", "CONN"],
  ["Handshake", "CONN"],
  ["Hello", "EHLO"],
  ["StartTls", "STARTTLS"],
  ["Auth", "AUTH"],
  ["Mail", "MAIL FROM"],
  ["Recipient", "RCPT TO"],
  ["Data", "DATA"],
  ["Content", "DATA"],
  ["Verdict", "DATA"]
])

const answered = (reply: Reply.Reply) => ({
  response: Reply.summary(reply),
  responseCode: reply.code
})

/** Why a delivery failed: where the mail could not be read, that failure itself. */
export const fromSmtpError = (error: SmtpError): NodemailerError =>
  error._tag === "Unsendable" && error.cause instanceof NodemailerError
    ? error.cause
    : new NodemailerError({
      text: error.message,
      code: codeOf(error),
      command: commands.get(error.phase) ?? "API",
      ...(error._tag === "Refused" ? answered(error.reply) : {}),
      cause: error
    })

const codeOf = (error: SmtpError): Code => {
  switch (error._tag) {
    case "AuthenticationFailed":
      return "EAUTH"
    case "NotSecure":
    case "WrongProtection":
      return "ETLS"
    case "Unsupported":
    case "Unsendable":
      return "EMESSAGE"
    case "Refused":
      return error.phase === "Mail" || error.phase === "Recipient"
        ? "EENVELOPE"
        : commands.get(error.phase) === "DATA"
        ? "EMESSAGE"
        : "EPROTOCOL"
    case "ConnectionFailed":
      return error.cause._tag === "TimedOut" || error.cause._tag === "TooSlow"
        ? "ETIMEDOUT"
        : error.cause._tag === "Unintelligible" || error.cause._tag === "OutOfTurn"
        ? "EPROTOCOL"
        : error.cause._tag === "TextBeforeTls"
        ? "ETLS"
        : error.cause._tag === "TransportFailed"
        ? codeOfFlow(error.cause.cause.reason)
        : "ECONNECTION"
    case "Unroutable":
      return "EDNS"
    default:
      return "ECONNECTION"
  }
}

const codeOfFlow = (reason: string): Code =>
  reason === "NotFound"
    ? "EDNS"
    : reason === "Certificate" || reason === "Handshake" || reason === "NotTls"
    ? "ETLS"
    : reason === "Timeout"
    ? "ETIMEDOUT"
    : "ECONNECTION"

/** Why one recipient was refused. */
export const fromVerdict = ({ recipient, reply }: Verdict): NodemailerError =>
  new NodemailerError({
    text: `Recipient refused: ${Reply.summary(reply)}`,
    code: "EENVELOPE",
    command: "RCPT TO",
    recipient: address(recipient),
    ...answered(reply)
  })

/** Each recipient was refused: there is at least one. */
export const fromRefusals = (
  rejectedErrors: readonly [NodemailerError, ...ReadonlyArray<NodemailerError>]
): NodemailerError => {
  const { command, response, responseCode } = rejectedErrors[0]
  return new NodemailerError({
    text: "Can't send mail - all recipients were rejected",
    code: "EENVELOPE",
    command,
    ...(response === undefined ? {} : { response }),
    ...(responseCode === undefined ? {} : { responseCode }),
    rejected: rejectedErrors.flatMap(({ recipient }) => recipient ?? []),
    rejectedErrors
  })
}
