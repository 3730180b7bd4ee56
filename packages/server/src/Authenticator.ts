/**
 * Authenticator: who may log in, and how. It says what it can tell about clients, and which mechanisms
 * are offered follows from that:
 *
 * | it can | mechanisms |
 * | --- | --- |
 * | `checkPassword` | PLAIN, LOGIN |
 * | `findPassword` | CRAM-MD5 |
 * | `scram` | SCRAM-SHA-1, SCRAM-SHA-256, and -PLUS where the TLS connection can be bound to |
 * | `tokens` | OAUTHBEARER, XOAUTH2 |
 * | `certificate` | EXTERNAL, to clients whose certificate was found good |
 * | `anonymous` | ANONYMOUS |
 *
 * What of it is offered without TLS is up to the `Policy`: nothing, unless it says so.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import { Nonce } from "@effect-smtp/protocol/Nonce"
import * as SaslPrep from "@effect-smtp/sasl/SaslPrep"
import * as ScramKeys from "@effect-smtp/sasl/ScramKeys"
import type * as Arr from "effect/Array"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ClientInfo } from "./ClientInfo.js"
import { equals } from "./internal/constantTime.js"
import { salted } from "./internal/salted.js"

/** Who a client has proved to be, and whom it acts as (the same, unless it asked otherwise). */
export interface Identity {
  readonly authenticated: string
  readonly actsAs: string
}

/**
 * SCRAM from stored keys.
 *
 * - `hashes`: those there are keys of;
 * - `findKeys`: the user's keys. The name is prepared by SASLprep;
 * - `decoys`: how keys are made up for users that there are not, so that nobody can tell.
 */
export interface Scram {
  readonly hashes: Arr.NonEmptyReadonlyArray<ScramKeys.Hash>
  readonly findKeys: (
    username: string,
    hash: ScramKeys.Hash,
    client: ClientInfo
  ) => Effect.Effect<Option.Option<ScramKeys.ScramKeys>, unknown>
  readonly decoys: ScramKeys.Decoys
}

/**
 * OAuth 2.0 bearer tokens.
 *
 * - `verify`: whose token it is, if it is good for sending mail here;
 * - `scope`, `openidConfiguration`: what clients get to hear whose token is not (RFC 7628 section 3.2.2).
 */
export interface Tokens {
  readonly verify: (
    token: Redacted.Redacted<string>,
    client: ClientInfo
  ) => Effect.Effect<Option.Option<string>, unknown>
  readonly scope?: string
  readonly openidConfiguration?: string
}

/**
 * What an authenticator can tell about clients. All of it is optional. Where it cannot tell now, it
 * fails, with any error: it is logged.
 *
 * `scram` is what it can do at the moment: it is asked at each EHLO, which offers as much, and at each AUTH.
 * None is no SCRAM. It should go by what it knew last rather than fail, for clients that are offered
 * nothing better show the password.
 */
export interface Abilities {
  /** Whether that is the user's password. It should take as long where there is no such user. */
  readonly checkPassword?: (
    username: string,
    password: Redacted.Redacted<string>,
    client: ClientInfo
  ) => Effect.Effect<boolean, unknown>
  /** The user's password, for whoever keeps it in clear text. */
  readonly findPassword?: (
    username: string,
    client: ClientInfo
  ) => Effect.Effect<Option.Option<Redacted.Redacted<string>>, unknown>
  readonly scram?: Effect.Effect<Option.Option<Scram>, unknown>
  readonly tokens?: Tokens
  /** Whose certificate that is, which TLS has checked against the `ca` of the server's options. */
  readonly certificate?: (
    certificate: Tls.Certificate,
    client: ClientInfo
  ) => Effect.Effect<Option.Option<string>, unknown>
  /** As whom anybody may come in; `trace` is what a client tells of itself, and proves nothing. */
  readonly anonymous?: (
    trace: Option.Option<string>,
    client: ClientInfo
  ) => Effect.Effect<Option.Option<string>, unknown>
}

