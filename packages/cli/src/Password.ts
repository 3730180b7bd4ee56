/**
 * Password: a user's name and where its password comes from. Never from the command line, which every
 * user of the machine can read.
 *
 * @module
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { BadFile } from "./CliError.js"
import { WrongUse } from "./CliError.js"
import * as Secret from "./internal/secret.js"

/** A name and the password that proves it. */
export interface Login {
  readonly user: string
  readonly password: Redacted.Redacted<string>
}

/**
 * The login that `--user` and `--password-file` name. `WrongUse` for a user without a password and for
 * a password file without a user; the variable alone is nobody's business.
 */
export const login = (options: {
  readonly user: Option.Option<string>
  readonly passwordFile: Option.Option<string>
}): Effect.Effect<Option.Option<Login>, WrongUse | BadFile, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    if (Option.isNone(options.user)) {
      return Option.isNone(options.passwordFile) ? Option.none() : yield* new WrongUse({
        reason: "--password-file is for the password of --user, and there is no --user"
      })
    }
    const password = yield* Secret.find(Secret.password, options.passwordFile)
    if (options.user.value === "" || Option.isNone(password)) {
      return yield* new WrongUse({
        reason: "--user wants a name, and a password from --password-file or SMTP_PASSWORD"
      })
    }
    return Option.some({ user: options.user.value, password: password.value })
  })
