/**
 * Password: a user's name and where its password comes from. Never from the command line, which every
 * user of the machine can read.
 *
 * @module
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { BadFile } from "./CliError.js"
import { WrongUse } from "./CliError.js"
import * as Secret from "./internal/secret.js"
import type { Keys } from "./Keyboard.js"
import { hidden, Keyboard } from "./Keyboard.js"
import { Stdin } from "./Message.js"
import type { Screen } from "./Progress.js"

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

/**
 * The same login, whose password is typed where there is a keyboard and nothing else says it.
 */
export const loginOrAsk = (options: {
  readonly user: Option.Option<string>
  readonly passwordFile: Option.Option<string>
}): Effect.Effect<
  Option.Option<Login>,
  WrongUse | BadFile,
  FileSystem.FileSystem | Keyboard | Screen
> =>
  Effect.gen(function*() {
    const keyboard = yield* Keyboard
    if (Option.isSome(keyboard) && Option.isSome(options.user) && options.user.value !== "") {
      const user = options.user.value
      const found = yield* Secret.find(Secret.password, options.passwordFile)
      if (Option.isNone(found) && Option.isNone(options.passwordFile)) {
        return Option.some({ user, password: yield* asked(keyboard.value, user) })
      }
    }
    return yield* login(options)
  })

const asked = (
  keys: Keys,
  user: string
): Effect.Effect<Redacted.Redacted<string>, WrongUse, Screen> =>
  Effect.filterOrFail(
    hidden(keys, `Password of ${user}: `),
    (password) => Redacted.value(password) !== "",
    () => empty
  )

const empty = new WrongUse({ reason: "the password is empty" })

/**
 * A new password: typed twice where there is a keyboard, else the first line of standard input.
 * `WrongUse` for one that is empty, and for two that are not the same.
 */
export const enter: Effect.Effect<
  Redacted.Redacted<string>,
  WrongUse | PlatformError,
  Keyboard | Screen | Stdin
> = Effect.gen(function*() {
  const keyboard = yield* Keyboard
  const password = yield* Option.match(keyboard, { onNone: () => firstLine, onSome: twice })
  return Redacted.value(password) === "" ? yield* empty : password
})

const twice = (keys: Keys): Effect.Effect<Redacted.Redacted<string>, WrongUse, Screen> =>
  Effect.gen(function*() {
    const one = yield* hidden(keys, "Password: ")
    const other = yield* hidden(keys, "Again: ")
    return Redacted.value(one) === Redacted.value(other)
      ? one
      : yield* new WrongUse({ reason: "the passwords are not the same" })
  })

const firstLine = Effect.flatMap(Stdin, (stdin) =>
  stdin.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runHead,
    Effect.map((line) => Redacted.make(Option.getOrElse(line, () => "")))
  ))
