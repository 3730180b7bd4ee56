/**
 * Login: how `smtp send` logs in, from flags that may say little. Secrets come from files and
 * variables, never from the command line, which every user of the machine can read.
 *
 * @module
 */
import * as Credentials from "@effect-smtp/client/Credentials"
import * as Tokens from "@effect-smtp/client/Tokens"
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Certificate from "./Certificate.js"
import type { BadFile } from "./CliError.js"
import { WrongUse } from "./CliError.js"
import * as Flag from "./internal/flag.js"
import * as Secret from "./internal/secret.js"
import type { Keyboard } from "./Keyboard.js"
import * as Password from "./Password.js"
import type { Screen } from "./Progress.js"

/** The values of `--auth`: every mechanism that the client knows. */
export const mechanisms = [
  ...Credentials.passwordMechanisms,
  ...Credentials.tokenMechanisms,
  "EXTERNAL",
  "ANONYMOUS"
] as const

/** One of {@link mechanisms}. */
export type Mechanism = typeof mechanisms[number]

/** The flags. */
export const options = {
  user: Options.text("user").pipe(
    Options.optional,
    Options.withDescription("Log in under this name.")
  ),
  passwordFile: Flag.passwordFile,
  tokenFile: Flag.path("token-file").pipe(
    Options.optional,
    Options.withDescription(
      "The user's OAuth 2.0 access token, in a file. Default: the variable SMTP_TOKEN."
    )
  ),
  clientCert: Flag.path("client-cert").pipe(
    Options.optional,
    Options.withDescription("The certificate chain to show to the server, PEM.")
  ),
  clientKey: Flag.path("client-key").pipe(
    Options.optional,
    Options.withDescription("The private key of --client-cert, PEM.")
  ),
  auth: Options.choice("auth", mechanisms).pipe(
    Options.optional,
    Options.withDescription("Log in with this mechanism only. Default: the strongest on offer.")
  )
}

/** What the flags say. */
export interface Flags {
  readonly user: Option.Option<string>
  readonly passwordFile: Option.Option<string>
  readonly tokenFile: Option.Option<string>
  readonly clientCert: Option.Option<string>
  readonly clientKey: Option.Option<string>
  readonly auth: Option.Option<Mechanism>
}

const wrong = (reason: string) => new WrongUse({ reason })

/**
 * Who the client is; nobody without `--user` and `--auth`. A user without `--auth` proves itself by the
 * secret that there is a file for, else by a password, else by a token; and a password that is nowhere
 * is asked for, where there is a keyboard. `WrongUse` for a secret that
 * is missing, or that the mechanism has no use for.
 */
export const credentials = (
  flags: Flags
): Effect.Effect<
  Option.Option<Credentials.Credentials>,
  WrongUse | BadFile,
  FileSystem.FileSystem | Keyboard | Screen
> =>
  Effect.gen(function*() {
    const { auth, clientCert, passwordFile, tokenFile, user } = flags
    const proof = yield* proofOf(flags)
    if (proof !== "Password" && Option.isSome(passwordFile)) return yield* useless("password")
    if (proof !== "Token" && Option.isSome(tokenFile)) return yield* useless("token")
    switch (proof) {
      case "Nothing":
        return Option.none()
      case "Anonymous":
        return Option.some(Credentials.Anonymous({ trace: user }))
      case "External":
        return Option.isSome(clientCert)
          ? Option.some(Credentials.External({ authzid: user }))
          : yield* wrong("--auth EXTERNAL proves nothing without a --client-cert")
      case "Password": {
        const login = yield* Password.loginOrAsk(flags)
        return yield* Option.match(login, {
          onNone: noUser,
          onSome: ({ password, user }) =>
            Effect.succeedSome(Credentials.fromPassword({
              username: user,
              password,
              ...named(Credentials.passwordMechanisms, auth)
            }))
        })
      }
      case "Token": {
        if (Option.isNone(user)) return yield* noUser()
        const token = yield* Secret.find(Secret.token, tokenFile)
        if (user.value === "" || Option.isNone(token)) {
          return yield* wrong("--user wants a name, and a token from --token-file or SMTP_TOKEN")
        }
        return Option.some(Credentials.fromTokens({
          username: user.value,
          tokens: Tokens.fromToken(token.value),
          ...named(Credentials.tokenMechanisms, auth)
        }))
      }
    }
  })

const noUser = () => wrong("there is no --user to log in as")

const useless = (secret: "password" | "token") =>
  wrong(`--${secret}-file: there is no use for a ${secret} in this login`)

/** The mechanism to use and no other, where it is one of these. */
const named = <A extends string>(
  names: ReadonlyArray<A>,
  auth: Option.Option<string>
): { readonly mechanism?: A } => {
  const mechanism = names.find((name) => Option.contains<string>(auth, name))
  return mechanism === undefined ? {} : { mechanism }
}

type Proof = "Nothing" | "Password" | "Token" | "External" | "Anonymous"

const proofs: Readonly<Record<Mechanism, Proof>> = {
  "SCRAM-SHA-256-PLUS": "Password",
  "SCRAM-SHA-1-PLUS": "Password",
  "SCRAM-SHA-256": "Password",
  "SCRAM-SHA-1": "Password",
  "CRAM-MD5": "Password",
  PLAIN: "Password",
  LOGIN: "Password",
  OAUTHBEARER: "Token",
  XOAUTH2: "Token",
  EXTERNAL: "External",
  ANONYMOUS: "Anonymous"
}

const proofOf = (
  { auth, passwordFile, tokenFile, user }: Flags
): Effect.Effect<Proof, BadFile, FileSystem.FileSystem> => {
  if (Option.isSome(auth)) return Effect.succeed(proofs[auth.value])
  if (Option.isSome(passwordFile)) return Effect.succeed("Password")
  if (Option.isSome(tokenFile)) return Effect.succeed("Token")
  if (Option.isNone(user)) return Effect.succeed("Nothing")
  return Effect.map(
    Effect.all([Secret.find(Secret.password, passwordFile), Secret.find(Secret.token, tokenFile)]),
    ([password, token]) => Option.isNone(password) && Option.isSome(token) ? "Token" : "Password"
  )
}

/** The certificate that the client shows, and its key; one goes not without the other. */
export const identity = (
  { clientCert, clientKey }: Flags
): Effect.Effect<Option.Option<Tls.Identity>, WrongUse | BadFile, FileSystem.FileSystem> => {
  if (Option.isSome(clientCert) !== Option.isSome(clientKey)) {
    return wrong("--client-cert and --client-key go together")
  }
  return Option.match(Option.all([clientCert, clientKey]), {
    onNone: () => Effect.succeedNone,
    onSome: ([certificate, key]) =>
      Effect.map(
        Certificate.fromFiles({ certificate, key }),
        (made) => Option.some(made.identity)
      )
  })
}
