/**
 * Settings: what the commands are told by variables, and by a file of them (`--config`), where no flag
 * says it. They are read through `effect/Config`; where the file has a variable, it decides over the
 * environment.
 *
 * @module
 */
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as PlatformConfigProvider from "@effect/platform/PlatformConfigProvider"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { BadFile, WrongUse } from "./CliError.js"
import * as Flag from "./internal/flag.js"
import { readText } from "./internal/readText.js"

/** Variables that stand for a flag. */
export type Variable =
  | "SMTP_URL"
  | "SMTP_SENDER"
  | "SMTP_DKIM_KEY"
  | "SMTP_DKIM_SELECTOR"
  | "SMTP_DKIM_DOMAIN"

/** What every variable is for; for the help text. */
export const lines = [
  "SMTP_URL: the server, where there is no --host: smtps://USER:PASSWORD@HOST:PORT, smtp://HOST.",
  "SMTP_SENDER: the --from of send.",
  "SMTP_PASSWORD: the password of --user; SMTP_TOKEN: the OAuth 2.0 access token.",
  "SMTP_DKIM_KEY, SMTP_DKIM_SELECTOR, SMTP_DKIM_DOMAIN: the flags of those names."
] as const

/** The flag. */
export const options = {
  config: Flag.path("config").pipe(
    Options.optional,
    Options.withDescription("Read variables from this file: lines of NAME=VALUE, or a JSON object.")
  )
}

const Json = Schema.parseJson(
  Schema.Record({
    key: Schema.String,
    value: Schema.Union(Schema.String, Schema.Number, Schema.Boolean)
  })
)

const json = (text: string) =>
  Effect.map(
    Schema.decode(Json)(text),
    (values) =>
      ConfigProvider.fromMap(
        new Map(Object.entries(values).map(([name, value]) => [name, String(value)]))
      )
  )

/** What the file says: JSON if it begins with a brace. */
const provider = (
  file: string
): Effect.Effect<ConfigProvider.ConfigProvider, BadFile, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const what = "a file of variables"
    const text = yield* readText(what, file)
    // An error would quote the text, which may be a password.
    const unlike = () =>
      new BadFile({ what, file, reason: "expected lines of NAME=VALUE, or a JSON object" })
    return text.trimStart().startsWith("{")
      ? yield* Effect.mapError(json(text), unlike)
      : yield* Effect.mapError(PlatformConfigProvider.fromDotEnv(file), unlike)
  })

/** The effect, for which the variables of the file are there too, if there is one. */
export const within = (file: Option.Option<string>) =>
<A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | BadFile, R | FileSystem.FileSystem> =>
  Option.match(file, {
    onNone: () => effect,
    onSome: (name) =>
      Effect.flatMap(provider(name), (own) =>
        Effect.configProviderWith((outer) =>
          Effect.withConfigProvider(
            effect,
            ConfigProvider.orElse(own, () =>
              outer)
          )
        ))
  })

/** What the flag says, or else the variable; an empty one says nothing. */
export const orVariable = (
  flag: Option.Option<string>,
  name: Variable
): Effect.Effect<Option.Option<string>, WrongUse> =>
  Option.isSome(flag)
    ? Effect.succeed(flag)
    : Effect.mapBoth(Config.option(Config.string(name)), {
      onFailure: () => new WrongUse({ reason: `the variable ${name} cannot be read` }),
      onSuccess: Option.filter((text) => text !== "")
    })