/**
 * - `authorize`: whether one may act as the other. It is asked about everybody who has proved who it is,
 *   also where both are the same;
 * - `failureDelay`: how long after its last line a client hears of a failed attempt, whatever was wrong
 *   and however soon that was known.
 *
 * The client is not told what is wrong (535 5.7.8). A question that fails, dies or interrupts itself is
 * 454 4.7.0, since the client may well be right, and does not count as an attempt.
 */
export interface Shape extends Abilities {
  readonly authorize: (identity: Identity, client: ClientInfo) => Effect.Effect<boolean, unknown>
  readonly failureDelay: Duration.DurationInput
}

/** The authenticator as a service. A server without one offers no AUTH. */
export class Authenticator extends Context.Tag("@effect-smtp/server/Authenticator")<
  Authenticator,
  Shape
>() {}

/** Everybody may act as itself, and hears of a failure after 1 second, unless told otherwise. */
export const make = (abilities: Partial<Shape>): Shape => ({
  authorize: ({ actsAs, authenticated }) => Effect.succeed(actsAs === authenticated),
  failureDelay: "1 second",
  ...abilities
})

/** {@link make} as a layer. */
export const layer = (abilities: Partial<Shape>): Layer.Layer<Authenticator> =>
  Layer.succeed(Authenticator, make(abilities))

/** Users with their passwords; an empty one is none. */
export type Passwords = ReadonlyMap<string, Redacted.Redacted<string>>

/**
 * Users with their passwords, in memory: PLAIN, LOGIN, CRAM-MD5 and SCRAM. Names and passwords are
 * prepared by SASLprep, where it allows them, before they are compared; but CRAM-MD5's clients hash the
 * password as it was typed. A user may only act as itself.
 *
 * Comparing takes as long for a wrong name as for a wrong password. SCRAM's keys are made when they are
 * asked for, with salts that are others each time the program starts.
 */
export const fromPasswords = (passwords: Passwords): Effect.Effect<Shape> =>
  Effect.map(Effect.flatten(Nonce), (nonce) => {
    const users = new Map(
      [...passwords]
        .filter(([, password]) => Redacted.value(password) !== "")
        .map(([name, password]) => [prepared(name), password])
    )
    const find = (username: string) => Option.fromNullable(users.get(prepared(username)))
    const decoys: ScramKeys.Decoys = {
      secret: Redacted.make(new TextEncoder().encode(nonce)),
      iterations: ScramKeys.minIterations,
      saltLength: 16
    }
    return make({
      checkPassword: (username, password) =>
        Effect.sync(() => {
          const given = prepared(Redacted.value(password))
          const known = Option.map(find(username), (_) => prepared(Redacted.value(_)))
          return equals(given, Option.getOrElse(known, () => `${given}?`))
        }),
      findPassword: (username) => Effect.sync(() => find(username)),
      scram: Effect.succeedSome<Scram>({
        hashes: ["SHA-256", "SHA-1"],
        decoys,
        findKeys: (username, hash) =>
          Effect.suspend(() => {
            const known = find(username)
            const { iterations } = decoys
            const salting = { hash, iterations, salt: ScramKeys.salt(decoys, hash, username) }
            return salted(salting, Option.getOrElse(known, () => Redacted.make(nonce))).pipe(
              Effect.flatMap((hashed) => ScramKeys.fromSalted(salting, hashed)),
              Effect.option,
              Effect.map((keys) => Option.zipRight(known, keys))
            )
          })
      })
    })
  })

const prepared = (text: string): string =>
  Either.getOrElse(SaslPrep.query(text, "text"), () => text)

/** {@link fromPasswords} as a layer. */
export const layerPasswords = (passwords: Passwords): Layer.Layer<Authenticator> =>
  Layer.effect(Authenticator, fromPasswords(passwords))
