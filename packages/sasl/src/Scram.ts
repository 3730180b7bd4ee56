/**
 * Scram: the mechanisms SCRAM-SHA-1 (RFC 5802) and SCRAM-SHA-256 (RFC 7677), and their -PLUS forms,
 * which are bound to the TLS connection. The password does not cross the network, both sides prove that
 * they know it, and what the server keeps of it does not let anybody log in.
 *
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha1 } from "@noble/hashes/legacy.js"
import { pbkdf2 } from "@noble/hashes/pbkdf2.js"
import { sha256 } from "@noble/hashes/sha2.js"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Redacted from "effect/Redacted"
import * as ChannelBinding from "./ChannelBinding.js"
import * as Gs2 from "./internal/gs2.js"
import * as Prepare from "./internal/saslPrep.js"
import * as Message from "./internal/scramMessage.js"
import * as Text from "./internal/text.js"
import type { ClientMechanism, OnChallenge } from "./Mechanism.js"
import { ClientStep } from "./Mechanism.js"
import * as Refusal from "./Refusal.js"
import type { Reason } from "./SaslError.js"
import { SaslError } from "./SaslError.js"

/** The hash functions there are mechanisms for. */
export type Hash = "SHA-1" | "SHA-256"

const hashes = { "SHA-1": sha1, "SHA-256": sha256 }

/** The registered names. */
export type Name = `SCRAM-${Hash}` | `SCRAM-${Hash}-PLUS`

/** The name of the mechanism with this hash, bound or not. */
export const name = (hash: Hash, binding: ChannelBinding.ChannelBinding): Name =>
  binding._tag === "Bound" ? `SCRAM-${hash}-PLUS` : `SCRAM-${hash}`

/**
 * - `authzid`: whom to act as; oneself when left out;
 * - `nonce`: printable ASCII without commas, at least 16 characters that nobody can guess and that are
 *   never used again;
 * - `binding`: what to say about the TLS connection.
 */
export interface Options {
  readonly hash: Hash
  readonly username: string
  readonly password: Redacted.Redacted<string>
  readonly authzid?: string
  readonly nonce: string
  readonly binding: ChannelBinding.ChannelBinding
}

/** The fewest characters of a nonce: those of the example in RFC 7677 have 20. */
export const minNonce = 16

/** The fewest rounds of hashing that a server may ask for (RFC 5802 section 5.1, RFC 7677 section 4). */
export const minIterations = 4096

/** The most rounds, for they cost the client time (about 1 s) before the server has proved anything. */
export const maxIterations = 600_000

/** The prepared parts of a client's side. */
interface Login {
  readonly hash: Hash
  readonly error: (reason: Reason) => (expected: string) => SaslError
  readonly nonce: string
  readonly header: string
  readonly bare: string
  readonly password: Redacted.Redacted<Uint8Array>
  readonly bindingData: Uint8Array
}

/**
 * The client's side. Name and password are prepared by SASLprep (RFC 4013).
 *
 * Fails with reason `Credentials` for a name or a password that cannot be prepared, or is empty then,
 * or over 1024 octets, and for a nonce that is none; with reason `Challenge` for a nonce of the server
 * that does not go on from the client's, for fewer than {@link minIterations} or more than
 * {@link maxIterations}, for extensions the client would have to know, for a server that does not prove
 * that it knows the password, and for one challenge too many. A success before that proof is none.
 */
