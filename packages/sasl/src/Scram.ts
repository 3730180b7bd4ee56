/**
 * Scram: the mechanisms SCRAM-SHA-1 (RFC 5802) and SCRAM-SHA-256 (RFC 7677), and their -PLUS forms,
 * which are bound to the TLS connection. The password does not cross the network, both sides prove that
 * they know it, and what the server keeps of it does not let anybody log in.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as ChannelBinding from "./ChannelBinding.js"
import { equal } from "./internal/equal.js"
import * as Gs2 from "./internal/gs2.js"
import { afterInitial } from "./internal/oneMessage.js"
import { isNonce } from "./internal/scramAttributes.js"
import * as ClientMessage from "./internal/scramClientMessage.js"
import * as ScramHash from "./internal/scramHash.js"
import * as ServerMessage from "./internal/scramServerMessage.js"
import * as Text from "./internal/text.js"
import type { ClientMechanism, OnChallenge, OnResponse, ServerMechanism } from "./Mechanism.js"
import { ClientStep, Credentials, ServerStep } from "./Mechanism.js"
import * as Refusal from "./Refusal.js"
import type { Reason } from "./SaslError.js"
import { SaslError } from "./SaslError.js"
import * as SaslPrep from "./SaslPrep.js"
import type { Decoys, Hash } from "./ScramKeys.js"
import * as ScramKeys from "./ScramKeys.js"

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
 * The client's side. Name and password are prepared by SASLprep (RFC 4013). It asks for the salted password
 * (`SaltPassword`), which takes about a second of work at most.
 *
 * Fails with reason `Credentials` for a name or a password that cannot be prepared, or is empty then,
 * or over 1024 octets, and for a nonce that is none; with reason `Challenge` for a nonce of the server
 * that does not go on from the client's, for fewer than 4096 iterations or more than 600000
 * (`ScramKeys`), for extensions the client would have to know, for a server that does not prove
 * that it knows the password, and for one challenge too many. A success before that proof is none.
 */
