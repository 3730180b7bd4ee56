import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ClientMechanism, Credentials, OnResponse, ServerMechanism } from "../Mechanism.js"
import { ClientStep, ServerStep } from "../Mechanism.js"
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

/** The server's side of it: the message is the initial response, or that to an empty challenge. */
export const server = (options: {
  readonly name: string
  readonly needsEncryption: boolean
  readonly read: (message: Uint8Array) => Either.Either<Credentials, string>
  readonly refusal?: Uint8Array
}): ServerMechanism => {
  const { name, needsEncryption, read } = options
  const refusal = Option.fromNullable(options.refusal)
  const verify: OnResponse = (message) =>
    Either.mapBoth(read(message), {
      onLeft: (expected) => new SaslError({ mechanism: name, reason: "Response", expected }),
      onRight: (credentials) => ServerStep.Verify({ credentials, refusal })
    })
  return { name, needsEncryption, start: afterInitial(verify) }
}

/** Goes on with the initial response; without one, the client is asked for its first message. */
export const afterInitial = (onFirst: OnResponse): ServerMechanism["start"] =>
  Option.match({
    onNone: () => Either.right(ServerStep.Challenge({ bytes: new Uint8Array(), next: onFirst })),
    onSome: onFirst
  })
