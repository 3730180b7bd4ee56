/**
 * Pbkdf2: the work of SCRAM, on either side: `SaltedPassword` (RFC 5802 section 3), up to a second of hashing.
 * By the platform's Web Crypto, which has a thread for that, so that everything else goes on.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** How a password is salted, and how many rounds of hashing it takes. */
export interface Salting {
  readonly hash: "SHA-1" | "SHA-256"
  readonly salt: Uint8Array
  readonly iterations: number
}

/** Octets of what the hash makes. */
const size = { "SHA-1": 20, "SHA-256": 32 } as const

/**
 * Salts the octets of a password (`ScramKeys.octets` of `sasl`). A program on a platform that has no Web
 * Crypto, or one with a lower limit of iterations than `ScramKeys.maxIterations`, provides its own, for which
 * there is `ScramKeys.salted`.
 */
export class Pbkdf2 extends Context.Reference<Pbkdf2>()("@effect-smtp/protocol/Pbkdf2", {
  defaultValue: () =>
  (
    { hash, iterations, salt }: Salting,
    password: Redacted.Redacted<Uint8Array>
  ): Effect.Effect<Redacted.Redacted<Uint8Array>> =>
    Effect.promise(async () => {
      const octets = new Uint8Array(Redacted.value(password))
      const key = await crypto.subtle.importKey("raw", octets, "PBKDF2", false, ["deriveBits"])
      const parameters = { name: "PBKDF2", hash, iterations, salt: new Uint8Array(salt) }
      const bits = await crypto.subtle.deriveBits(parameters, key, 8 * size[hash])
      return Redacted.make(new Uint8Array(bits))
    })
}) {}
