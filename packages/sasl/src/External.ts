/**
 * External: the mechanism EXTERNAL (RFC 4422 appendix A). The proof was given outside of SASL, as with
 * a TLS client certificate; the one message says whom to act as, or nothing.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as OneMessage from "./internal/oneMessage.js"
import * as Text from "./internal/text.js"
import type { ClientMechanism, ServerMechanism } from "./Mechanism.js"
import { Credentials } from "./Mechanism.js"
import type { SaslError } from "./SaslError.js"

/** The mechanism's registered name. */
export const name = "EXTERNAL"

/** `authzid` is whom to act as: whoever the proof is of when left out. */
export interface Options {
  readonly authzid?: string
}

/**
 * The client's side. Fails with reason `Credentials` for a name that is empty, over 1024 octets, not
 * well-formed or with control characters; with reason `Challenge` for any challenge.
 */
export const client = (options: Options): Either.Either<ClientMechanism, SaslError> =>
  OneMessage.client({
    name,
    needsEncryption: false,
    message: options.authzid === undefined
      ? Either.right(new Uint8Array())
      : Text.encodeName(options.authzid, "an authorization identity")
  })

/**
 * The server's side. It is for connections that have proved something. An empty message asks for no
 * other identity than the proof's own. Fails with reason `Response` for a name that breaks the rules
 * told at {@link client}.
 */
export const server: ServerMechanism = OneMessage.server({
  name,
  needsEncryption: false,
  read: (message) =>
    message.length === 0
      ? Either.right(Credentials.External({ authzid: Option.none() }))
      : Either.map(
        Text.decodeName(message, "an authorization identity"),
        (authzid) => Credentials.External({ authzid: Option.some(authzid) })
      )
})
