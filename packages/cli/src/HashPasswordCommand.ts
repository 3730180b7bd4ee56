/**
 * HashPasswordCommand: `smtp hash-password`, which makes lines for the file of `smtp serve
 * --users-file`.
 *
 * @module
 */
import * as NodePasswordFile from "@effect-smtp/node/NodePasswordFile"
import * as NodePasswordHash from "@effect-smtp/node/NodePasswordHash"
import * as StoredKeys from "@effect-smtp/server/StoredKeys"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { WrongUse } from "./CliError.js"
import * as Argument from "./internal/argument.js"
import * as Password from "./Password.js"

const user = Argument.text("user").pipe(
  Args.withDescription("The name that the user logs in with.")
)

const scram = Options.boolean("scram").pipe(
  Options.withDescription(
    "Print SCRAM keys, SHA-256 and SHA-1, in two lines. SCRAM is offered if all users have them."
  )
)

const description =
  "Prints a line for --users-file: the user and a hash of the password. The password is typed twice at " +
  "the terminal, without being shown, or is the first line of standard input."

/** What is kept of a password, as text. */
type Kept = Effect.Effect<
  ReadonlyArray<string>,
  NodePasswordHash.BadPasswordHash | StoredKeys.BadKeys
>

const hashed = (password: Redacted.Redacted<string>): Kept =>
  Effect.map(NodePasswordHash.make(password), (hash) => [NodePasswordHash.print(hash)])

const keyed = (password: Redacted.Redacted<string>): Kept =>
  Effect.forEach(
    ["SHA-256", "SHA-1"] as const,
    (hash) => Effect.map(StoredKeys.make({ hash, password }), StoredKeys.print)
  )

/** The command. */
export const command = Command.make(
  "hash-password",
  { user, scram },
  ({ scram, user }) =>
    Effect.gen(function*() {
      const password = yield* Password.enter
      const lines = yield* (scram ? keyed(password) : hashed(password)).pipe(
        Effect.flatMap((all) =>
          Effect.forEach(all, (kept) => NodePasswordFile.makeLine(user, kept))
        ),
        Effect.mapError(({ message }) => new WrongUse({ reason: message }))
      )
      yield* Effect.forEach(lines, (line) => Console.log(line), { discard: true })
    })
).pipe(Command.withDescription(description))
