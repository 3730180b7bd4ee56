import * as ScramKeys from "@effect-smtp/sasl/ScramKeys"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"

/** Octets of what the hash makes. */
const size = { "SHA-1": 20, "SHA-256": 32 } as const

/**
 * A password that is hashed for SCRAM by the platform's Web Crypto, which has a thread for that: the
 * sessions of all others go on. The error says what was expected of the password.
 */
export const salted = (
  { hash, iterations, salt }: ScramKeys.Salting,
  password: Redacted.Redacted<string>
): Effect.Effect<Redacted.Redacted<Uint8Array>, string> =>
  Either.match(ScramKeys.octets(password), {
    onLeft: (expected) => Effect.fail(expected),
    onRight: (octets) =>
      Effect.promise(async () => {
        const bytes = new Uint8Array(Redacted.value(octets))
        const key = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"])
        const parameters = { name: "PBKDF2", hash, iterations, salt: new Uint8Array(salt) }
        const bits = await crypto.subtle.deriveBits(parameters, key, 8 * size[hash])
        return Redacted.make(new Uint8Array(bits))
      })
  })