export const client = (options: Options): Either.Either<ClientMechanism, SaslError> => {
  const { binding, hash, nonce } = options
  const mechanism = name(hash, binding)
  const error = (reason: Reason) => (expected: string) =>
    new SaslError({ mechanism, reason, expected })
  return Either.gen(function*() {
    if (nonce.length < minNonce || !isNonce(nonce)) {
      return yield* Either.left(
        `a nonce of at least ${minNonce} printable ASCII characters, without commas`
      )
    }
    const username = yield* SaslPrep.query(options.username, "a user name")
    const password = yield* ScramKeys.octets(options.password)
    const header = yield* Gs2.header(flag(binding), options.authzid)
    const login: Login = {
      hash,
      error,
      nonce,
      header,
      bare: `n=${yield* Gs2.saslName(username, "a user name")},r=${nonce}`,
      password,
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
  ServerMessage.first(challenge).pipe(
    Either.filterOrLeft(
      ({ nonce }) => nonce.length > login.nonce.length && nonce.startsWith(login.nonce),
      () => "a nonce that begins with the client's"
    ),
    Either.filterOrLeft(
      ({ iterations }) =>
        iterations >= ScramKeys.minIterations && iterations <= ScramKeys.maxIterations,
      () => `${ScramKeys.minIterations} to ${ScramKeys.maxIterations} iterations`
    ),
    Either.mapBoth({
      onLeft: login.error("Challenge"),
      onRight: (serverFirst) => {
        const { iterations, salt } = serverFirst
        return ClientStep.SaltPassword({
          salting: { hash: login.hash, salt, iterations },
          password: login.password,
          next: (salted) => {
            const { message, signature } = prove(login, serverFirst, salted)
            return ClientStep.Respond({
              bytes: Redacted.make(Text.toUtf8(message)),
              next: onServerFinal(login, signature)
            })
          }
        })
      }
    })
  )

/** The client-final-message, and the signature that the server has to answer with (section 3). */
const prove = (
  { bare, bindingData, hash, header }: Login,
  { nonce, text }: ServerMessage.ServerFirst,
  salted: Redacted.Redacted<Uint8Array>
) => {
  const binding = Text.concat(Text.toUtf8(header), bindingData)
  const withoutProof = `c=${Encoding.encodeBase64(binding)},r=${nonce}`
  const authMessage = `${bare},${text},${withoutProof}`
  const { proof, signature } = ScramHash.proofs(hash, Redacted.value(salted), authMessage)
  return { message: `${withoutProof},p=${Encoding.encodeBase64(proof)}`, signature }
}

/** The server's proof, or its refusal. Either is answered with nothing. */
const onServerFinal = (login: Login, expected: Uint8Array): OnChallenge => (challenge) => {
  const bytes = Redacted.make(new Uint8Array())
  const next = () => Either.left(login.error("Challenge")("no third challenge"))
  return ServerMessage.final(challenge).pipe(
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

/**
 * - `bound`: whether it is the -PLUS form;
 * - `bindings`: what the connection can be bound to. With any of them -PLUS has to be on offer, too: a
 *   client that could bind, and says that it was not offered, has been lied to (section 6);
 * - `nonce`: printable ASCII without commas, at least 16 characters that nobody can guess and that are
 *   never used again;
 * - `decoys`: how users are made up that there are not.
 */
export interface ServerOptions {
  readonly hash: Hash
  readonly bound: boolean
  readonly bindings: ReadonlyArray<ChannelBinding.Bound>
  readonly nonce: string
  readonly decoys: Decoys
}

/**
 * The server's side. It asks for the user's keys (`FindKeys`) and goes on without them just the same,
 * with keys made up, up to the proof. The name is prepared by SASLprep.
 *
 * Fails with reason `Response` for messages that are none of SCRAM's, for a name that breaks the rules
 * told at {@link client}, and for a response other than none to the server's own proof. A proof that is
 * wrong, another nonce, and a channel binding that is not this connection's, not on offer, or missing
 * from -PLUS, is a `Reject`.
 */
export const server = (options: ServerOptions): ServerMechanism => {
  const mechanism: Name = `SCRAM-${options.hash}${options.bound ? "-PLUS" : ""}`
  const login: Meeting = {
    ...options,
    error: (expected) => new SaslError({ mechanism, reason: "Response", expected })
  }
  return { name: mechanism, needsEncryption: false, start: afterInitial(onClientFirst(login)) }
}

interface Meeting extends ServerOptions {
  readonly error: (expected: string) => SaslError
}

const onClientFirst = (meeting: Meeting): OnResponse => (response) =>
  Either.gen(function*() {
    const message = yield* ClientMessage.first(response)
    const username = yield* SaslPrep.query(message.username, "a user name")
    yield* Text.encodeName(username, "a user name")
    const bindingData = expectedBinding(meeting, message.flag)
    if (Option.isNone(bindingData)) return ServerStep.Reject()
    const binding = Text.concat(Text.toUtf8(message.header), bindingData.value)
    return ServerStep.FindKeys({
      username,
      hash: meeting.hash,
      next: (found) => {
        const keys = Option.getOrElse(
          Option.filter(found, ({ hash }) => hash === meeting.hash),
          () => ScramKeys.decoy(meeting.decoys, meeting.hash, username)
        )
        const nonce = message.nonce + meeting.nonce
        const salt = Encoding.encodeBase64(keys.salt)
        const text = `r=${nonce},s=${salt},i=${keys.iterations}`
        return ServerStep.Challenge({
          bytes: Text.toUtf8(text),
          next: onClientFinal(meeting.error, {
            keys,
            nonce,
            signed: `${message.bare},${text}`,
            binding: Encoding.encodeBase64(binding),
            credentials: Credentials.Proved({ authzid: message.authzid, authcid: username })
          })
        })
      }
    })
  }).pipe(Either.mapLeft(meeting.error))

/** The octets that `c` ends in with that flag; none where the flag must not be. */
const expectedBinding = (
  { bindings, bound }: ServerOptions,
  flag: string
): Option.Option<Uint8Array> =>
  bound
    ? Option.map(
      Option.fromNullable(bindings.find(({ type }) => flag === `p=${type}`)),
      ({ data }) => data
    )
    : flag === "n" || (flag === "y" && bindings.length === 0)
    ? Option.some(new Uint8Array())
    : Option.none()

/** What the client's last message is held against. */
interface Expected {
  readonly keys: ScramKeys.ScramKeys
  readonly nonce: string
  readonly signed: string
  readonly binding: string
  readonly credentials: Credentials
}

const onClientFinal = (
  error: (expected: string) => SaslError,
  { binding, credentials, keys, nonce, signed }: Expected
): OnResponse =>
(response) =>
  Either.mapBoth(ClientMessage.final(response), {
    onLeft: error,
    onRight: (message) => {
      const authMessage = `${signed},${message.withoutProof}`
      const storedKey = Redacted.value(keys.storedKey)
      const signature = ScramHash.sign(keys.hash, storedKey, authMessage)
      const clientKey = ScramHash.xor(signature, message.proof)
      const right = message.proof.length === signature.length &&
        equal(ScramHash.digest(keys.hash, clientKey), storedKey)
      if (!right || message.nonce !== nonce || message.binding !== binding) {
        return ServerStep.Reject()
      }
      const serverKey = Redacted.value(keys.serverKey)
      const proof = ScramHash.sign(keys.hash, serverKey, authMessage)
      return ServerStep.Challenge({
        bytes: Text.toUtf8(`v=${Encoding.encodeBase64(proof)}`),
        next: (last) =>
          last.length === 0
            ? Either.right(ServerStep.Verify({ credentials, refusal: Option.none() }))
            : Either.left(error("nothing behind the server's proof"))
      })
    }
  })
