import type * as FileSystem from "@effect/platform/FileSystem"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { BadFile } from "../CliError.js"
import { readText } from "./readText.js"

/** A secret, where it may come from: `what` its file should be, and the variable. */
export interface Source {
  readonly what: string
  readonly variable: string
}

export const password: Source = { what: "a password file", variable: "SMTP_PASSWORD" }

export const token: Source = { what: "a token file", variable: "SMTP_TOKEN" }

/** The file's text without the line end behind it, or else the variable; an empty one is none. */
export const find = (
  { variable, what }: Source,
  file: Option.Option<string>
): Effect.Effect<Option.Option<Redacted.Redacted<string>>, BadFile, FileSystem.FileSystem> =>
  Option.match(file, {
    onNone: () => Effect.orElseSucceed(Config.option(Config.redacted(variable)), Option.none),
    onSome: (name) =>
      Effect.map(
        readText(what, name),
        (text) => Option.some(Redacted.make(text.replace(/\r?\n$/, "")))
      )
  }).pipe(Effect.map(Option.filter((secret) => Redacted.value(secret) !== "")))
