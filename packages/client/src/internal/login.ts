import type * as Tls from "@effect-smtp/flow/Tls"
import { Nonce } from "@effect-smtp/protocol/Nonce"
import * as Anonymous from "@effect-smtp/sasl/Anonymous"
import * as External from "@effect-smtp/sasl/External"
import type { ClientMechanism } from "@effect-smtp/sasl/Mechanism"
import * as OAuthBearer from "@effect-smtp/sasl/OAuthBearer"
import * as Refusal from "@effect-smtp/sasl/Refusal"
import type { SaslError } from "@effect-smtp/sasl/SaslError"
import * as Strength from "@effect-smtp/sasl/Strength"
import * as XOAuth2 from "@effect-smtp/sasl/XOAuth2"
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Credentials from "../Credentials.js"
import type { SmtpError } from "../SmtpError.js"
import { AuthenticationFailed, Unsendable } from "../SmtpError.js"
import * as Tokens from "../Tokens.js"
import * as Mechanisms from "./mechanism.js"

/** The session, and how a mechanism is played in it. */
export interface Options {
  readonly offered: ReadonlyArray<string>
  readonly tls: Option.Option<Tls.Info>
  readonly attempt: (mechanism: ClientMechanism) => Effect.Effect<void, SmtpError>
}

/** Logs in with the strongest mechanism that the server offers and that can carry the credentials. */
export const exchange: (
  credentials: Credentials.Credentials,
  options: Options
) => Effect.Effect<void, SmtpError> = (credentials, options) =>
  Credentials.match(credentials, {
    Password: (password) => withPassword(password, options),
    Token: (token) => withToken(token, options),
    External: ({ authzid }) =>
      only(External.name, options, () =>
        External.client(Option.isSome(authzid) ? { authzid: authzid.value } : {})),
    Anonymous: ({ trace }) =>
      only(Anonymous.name, options, () =>
        Anonymous.client(Option.isSome(trace) ? { trace: trace.value } : {}))
  })

/** None of the mechanisms can be used. */
export const unavailable = (
  names: ReadonlyArray<string>,
  offered: ReadonlyArray<string>
): AuthenticationFailed =>
  new AuthenticationFailed({
    mechanism: names.join(", "),
    reason: `the server offers ${offered.length === 0 ? "no AUTH" : offered.join(", ")}`,
    retry: "Never"
  })

const only = (
  name: Strength.Name,
  { attempt, offered }: Options,
  build: () => Either.Either<ClientMechanism, SaslError>
) =>
  offered.includes(name)
    ? Effect.flatMap(sendable(build()), attempt)
    : Effect.fail(unavailable([name], offered))

const sendable = (
  built: Either.Either<ClientMechanism, SaslError>
): Effect.Effect<ClientMechanism, Unsendable> =>
  Effect.mapError(built, (cause) => new Unsendable({ phase: "Auth", cause }))

const withPassword = (
  credentials: Extract<Credentials.Credentials, { readonly _tag: "Password" }>,
  { attempt, offered, tls }: Options
): Effect.Effect<void, SmtpError> =>
  Effect.gen(function*() {
    const binding = Mechanisms.binding(tls)
    const names = Strength.choose(credentials.mechanisms, offered)
      .filter((name) => Mechanisms.fits(name, binding))
    if (!Arr.isNonEmptyReadonlyArray(names)) {
      return yield* unavailable(credentials.mechanisms, offered)
    }
    const nonce = yield* Effect.flatten(Nonce)
    const built = Mechanisms.fromPassword(names, credentials, { offered, binding, nonce })
    yield* attempt(yield* sendable(built))
  })

const withToken = (
  { mechanisms, tokens, username }: Extract<
    Credentials.Credentials,
    { readonly _tag: "Token" }
  >,
  { attempt, offered }: Options
): Effect.Effect<void, SmtpError> =>
  Effect.gen(function*() {
    const [name] = Strength.choose(mechanisms, offered)
    if (name === undefined) return yield* unavailable(mechanisms, offered)

    const available = Effect.mapError(({ message }: Tokens.TokenUnavailable) =>
      new AuthenticationFailed({ mechanism: name, reason: message, retry: "Later" })
    )
    const present = (token: Redacted.Redacted<string>) =>
      Effect.flatMap(
        sendable(
          name === "OAUTHBEARER"
            ? OAuthBearer.client({ authzid: username, token })
            : XOAuth2.client({ username, token })
        ),
        attempt
      )
    const token = yield* available(tokens.get)
    yield* Effect.catchTag(present(token), "AuthenticationFailed", (error) =>
      isRejected(error)
        ? Effect.flatMap(
          available(tokens.replace(token)),
          (other) => Tokens.same(token, other) ? Effect.fail(error) : present(other)
        )
        : Effect.fail(error))
  })

/** The server says that the token is bad, or says no without a reason. */
const isRejected = ({ refusal, reply }: AuthenticationFailed): boolean =>
  refusal === undefined
    ? reply?.code === ReplyCode.badCredentials
    : Refusal.isBadToken(refusal)
