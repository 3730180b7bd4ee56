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

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The most octets of a message: a token, and names at their longest. */
const maxMessage = maxToken + 4096

/** A message as text; bounded, since it has a token in it. */
export const readText = (message: Uint8Array): Either.Either<string, string> =>
  message.length > maxMessage
    ? Either.left(`a message of at most ${maxMessage} octets`)
    : Either.try({ try: () => decoder.decode(message), catch: () => "a message in UTF-8" })

/**
 * The pairs of a message (RFC 7628 section 3.1): each a key, `=` and a value, and an octet of value 1
 * behind each and behind them all. No key comes twice.
 */
export const readPairs = (text: string): Either.Either<ReadonlyMap<string, string>, string> => {
  if (!text.endsWith("\x01\x01")) return Either.left("two octets of value 1 at the end")
  const pairs = new Map<string, string>()
  for (const pair of text.slice(0, -2).split("\x01")) {
    const key = /^[A-Za-z]+(?==)/.exec(pair)?.[0]
    if (key === undefined || pairs.has(key)) return Either.left("pairs of a key and a value")
    pairs.set(key, pair.slice(key.length + 1))
  }
  return Either.right(pairs)
}

/** The token of such a message. */
export const readToken = (
  pairs: ReadonlyMap<string, string>
): Either.Either<Redacted.Redacted<string>, string> => {
  const value = pairs.get("auth") ?? ""
  const secret = value.slice(7)
  return /^bearer /i.test(value) && secret.length <= maxToken && token.test(secret)
    ? Either.right(Redacted.make(secret))
    : Either.left("a bearer token of RFC 6750")
}
