/**
 * ExitCode: what the process tells its caller. The numbers are those of a mail program's caller
 * (75 is `EX_TEMPFAIL` of sysexits.h).
 *
 * @module
 */
import * as Outcome from "@effect-smtp/client/Outcome"
import type { Report, Stage } from "@effect-smtp/client/ProbeReport"
import * as ProbeReport from "@effect-smtp/client/ProbeReport"
import type { SmtpError } from "@effect-smtp/client/SmtpError"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import * as Reply from "@effect-smtp/wire/Reply"
import type { ValidationError } from "@effect/cli/ValidationError"
import * as ValidationErrors from "@effect/cli/ValidationError"
import type { PlatformError } from "@effect/platform/Error"
import * as Option from "effect/Option"
import type { CliError } from "./CliError.js"

/**
 * What a probe ends with, by the first stage at which something is not as it should be. The numbers are
 * those of swaks(1), where it has one.
 */
export const stages = {
  Connect: 20,
  Greeting: 21,
  Hello: 22,
  Mail: 23,
  Recipient: 24,
  Data: 25,
  Content: 26,
  Verdict: 26,
  Auth: 28,
  Tls: 29,
  Xclient: 33
} as const satisfies Readonly<Record<Stage, number>>

/**
 * - 0: done; every recipient was accepted;
 * - 1: refused for good, for some recipients at least, or impossible; lint: must not be sent so;
 * - 2: wrong use of the command;
 * - 75: not done, and trying later can help;
 * - 20 and more: see {@link stages}.
 */
export type ExitCode = 0 | 1 | 2 | 75 | typeof stages[Stage]

/** What they mean, for the help text. */
export const meanings = [
  "0: done; every recipient was accepted.",
  "1: refused for good, for some recipients at least, or impossible; lint: not to be sent so.",
  "2: wrong use.",
  "75: not done, and trying later can help.",
  "130: interrupted; serve, which stops in order: 0."
] as const

/** The same for {@link stages}. */
export const stageMeanings = [
  "20: no connection.",
  "21: the greeting.",
  "22: EHLO, HELO or LHLO.",
  "29: TLS, or a certificate that is not to be trusted.",
  "33: XCLIENT.",
  "28: the login, or one that would have exposed the credentials and was not tried.",
  "23: MAIL.",
  "24: RCPT; some recipient was refused.",
  "25: DATA.",
  "26: the message."
] as const

/** Every way in which a command fails. */
export type Failure = CliError | SmtpError | FlowError | PlatformError | ValidationError

/**
 * A recipient refused for good decides over one that may be accepted later: sending the same again
 * cannot succeed for all. Whether one who may have the message all the same should get it again is up to
 * the caller, as after a failure.
 */
export const fromOutcome = (outcome: Outcome.Outcome): ExitCode =>
  Outcome.isComplete(outcome)
    ? 0
    : outcome.rejected.every(({ reply }) => Reply.isTransient(reply)) &&
        outcome.failed.every(({ error }) => error.retry === "Later")
    ? 75
    : 1

/** The code of the first stage at which something is not as it should be. */
export const fromReport = (report: Report): ExitCode =>
  Option.match(ProbeReport.failedStage(report), {
    onNone: () => 0,
    onSome: (stage) => stages[stage]
  })

/** What a failure amounts to. */
export const fromFailure = (failure: Failure): ExitCode => {
  if (ValidationErrors.isValidationError(failure)) return 2
  switch (failure._tag) {
    case "WrongUse":
      return 2
    case "Undelivered":
      return fromOutcome(failure.outcome)
    case "Faulty":
      return stages[failure.stage]
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
    case "Unroutable":
      return failure.retry === "Later" ? 75 : 1
    default:
      return 1
  }
}
