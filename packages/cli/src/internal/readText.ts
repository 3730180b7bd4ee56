import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { BadFile } from "../CliError.js"
import { unreadable } from "./unreadable.js"

/** A file's text; `what` it is meant to be is for the error. */
export const readText = (
  what: string,
  file: string
): Effect.Effect<string, BadFile, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file)).pipe(
    Effect.mapError(unreadable(what, file))
  )
