import { Pbkdf2 } from "@effect-smtp/protocol/Pbkdf2"
import * as ScramKeys from "@effect-smtp/sasl/ScramKeys"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Redacted from "effect/Redacted"

/** A password that is hashed for SCRAM. The error says what was expected of it. */
export const salted = (
  salting: ScramKeys.Salting,
  password: Redacted.Redacted<string>
): Effect.Effect<Redacted.Redacted<Uint8Array>, string> =>
  Either.match(ScramKeys.octets(password), {
    onLeft: (expected) => Effect.fail(expected),
    onRight: (octets) => Effect.flatMap(Pbkdf2, (salt) => salt(salting, octets))
  })
