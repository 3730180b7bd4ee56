/**
 * OAuthBearer: the mechanism OAUTHBEARER (RFC 7628): an OAuth 2.0 bearer token (RFC 6750) in one
 * message, behind a GS2 header (RFC 5801) that names whom to act as.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Bearer from "./internal/bearer.js"
import * as Gs2 from "./internal/gs2.js"
import * as OneMessage from "./internal/oneMessage.js"
import * as Text from "./internal/text.js"
import type { ClientMechanism, ServerMechanism } from "./Mechanism.js"
import { Credentials } from "./Mechanism.js"
import * as Refusal from "./Refusal.js"
import type { SaslError } from "./SaslError.js"

/** The mechanism's registered name. */
export const name = "OAUTHBEARER"

/**
 * - `authzid`: whose mailbox it is; the token's own when left out, which some servers refuse;
 * - `token`: the access token;
 * - `host`, `port`: the server as the client dialed it. A server may compare them with what it knows of
 *   itself (RFC 7628 section 3.2); bearer tokens do without.
 */
export interface Options {
  readonly authzid?: string
  readonly token: Redacted.Redacted<string>
  readonly host?: string
  readonly port?: number
}

/**
 * The client's side. A challenge is read as the server's reason to refuse and answered with one octet
 * of value 1 (section 3.2.3). Fails with reason `Credentials` for a name that is empty, over 1024
 * octets, not well-formed or with control characters, and for what is no bearer token or port; with
 * reason `Challenge` for a challenge that is no OAuth error, and for a second one.
 */
export const client = (options: Options): Either.Either<ClientMechanism, SaslError> =>
  Bearer.client(name, encode(options), "\x01")

const encode = ({ authzid, host, port, token }: Options): Either.Either<string, string> =>
  Either.gen(function*() {
    const header = yield* Gs2.header("n", authzid)
    const pairs = [
      ...(host === undefined ? [] : [`host=${yield* checkHost(host)}`]),
      ...(port === undefined ? [] : [`port=${yield* checkPort(port)}`]),
      `auth=${yield* Bearer.authorization(token)}`
    ]
    return `${header}\x01${pairs.join("\x01")}\x01\x01`
  })

const checkHost = (host: string): Either.Either<string, string> =>
  Either.map(Text.encodeName(host, "a host"), () => host)

const checkPort = (port: number): Either.Either<number, string> =>
  Number.isInteger(port) && port > 0 && port < 65_536
    ? Either.right(port)
    : Either.left("a port from 1 to 65535")

/**
 * What a client gets to hear about tokens that are not good: the scope they have to be good for, and
 * where to read how to get one.
 */
export interface ServerOptions {
  readonly scope?: string
  readonly openidConfiguration?: string
}

/**
 * The server's side. Credentials that are not good are `invalid_token`, whatever is wrong with them.
 * Host and port are the client's own belief, and decide nothing. Fails with reason `Response` for a
 * message that is not one of the mechanism, for a channel binding, which OAUTHBEARER does not have, and
 * for what is no bearer token.
 */
export const server = (options: ServerOptions): ServerMechanism =>
  OneMessage.server({
    name,
    needsEncryption: true,
    read: decode,
    refusal: Refusal.encodeOAuth({
      status: "invalid_token",
      scope: Option.fromNullable(options.scope),
      openidConfiguration: Option.fromNullable(options.openidConfiguration)
    })
  })

const decode = (message: Uint8Array): Either.Either<Credentials, string> =>
  Either.gen(function*() {
    const text = yield* Bearer.readText(message)
    const { authzid, flag, rest } = yield* Gs2.readHeader(text)
    if (flag.startsWith("p")) return yield* Either.left("no channel binding")
    if (!rest.startsWith("\x01")) return yield* Either.left("an octet of value 1 behind the header")
    const token = yield* Either.flatMap(Bearer.readPairs(rest.slice(1)), Bearer.readToken)
    return Credentials.Token({ authzid, token })
  })
