/**
 * ExitCode: what the process tells its caller. The numbers are those of a mail program's caller
 * (75 is `EX_TEMPFAIL` of sysexits.h).
 *
 * @module
 */
import * as Outcome from "@effect-smtp/client/Outcome"
import type { SmtpError } from "@effect-smtp/client/SmtpError"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import type { ValidationError } from "@effect/cli/ValidationError"
import * as ValidationErrors from "@effect/cli/ValidationError"
import type { PlatformError } from "@effect/platform/Error"
import type { CliError } from "./CliError.js"

/**
 * - 0: done; every recipient was accepted;
 * - 1: refused for good, for some recipients at least, or impossible; lint: must not be sent so;
 * - 2: wrong use of the command;
 * - 75: not done, and trying later can help.
 */
export type ExitCode = 0 | 1 | 2 | 75

/** What they mean, for the help text. */
export const meanings = [
  "0: done; every recipient was accepted.",
  "1: refused for good, for some recipients at least, or impossible; lint: not to be sent so.",
  "2: wrong use.",
  "75: not done, and trying later can help."
] as const

/** Every way in which a command fails. */
export type Failure = CliError | SmtpError | FlowError | PlatformError | ValidationError

/**
 * A recipient refused for good decides over one that may be accepted later: sending the same again
 * cannot succeed for all.
 */
export const fromOutcome = (outcome: Outcome.Outcome): ExitCode =>
  Outcome.isComplete(outcome)
    ? 0
    : Outcome.worthRetrying(outcome).length === outcome.rejected.length + outcome.failed.length
    ? 75
    : 1

/** What a failure amounts to. */
export const fromFailure = (failure: Failure): ExitCode => {
  if (ValidationErrors.isValidationError(failure)) return 2
  switch (failure._tag) {
    case "WrongUse":
      return 2
    case "Undelivered":
      return fromOutcome(failure.outcome)
    case "OutOfTime":
      return 75
    case "Incomplete":
    case "Refused":
    case "AuthenticationFailed":
    case "ConnectionFailed":
    case "NotSecure":
    case "WrongProtection":
    case "Unsupported":
    case "Unsendable":
    case "SessionSpent":
      return failure.retry === "Later" ? 75 : 1
    default:
      return 1
  }
}
