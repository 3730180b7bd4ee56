/**
 * Authenticator: who may log in, and how.
 *
 * @module
 */
import * as Login from "@effect-smtp/sasl/Login"
import type { Credentials, ServerMechanism } from "@effect-smtp/sasl/Mechanism"
import * as Plain from "@effect-smtp/sasl/Plain"
import type * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ClientInfo } from "./ClientInfo.js"
import { equals } from "./internal/constantTime.js"

/** Who a client has proved to be, and whom it acts as (the same, unless it asked otherwise). */
export interface Identity {
  readonly authenticated: string
  readonly actsAs: string
}

/** The credentials are not good. The client is not told what is wrong with them. */
export class BadCredentials extends Data.TaggedError("BadCredentials")<{}> {
  override get message(): string {
    return "bad credentials"
  }
}

/**
 * - `mechanisms`: what is offered; those that expose the secret only under TLS, unless the server's
 *   policy says otherwise;
 * - `verify`: who these credentials prove the client to be. `BadCredentials` is 535 5.7.8; any other
 *   failure is 454 4.7.0, since the client's password may well be right.
 */
export interface Shape<E = unknown> {
  readonly mechanisms: Arr.NonEmptyReadonlyArray<ServerMechanism>
  readonly verify: (
    credentials: Credentials,
    client: ClientInfo
  ) => Effect.Effect<Identity, BadCredentials | E>
}

/** The authenticator as a service. A server without one offers no AUTH. */
export class Authenticator extends Context.Tag("@effect-smtp/server/Authenticator")<
  Authenticator,
  Shape
>() {}

/**
 * Users with their passwords, in memory: PLAIN and LOGIN. A user may only act as itself. Comparing
 * takes as long for a wrong name as for a wrong password.
 */
export const fromPasswords = (
  passwords: ReadonlyMap<string, Redacted.Redacted<string>>
): Shape<never> => ({
  mechanisms: [Plain.server, Login.server],
  verify: ({ authcid, authzid, password }) => {
    const known = passwords.get(authcid)
    const right = equals(
      Redacted.value(password),
      known === undefined ? `${Redacted.value(password)}?` : Redacted.value(known)
    )
    const self = Option.getOrElse(authzid, () => authcid) === authcid
    return right && self
      ? Effect.succeed({ authenticated: authcid, actsAs: authcid })
      : Effect.fail(new BadCredentials())
  }
})

/** {@link fromPasswords} as a layer. */
export const layerPasswords = (
  passwords: ReadonlyMap<string, Redacted.Redacted<string>>
): Layer.Layer<Authenticator> => Layer.succeed(Authenticator, fromPasswords(passwords))
