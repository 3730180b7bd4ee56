/**
 * Mechanism: one way to prove who one is (RFC 4422), as pure steps. A step says what to send and what
 * to do with the answer; whoever has the connection sends and receives (RFC 4954 for SMTP). Nothing
 * here hashes, draws random numbers or looks anything up: such things are arguments of the mechanism
 * that needs them, or questions it asks through its steps.
 *
 * Bytes are the mechanism's own: base64, `=` for an empty initial response and `*` for giving up
 * belong to the protocol around it.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Refusal } from "./Refusal.js"
import { SaslError } from "./SaslError.js"
import type { Hash, Salting, ScramKeys } from "./ScramKeys.js"

/**
 * Where the client stands:
 *
 * - `Await`: it has nothing to say before the server's first challenge;
 * - `Respond`: send `bytes`. The mechanism is not through: the server has to send a challenge next, and
 *   success at this point is an error (a server that skips a step has proved nothing);
 * - `Conclude`: send `bytes`. As far as the mechanism goes the server may now say success, or failure;
 *   `next` is still there for mechanisms that get details of a failure in a challenge;
 * - `Concede`: the server has said no in the mechanism's own way, and `refusal` is its reason. Send
 *   `bytes`, upon which the server says no in the protocol's way; success at this point is an error;
 * - `SaltPassword`: give `next` what PBKDF2 makes of the password (`ScramKeys.salted` does it, and holds up
 *   everything else for as long as it takes). Nothing is sent, and no challenge comes.
 *
 * `next` of the others takes the server's challenge. Refusal by the server is possible at every point.
 */
export type ClientStep = Data.TaggedEnum<{
  Await: { readonly next: OnChallenge }
  Respond: { readonly bytes: Redacted.Redacted<Uint8Array>; readonly next: OnChallenge }
  Conclude: { readonly bytes: Redacted.Redacted<Uint8Array>; readonly next: OnChallenge }
  Concede: {
    readonly bytes: Redacted.Redacted<Uint8Array>
    readonly refusal: Refusal
    readonly next: OnChallenge
  }
  SaltPassword: {
    readonly salting: Salting
    readonly password: Redacted.Redacted<Uint8Array>
    readonly next: (salted: Redacted.Redacted<Uint8Array>) => ClientStep
  }
}>

/** A step at which it is the server's turn. */
export type ClientTurn = Exclude<ClientStep, { readonly _tag: "SaltPassword" }>

/** What the client makes of a challenge, without its base64. */
export type OnChallenge = (challenge: Uint8Array) => Either.Either<ClientStep, SaslError>

/** Constructors and matchers of {@link ClientStep}. */
export const ClientStep = Data.taggedEnum<ClientStep>()

/**
 * The client's side of one authentication, credentials included.
 *
 * - `name`: as in the server's `AUTH` line, upper case;
 * - `needsEncryption`: it shows the secret to whoever listens, so it belongs on secure connections;
 * - `start`: the first step. It is an `Await` where the mechanism has no initial response.
 */
export interface ClientMechanism {
  readonly name: string
  readonly needsEncryption: boolean
  readonly start: ClientTurn
}

/** Whether the mechanism has an initial response, to be sent with the command itself. */
export const isClientFirst = (mechanism: ClientMechanism): boolean =>
  mechanism.start._tag !== "Await"

/**
 * The same mechanism without its initial response: it is sent as the answer to the server's first
 * challenge instead (RFC 4954 section 4), for servers that want it so and for commands that would get
 * too long. That challenge should be empty. Whatever it holds is left aside: servers have been seen to
 * put words there, and it decides nothing.
 */
export const withoutInitialResponse = (mechanism: ClientMechanism): ClientMechanism =>
  isClientFirst(mechanism)
    ? { ...mechanism, start: ClientStep.Await({ next: () => Either.right(mechanism.start) }) }
    : mechanism

/** The server says success at this step: fails unless the mechanism is through. */
export const succeed = (
  mechanism: ClientMechanism,
  step: ClientTurn
): Either.Either<void, SaslError> =>
  step._tag === "Conclude"
    ? Either.void
    : Either.left(
      new SaslError({
        mechanism: mechanism.name,
        reason: "Success",
        expected: step._tag === "Concede"
          ? "a failure, as the server has said no already"
          : "a challenge, as the mechanism is not through"
      })
    )

/**
 * Who a client is, as far as the mechanism can tell, for the server's authenticator to judge. `authzid`
 * is whom it wants to act as; without one, as itself. An authenticator has to look at both: the right
 * proof does not make another's name one's own.
 *
 * - `Password`: `authcid` is who it says it is, and the password has yet to be checked;
 * - `Proved`: it is `authcid`: the mechanism has checked the proof;
 * - `Token`: an OAuth 2.0 bearer token, which says who it is;
 * - `External`: it is who the connection itself has proved it to be;
 * - `Anonymous`: nobody; `trace` is what it tells of itself.
 */
export type Credentials = Data.TaggedEnum<{
  Password: {
    readonly authzid: Option.Option<string>
    readonly authcid: string
    readonly password: Redacted.Redacted<string>
  }
  Proved: {
    readonly authzid: Option.Option<string>
    readonly authcid: string
  }
  Token: {
    readonly authzid: Option.Option<string>
    readonly token: Redacted.Redacted<string>
  }
  External: { readonly authzid: Option.Option<string> }
  Anonymous: { readonly trace: Option.Option<string> }
}>

/** Constructors and matchers of {@link Credentials}. */
export const Credentials = Data.taggedEnum<Credentials>()

/**
 * Where the server stands:
 *
 * - `Challenge`: send `bytes` and give the client's response to `next`;
 * - `FindPassword`, `FindKeys`: give `next` what is kept for that user, if there is one. The mechanism
 *   goes on either way, so that the client does not learn which it was;
 * - `Verify`: the mechanism is through and has these credentials. Whether they are good ends the
 *   exchange, one way or the other; if they are not, `refusal` is what the client gets to hear in a
 *   challenge before it is told no in the protocol's way, whatever it responds;
 * - `Reject`: the proof is wrong, which ends the exchange like bad credentials.
 */
export type ServerStep = Data.TaggedEnum<{
  Challenge: { readonly bytes: Uint8Array; readonly next: OnResponse }
  FindPassword: {
    readonly username: string
    readonly next: (found: Option.Option<Redacted.Redacted<string>>) => ServerStep
  }
  FindKeys: {
    readonly username: string
    readonly hash: Hash
    readonly next: (found: Option.Option<ScramKeys>) => ServerStep
  }
  Verify: {
    readonly credentials: Credentials
    readonly refusal: Option.Option<Uint8Array>
  }
  Reject: {}
}>

/** What the server makes of a response, without its base64. */
export type OnResponse = (response: Uint8Array) => Either.Either<ServerStep, SaslError>

/** Constructors and matchers of {@link ServerStep}. */
export const ServerStep = Data.taggedEnum<ServerStep>()

/**
 * The server's side of a mechanism. One that has a nonce in it is good for one exchange.
 *
 * - `name`: as in the `AUTH` line, upper case;
 * - `needsEncryption`: it shows the secret to whoever listens, so it must be neither offered nor
 *   accepted on a connection in clear text;
 * - `start`: the first step, given the initial response if the client sent one.
 */
export interface ServerMechanism {
  readonly name: string
  readonly needsEncryption: boolean
  readonly start: (
    initialResponse: Option.Option<Uint8Array>
  ) => Either.Either<ServerStep, SaslError>
}