export const client = (options: Options): Either.Either<ClientMechanism, SaslError> => {
  const { binding, hash, nonce } = options
  const mechanism = name(hash, binding)
  const error = (reason: Reason) => (expected: string) =>
    new SaslError({ mechanism, reason, expected })
  return Either.gen(function*() {
    if (nonce.length < minNonce || !Message.isNonce(nonce)) {
      return yield* Either.left(
        `a nonce of at least ${minNonce} printable ASCII characters, without commas`
      )
    }
    const username = yield* Prepare.query(options.username, "a user name")
    const password = yield* Prepare.stored(Redacted.value(options.password), "a password")
    const header = yield* Gs2.header(flag(binding), options.authzid)
    const login: Login = {
      hash,
      error,
      nonce,
      header,
      bare: `n=${yield* Gs2.saslName(username, "a user name")},r=${nonce}`,
      password: Redacted.make(yield* Text.encode(password, "a password")),
      bindingData: binding._tag === "Bound" ? binding.data : new Uint8Array()
    }
    return {
      name: mechanism,
      needsEncryption: false,
      start: ClientStep.Respond({
        bytes: Redacted.make(Text.toUtf8(header + login.bare)),
        next: onServerFirst(login)
      })
    }
  }).pipe(Either.mapLeft(error("Credentials")))
}

const flag: (binding: ChannelBinding.ChannelBinding) => string = ChannelBinding.match({
  Unsupported: () => "n",
  NotOffered: () => "y",
  Bound: ({ type }) => `p=${type}`
})

const onServerFirst = (login: Login): OnChallenge => (challenge) =>
  Message.first(challenge).pipe(
    Either.filterOrLeft(
      ({ nonce }) => nonce.length > login.nonce.length && nonce.startsWith(login.nonce),
      () => "a nonce that begins with the client's"
    ),
    Either.filterOrLeft(
      ({ iterations }) => iterations >= minIterations && iterations <= maxIterations,
      () => `${minIterations} to ${maxIterations} iterations`
    ),
    Either.mapBoth({
      onLeft: login.error("Challenge"),
      onRight: (serverFirst) => {
        const { message, signature } = prove(login, serverFirst)
        return ClientStep.Respond({
          bytes: Redacted.make(Text.toUtf8(message)),
          next: onServerFinal(login, signature)
        })
      }
    })
  )

/** The client-final-message, and the signature that the server has to answer with (section 3). */
const prove = (login: Login, serverFirst: Message.ServerFirst) => {
  const hash = hashes[login.hash]
  const { iterations, nonce, salt, text } = serverFirst
  const binding = Text.concat(Text.toUtf8(login.header), login.bindingData)
  const withoutProof = `c=${Encoding.encodeBase64(binding)},r=${nonce}`
  const authMessage = Text.toUtf8(`${login.bare},${text},${withoutProof}`)

  const salted = pbkdf2(hash, Redacted.value(login.password), salt, {
    c: iterations,
    dkLen: hash.outputLen
  })
  const clientKey = hmac(hash, salted, Text.toUtf8("Client Key"))
  const clientSignature = hmac(hash, hash(clientKey), authMessage)
  const proof = clientKey.map((byte, index) => byte ^ (clientSignature[index] ?? 0))
  const serverKey = hmac(hash, salted, Text.toUtf8("Server Key"))
  return {
    message: `${withoutProof},p=${Encoding.encodeBase64(proof)}`,
    signature: hmac(hash, serverKey, authMessage)
  }
}

/** The server's proof, or its refusal. Either is answered with nothing. */
const onServerFinal = (login: Login, expected: Uint8Array): OnChallenge => (challenge) => {
  const bytes = Redacted.make(new Uint8Array())
  const next = () => Either.left(login.error("Challenge")("no third challenge"))
  return Message.final(challenge).pipe(
    Either.filterOrLeft(
      (final) => final._tag === "Error" || equal(final.signature, expected),
      () => "a proof that the server knows the password"
    ),
    Either.mapBoth({
      onLeft: login.error("Challenge"),
      onRight: (final) =>
        final._tag === "Error"
          ? ClientStep.Concede({ bytes, refusal: Refusal.Scram({ error: final.error }), next })
          : ClientStep.Conclude({ bytes, next })
    })
  )
}

/** Takes as long wherever they differ. */
const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length &&
  one.reduce((difference, byte, index) => difference | (byte ^ (other[index] ?? 0)), 0) === 0
