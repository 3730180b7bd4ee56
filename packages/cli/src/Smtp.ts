/**
 * Smtp: the command `smtp`.
 *
 * @module
 */
import * as Command from "@effect/cli/Command"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { WrongUse } from "./CliError.js"
import * as ExitCode from "./ExitCode.js"
import * as HashPasswordCommand from "./HashPasswordCommand.js"
import * as LintCommand from "./LintCommand.js"
import * as ProbeCommand from "./ProbeCommand.js"
import * as Protection from "./Protection.js"
import * as Report from "./Report.js"
import * as SendCommand from "./SendCommand.js"
import * as ServeCommand from "./ServeCommand.js"
import * as Settings from "./Settings.js"
import * as TraceCommand from "./TraceCommand.js"

/** The version of this package. */
export const version = "0.1.0"

const command = (onStopped: Effect.Effect<void>) =>
  Command.make(
    "smtp",
    {},
    () =>
      Effect.fail(
        new WrongUse({
          reason:
            "say what to do: serve, send, lint, probe, trace or hash-password (see smtp --help)"
        })
      )
  ).pipe(
    Command.withDescription("Receives and sends mail."),
    Command.withSubcommands([
      ServeCommand.make(onStopped),
      SendCommand.command,
      LintCommand.command,
      ProbeCommand.command,
      TraceCommand.command,
      HashPasswordCommand.command
    ])
  )

const footer = HelpDoc.blocks([
  HelpDoc.h1("PORT AND TLS OF SEND, LINT AND PROBE"),
  HelpDoc.enumeration(Arr.map(Protection.rules, (rule) => HelpDoc.p(rule))),
  HelpDoc.h1("VARIABLES"),
  HelpDoc.enumeration(Arr.map(Settings.lines, (line) => HelpDoc.p(line))),
  HelpDoc.h1("EXIT CODES"),
  HelpDoc.enumeration(Arr.map(ExitCode.meanings, (meaning) => HelpDoc.p(meaning))),
  HelpDoc.h1("EXIT CODES OF PROBE, BY WHAT FAILED FIRST"),
  HelpDoc.enumeration(Arr.map(ExitCode.stageMeanings, (meaning) => HelpDoc.p(meaning)))
])

/**
 * Runs the command that the arguments spell (those of the process: the first two are skipped) and tells
 * how it ended. Results go to standard output; errors, in a line or two, and logs to standard error.
 *
 * It never fails. When it is interrupted, `onStopped` runs if that was a server's orderly stop, which is
 * exit code 0; without it, something was left undone.
 */
export const run = (args: ReadonlyArray<string>, onStopped: Effect.Effect<void>) =>
  Command.run(command(onStopped), { name: "smtp", version, footer })(args).pipe(
    Effect.matchCauseEffect({
      onSuccess: () => Effect.succeed<ExitCode.ExitCode>(0),
      onFailure: judge
    })
  )

const judge = (cause: Cause.Cause<ExitCode.Failure>): Effect.Effect<ExitCode.ExitCode> =>
  Option.match(Cause.failureOption(cause), {
    onNone: () => Effect.as(Effect.logError("smtp has a fault", cause), 1),
    onSome: report
  })

/** Says what has not been said yet. */
const report = (failure: ExitCode.Failure): Effect.Effect<ExitCode.ExitCode> => {
  const said = ValidationError.isValidationError(failure) || failure._tag === "Undelivered" ||
    failure._tag === "Incomplete" || failure._tag === "Unfit" || failure._tag === "Faulty"
  const lines = said
    ? []
    : "fate" in failure
    ? [failure.message, Report.advice(failure)]
    : [failure.message]
  return Effect.as(
    Effect.forEach(lines, (line) => Console.error(`smtp: ${line}`), { discard: true }),
    ExitCode.fromFailure(failure)
  )
}
