/**
 * External: the mechanism EXTERNAL (RFC 4422 appendix A). The proof was given outside of SASL, as with
 * a TLS client certificate; the one message says whom to act as, or nothing.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as OneMessage from "./internal/oneMessage.js"
import * as Text from "./internal/text.js"
import type { ClientMechanism } from "./Mechanism.js"
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
