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
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { equal } from "./internal/equal.js"
import * as Text from "./internal/text.js"
import type { ClientMechanism, OnChallenge, OnResponse, ServerMechanism } from "./Mechanism.js"
import { ClientStep, Credentials, ServerStep } from "./Mechanism.js"
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

/**
 * The server's side. `challenge` is what nobody has been asked before and nobody can foresee; the RFC
 * wants a `msg-id` of chance, a time and the server's name, as `<nonce.time@mx.example>`.
 *
 * It asks for the user's password (`FindPassword`), and compares as long where there is no such user.
 * Fails with reason `Response` for an initial response, which CRAM-MD5 does not have, for a name that
 * breaks the rules told at {@link client}, and for what is not 32 digits behind it.
 */
export const server = (challenge: string): ServerMechanism => ({
  name,
  needsEncryption: false,
  start: Option.match({
    onNone: () => {
      const bytes = Text.toUtf8(challenge)
      return Either.right(ServerStep.Challenge({ bytes, next: onAnswer(bytes) }))
    },
    onSome: () => Either.left(error("Response")("no initial response"))
  })
})

const onAnswer = (challenge: Uint8Array): OnResponse => (response) =>
  Either.gen(function*() {
    const text = yield* Text.decode(response, "a user name and 32 hexadecimal digits")
    const space = text.lastIndexOf(" ")
    const digest = text.slice(space + 1)
    if (space < 0 || !/^[0-9A-Fa-f]{32}$/.test(digest)) {
      return yield* Either.left("a user name, a space and 32 hexadecimal digits")
    }
    const username = yield* Text.checkName(text.slice(0, space), "a user name")
    if (username === "") return yield* Either.left("a user name that is not empty")
    return ServerStep.FindPassword({
      username,
      next: (found) => {
        const known = Option.filter(found, (password) => Redacted.value(password) !== "")
        const key = Option.match(known, { onNone: () => "", onSome: Redacted.value })
        const right = equal(
          Text.toUtf8(digest.toLowerCase()),
          Text.toUtf8(bytesToHex(hmac(md5, Text.toUtf8(key), challenge)))
        )
        return right && Option.isSome(known)
          ? ServerStep.Verify({
            credentials: Credentials.Proved({ authzid: Option.none(), authcid: username }),
            refusal: Option.none()
          })
          : ServerStep.Reject()
      }
    })
  }).pipe(Either.mapLeft(error("Response")))

const answer = (username: Uint8Array, key: Uint8Array, challenge: Uint8Array): Uint8Array => {
  const digest = Text.toUtf8(` ${bytesToHex(hmac(md5, key, challenge))}`)
  return Text.concat(username, digest)
}
