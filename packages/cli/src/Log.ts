/**
 * Log: how the process logs, on standard error: a line for each entry, its facts as fields, in which
 * nothing that a peer says can begin another line.
 *
 * @module
 */
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"

/** The log unless told otherwise: `key=value` fields. */
export const logfmt: Logger.Logger<unknown, void> = Logger.withConsoleError(Logger.logfmtLogger)

/** A JSON object in each line. */
export const json: Logger.Logger<unknown, void> = Logger.withConsoleError(Logger.jsonLogger)

/** `--log`. */
export const option = Options.choice("log", ["logfmt", "json"]).pipe(
  Options.withDefault("logfmt"),
  Options.withDescription(
    "How log lines look, on standard error, and what is told at the start, on standard output."
  )
)

/** Logs that way from here on. */
export const as = (format: "logfmt" | "json") => <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.provide(effect, format === "json" ? Logger.replace(logfmt, json) : Layer.empty)
