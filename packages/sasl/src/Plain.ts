/**
 * Plain: the mechanism PLAIN (RFC 4616). One message: `[authzid] NUL authcid NUL passwd`, in UTF-8.
 *
 * Names and passwords go as they are given. Whoever compares a password decides how both sides of the
 * comparison are prepared (RFC 4616 section 2 suggests SASLprep).
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as OneMessage from "./internal/oneMessage.js"
import * as Text from "./internal/text.js"
import type { ClientMechanism, ServerMechanism } from "./Mechanism.js"
import { Credentials } from "./Mechanism.js"
import type { SaslError } from "./SaslError.js"

/** The mechanism's registered name. */
export const name = "PLAIN"

/**
 * Who one is, and the proof. `authzid` is whom to act as; leave it out to act as oneself, which is
 * what nearly every server wants.
 */
export interface Options {
  readonly authcid: string
  readonly password: Redacted.Redacted<string>
  readonly authzid?: string
}

/**
 * The client's side. Fails with reason `Credentials` for a name or a password that is empty, over 1024
 * octets, not well-formed or with a NUL in it, and for a name with control characters.
 */
export const client = (options: Options): Either.Either<ClientMechanism, SaslError> =>
  OneMessage.client({ name, needsEncryption: true, message: encode(options) })

const encode = (options: Options): Either.Either<Uint8Array, string> =>
  Either.gen(function*() {
    const authzid = options.authzid === undefined
      ? new Uint8Array()
      : yield* Text.encodeName(options.authzid, "an authorization identity")
    const authcid = yield* Text.encodeName(options.authcid, "a user name")
    const password = yield* Text.encode(Redacted.value(options.password), "a password")
    const message = new Uint8Array(authzid.length + authcid.length + password.length + 2)
    message.set(authzid)
    message.set(authcid, authzid.length + 1)
    message.set(password, authzid.length + authcid.length + 2)
    return message
  })

/**
 * The server's side, with or without an initial response. Fails with reason `Response` for a message
 * that has not exactly two NULs, or in which a part breaks the rules told at {@link client}. An empty
 * `authzid` is none.
 */
export const server: ServerMechanism = OneMessage.server({
  name,
  needsEncryption: true,
  read: (message) => decode(message)
})

const decode = (message: Uint8Array): Either.Either<Credentials, string> =>
  Either.gen(function*() {
    const first = message.indexOf(0)
    const second = first < 0 ? -1 : message.indexOf(0, first + 1)
    if (second < 0 || message.indexOf(0, second + 1) >= 0) {
      return yield* Either.left("two NULs, around the user name")
    }
    const authzid = first === 0
      ? Option.none()
      : Option.some(yield* Text.decodeName(message.subarray(0, first), "an authorization identity"))
    const authcid = yield* Text.decodeName(message.subarray(first + 1, second), "a user name")
    const password = yield* Text.decode(message.subarray(second + 1), "a password")
    return Credentials.Password({ authzid, authcid, password: Redacted.make(password) })
  })
