/**
 * CramMd5: the mechanism CRAM-MD5 (RFC 2195). The server sends words that it never sent before; the
 * answer is the user name, a space, and the HMAC-MD5 of those words under the password, in hex.
 *
 * The password does not cross the network, but whoever listens can try passwords against the answer,
 * and the server proves nothing. SCRAM does better on all counts.
 *
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js"
import { md5 } from "@noble/hashes/legacy.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Text from "./internal/text.js"
import type { ClientMechanism, OnChallenge } from "./Mechanism.js"
import { ClientStep } from "./Mechanism.js"
import type { Reason } from "./SaslError.js"
import { SaslError } from "./SaslError.js"

/** The mechanism's registered name. */
export const name = "CRAM-MD5"

/** Who one is, and the proof. It cannot say whom to act as: that is always oneself. */
export interface Options {
  readonly username: string
  readonly password: Redacted.Redacted<string>
}

const error = (reason: Reason) => (expected: string): SaslError =>
  new SaslError({ mechanism: name, reason, expected })

/**
 * The client's side. It has no initial response. Fails with reason `Credentials` for a name or a
 * password that is empty, over 1024 octets, not well-formed or with a NUL in it, and for a name with
 * control characters; with reason `Challenge` for an empty challenge and for a second one.
 */
export const client = (options: Options): Either.Either<ClientMechanism, SaslError> =>
  Either.gen(function*() {
    const username = yield* Text.encodeName(options.username, "a user name")
    const key = Redacted.make(yield* Text.encode(Redacted.value(options.password), "a password"))

    const second = () => Either.left(error("Challenge")("no second challenge"))
    const first: OnChallenge = (challenge) =>
      challenge.length === 0
        ? Either.left(error("Challenge")("a challenge that is not empty"))
        : Either.right(ClientStep.Conclude({
          bytes: Redacted.make(answer(username, Redacted.value(key), challenge)),
          next: second
        }))
    return { name, needsEncryption: false, start: ClientStep.Await({ next: first }) }
  }).pipe(Either.mapLeft(error("Credentials")))

const answer = (username: Uint8Array, key: Uint8Array, challenge: Uint8Array): Uint8Array => {
  const digest = Text.toUtf8(` ${bytesToHex(hmac(md5, key, challenge))}`)
  return Text.concat(username, digest)
}
