/**
 * XOAuth2: the mechanism XOAUTH2, Google's and Microsoft's own forerunner of OAUTHBEARER: a user name
 * and an OAuth 2.0 bearer token (RFC 6750) in one message.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Bearer from "./internal/bearer.js"
import * as OneMessage from "./internal/oneMessage.js"
import * as Text from "./internal/text.js"
import type { ClientMechanism, ServerMechanism } from "./Mechanism.js"
import { Credentials } from "./Mechanism.js"
import * as Refusal from "./Refusal.js"
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

/** The scope a token has to be good for, which a client gets to hear about one that is not good. */
export interface ServerOptions {
  readonly scope?: string
}

/**
 * The server's side. The user name is whom the client wants to act as: it is the token that says who it
 * is. Credentials that are not good are status `401`, as Google says it. Fails with reason `Response`
 * for a message that is not one of the mechanism, for a name that breaks the rules told at
 * {@link client}, and for what is no bearer token.
 */
export const server = (options: ServerOptions): ServerMechanism =>
  OneMessage.server({
    name,
    needsEncryption: true,
    read: decode,
    refusal: Refusal.encodeOAuth({
      status: "401",
      scope: Option.fromNullable(options.scope),
      openidConfiguration: Option.none()
    })
  })

const decode = (message: Uint8Array): Either.Either<Credentials, string> =>
  Either.gen(function*() {
    const pairs = yield* Either.flatMap(Bearer.readText(message), Bearer.readPairs)
    const user = pairs.get("user") ?? ""
    yield* Text.encodeName(user, "a user name")
    return Credentials.Token({ authzid: Option.some(user), token: yield* Bearer.readToken(pairs) })
  })
