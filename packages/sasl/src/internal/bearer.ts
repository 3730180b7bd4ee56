import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type { ClientMechanism, OnChallenge } from "../Mechanism.js"
import { ClientStep } from "../Mechanism.js"
import * as Refusal from "../Refusal.js"
import { SaslError } from "../SaslError.js"
import * as Text from "./text.js"

/** The most octets of a token. A web token of many claims has a few thousand. */
export const maxToken = 8192

/** RFC 6750 section 2.1. Nothing in it can end the pair it stands in. */
const token = /^[A-Za-z0-9\-._~+/]+=*$/

/** The value of an `Authorization` header with this token. */
export const authorization = (secret: Redacted.Redacted<string>): Either.Either<string, string> => {
  const text = Redacted.value(secret)
  return text.length > maxToken || !token.test(text)
    ? Either.left(`a bearer token of RFC 6750, of at most ${maxToken} octets`)
    : Either.right(`Bearer ${text}`)
}

/**
 * A mechanism of one message, after which the server says yes, or tells the reason of its no in a
 * challenge, which is answered with `dummy`.
 */
export const client = (
  name: string,
  message: Either.Either<string, string>,
  dummy: string
): Either.Either<ClientMechanism, SaslError> => {
  const unexpected = (expected: string) =>
    new SaslError({ mechanism: name, reason: "Challenge", expected })
  const second = () => Either.left(unexpected("no second challenge"))
  const first: OnChallenge = (challenge) =>
    Either.mapBoth(Refusal.parseOAuth(challenge), {
      onLeft: unexpected,
      onRight: (refusal) =>
        ClientStep.Concede({ bytes: Redacted.make(Text.toUtf8(dummy)), refusal, next: second })
    })
  return Either.mapBoth(message, {
    onLeft: (expected) => new SaslError({ mechanism: name, reason: "Credentials", expected }),
    onRight: (text): ClientMechanism => ({
      name,
      needsEncryption: true,
      start: ClientStep.Conclude({ bytes: Redacted.make(Text.toUtf8(text)), next: first })
    })
  })
}
