/**
 * Login: the mechanism LOGIN (draft-murchison-sasl-login-00, obsolete and everywhere). The server asks
 * twice; the answers are the user name and the password. It cannot say whom to act as: that is always
 * oneself.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Text from "./internal/text.js"
import type { ClientMechanism, ServerMechanism } from "./Mechanism.js"
import { ClientStep, Credentials, ServerStep } from "./Mechanism.js"
import type { Reason } from "./SaslError.js"
import { SaslError } from "./SaslError.js"

/** The mechanism's usual name. */
export const name = "LOGIN"

/** Who one is, and the proof. */
export interface Options {
  readonly username: string
  readonly password: Redacted.Redacted<string>
}

const error = (reason: Reason) => (expected: string): SaslError =>
  new SaslError({ mechanism: name, reason, expected })

/**
 * The client's side. The first challenge is answered with the name and the second with the password,
 * whatever they say (section 2.1: "the contents of both challenges SHOULD be ignored"); a third one is
 * an error. Fails with reason `Credentials` for a name or a password that is empty, over 1024 octets,
 * not well-formed or with NUL, CR or LF in it, and for a name with any control character.
 */
export const client = (options: Options): Either.Either<ClientMechanism, SaslError> =>
  Either.gen(function*() {
    const username = yield* Text.encodeName(options.username, "a user name")
    const secret = yield* checkPassword(Redacted.value(options.password))
    const password = yield* Text.encode(secret, "a password")

    const third = () => Either.left(error("Challenge")("no third challenge"))
    const second = () =>
      Either.right(ClientStep.Conclude({ bytes: Redacted.make(password), next: third }))
    const first = () =>
      Either.right(ClientStep.Respond({ bytes: Redacted.make(username), next: second }))
    return { name, needsEncryption: true, start: ClientStep.Await({ next: first }) }
  }).pipe(Either.mapLeft(error("Credentials")))

/**
 * The server's side. It asks `Username:` and `Password:`, which some clients insist on; an initial
 * response is taken as the name. Fails with reason `Response` for a name or a password that breaks the
 * rules told at {@link client}.
 */
export const server: ServerMechanism = {
  name,
  needsEncryption: true,
  start: Option.match({
    onNone: () => Either.right(ServerStep.Challenge({ bytes: ask("Username:"), next: onUsername })),
    onSome: (response: Uint8Array) => onUsername(response)
  })
}

const ask = (words: string): Uint8Array => new TextEncoder().encode(words)

function onUsername(response: Uint8Array): Either.Either<ServerStep, SaslError> {
  return Text.decodeName(response, "a user name").pipe(
    Either.mapBoth({
      onLeft: error("Response"),
      onRight: (username) =>
        ServerStep.Challenge({ bytes: ask("Password:"), next: onPassword(username) })
    })
  )
}

const onPassword = (authcid: string) => (response: Uint8Array) =>
  Text.decode(response, "a password").pipe(
    Either.flatMap(checkPassword),
    Either.mapBoth({
      onLeft: error("Response"),
      onRight: (password) =>
        ServerStep.Verify({
          credentials: Credentials.Password({
            authzid: Option.none(),
            authcid,
            password: Redacted.make(password)
          }),
          refusal: Option.none()
        })
    })
  )

/** Section 2: passwords may hold anything but these. */
const checkPassword = (password: string): Either.Either<string, string> =>
  /[\0\r\n]/.test(password)
    ? Either.left("a password without NUL, CR and LF")
    : Either.right(password)
