/**
 * XOAuth2: the mechanism XOAUTH2, Google's and Microsoft's own forerunner of OAUTHBEARER: a user name
 * and an OAuth 2.0 bearer token (RFC 6750) in one message.
 *
 * @module
 */
import * as Either from "effect/Either"
import type * as Redacted from "effect/Redacted"
import * as Bearer from "./internal/bearer.js"
import * as Text from "./internal/text.js"
import type { ClientMechanism } from "./Mechanism.js"
import type { SaslError } from "./SaslError.js"

/** The mechanism's usual name. */
export const name = "XOAUTH2"

/** Whose mailbox it is, and the access token. */
export interface Options {
  readonly username: string
  readonly token: Redacted.Redacted<string>
}

/**
 * The client's side. A challenge is read as the server's reason to refuse and answered with nothing.
 * Fails with reason `Credentials` for a name that is empty, over 1024 octets, not well-formed or with
 * control characters, and for what is no bearer token; with reason `Challenge` for a challenge that is
 * no OAuth error, and for a second one.
 */
export const client = (options: Options): Either.Either<ClientMechanism, SaslError> =>
  Bearer.client(name, encode(options), "")

const encode = ({ token, username }: Options): Either.Either<string, string> =>
  Either.gen(function*() {
    yield* Text.encodeName(username, "a user name")
    return `user=${username}\x01auth=${yield* Bearer.authorization(token)}\x01\x01`
  })
