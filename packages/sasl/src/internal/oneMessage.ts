import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type { ClientMechanism } from "../Mechanism.js"
import { ClientStep } from "../Mechanism.js"
import { SaslError } from "../SaslError.js"

/** A mechanism of one message, to which the server says yes or no and nothing else. */
export const client = (options: {
  readonly name: string
  readonly needsEncryption: boolean
  readonly message: Either.Either<Uint8Array, string>
}): Either.Either<ClientMechanism, SaslError> => {
  const { message, name, needsEncryption } = options
  return Either.mapBoth(message, {
    onLeft: (expected) => new SaslError({ mechanism: name, reason: "Credentials", expected }),
    onRight: (bytes): ClientMechanism => ({
      name,
      needsEncryption,
      start: ClientStep.Conclude({
        bytes: Redacted.make(bytes),
        next: () =>
          Either.left(
            new SaslError({ mechanism: name, reason: "Challenge", expected: "no challenge" })
          )
      })
    })
  })
}
