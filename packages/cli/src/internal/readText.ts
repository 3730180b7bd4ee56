import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { BadFile } from "../CliError.js"

/** A file's text; `what` it is meant to be is for the error. */
export const readText = (
  what: string,
  file: string
): Effect.Effect<string, BadFile, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file)).pipe(
    Effect.mapError(({ message }) => new BadFile({ what, file, reason: message }))
  )
