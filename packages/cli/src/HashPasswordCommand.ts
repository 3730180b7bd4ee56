/**
 * HashPasswordCommand: `smtp hash-password`, which makes a line for the file of `smtp serve
 * --users-file`.
 *
 * @module
 */
import * as NodePasswordFile from "@effect-smtp/node/NodePasswordFile"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { WrongUse } from "./CliError.js"
import * as Password from "./Password.js"

const user = Args.text({ name: "user" }).pipe(
  Args.withDescription("The name that the user logs in with.")
)

const description =
  "Prints a line for --users-file: the user and a hash of the password. The password is typed twice at " +
  "the terminal, without being shown, or is the first line of standard input."

/** The command. */
export const command = Command.make(
  "hash-password",
  { user },
  ({ user }) =>
    Effect.gen(function*() {
      const password = yield* Password.enter
      const line = yield* Effect.mapError(
        NodePasswordFile.makeLine({ username: user, password }),
        ({ message }) => new WrongUse({ reason: message })
      )
      yield* Console.log(line)
    })
).pipe(Command.withDescription(description))
