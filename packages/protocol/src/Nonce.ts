/**
 * Nonce: text that nobody can guess and nobody has used before, for mechanisms that want some (SCRAM's
 * `r`, the words of CRAM-MD5's server). Effect's `Random` is made to be repeatable, so it is not for
 * this.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"

/** Octets of chance in a nonce. */
const size = 18

/**
 * Draws a nonce: 24 characters of base64, 144 bits, from the platform's Web Crypto. A program that
 * wants to know beforehand provides its own.
 */
export class Nonce extends Context.Reference<Nonce>()("@effect-smtp/protocol/Nonce", {
  defaultValue: (): Effect.Effect<string> =>
    Effect.sync(() => Encoding.encodeBase64(crypto.getRandomValues(new Uint8Array(size))))
}) {}
