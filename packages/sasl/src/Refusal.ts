/**
 * Refusal: why the server says no, where the mechanism has words for it. Both kinds are the server's
 * claim and nothing more: what is here is for people to read and for programs to ask better, never to
 * act on blindly.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Text from "./internal/text.js"

/**
 * - `OAuth`: the error of OAUTHBEARER (RFC 7628 section 3.2.2) and XOAUTH2: `status` is a code of the
 *   "OAuth Extensions Error Registry" (`invalid_token`) or one of HTTP (`401`), `scope` what a token
 *   has to be good for, `openidConfiguration` where to read how to get one;
 * - `Scram`: the `e` attribute of SCRAM (RFC 5802 section 7): `invalid-proof`, `unknown-user`, ...
 */
export type Refusal = Data.TaggedEnum<{
  OAuth: {
    readonly status: string
    readonly scope: Option.Option<string>
    readonly openidConfiguration: Option.Option<string>
  }
  Scram: { readonly error: string }
}>

/** Constructors and matchers of {@link Refusal}. */
export const { OAuth, Scram, $is: is, $match: match } = Data.taggedEnum<Refusal>()

/** What an OAuth error says. */
export type OAuthError = Omit<Extract<Refusal, { readonly _tag: "OAuth" }>, "_tag">

/** The refusal in words. */
export const print: (refusal: Refusal) => string = match({
  OAuth: ({ scope, status }) =>
    Option.match(scope, { onNone: () => status, onSome: (name) => `${status}, scope ${name}` }),
  Scram: ({ error }) => error
})

/**
 * Whether another token may do better: it is expired, revoked or not one at all (RFC 6750 section
 * 3.1). Google says `400` or `401`.
 */
export const isBadToken = (refusal: Refusal): boolean =>
  refusal._tag === "OAuth" && badToken.includes(refusal.status.toLowerCase())

const badToken = ["invalid_token", "401", "400"]

/**
 * Reads the JSON of an OAuth error. The error is a description of what was expected. `status` may be a
 * number; of the rest, what is no plain text is left out.
 */
export const parseOAuth = (json: Uint8Array): Either.Either<Refusal, string> =>
  Either.gen(function*() {
    const text = yield* Text.decode(json, "an OAuth error")
    const value: unknown = yield* Either.try({
      try: () => JSON.parse(text),
      catch: () => "an OAuth error in JSON"
    })
    const status = yield* Either.fromOption(
      Option.orElse(member(value, "status"), () => Option.map(code(value), String)),
      () => "an OAuth error with a status"
    )
    return OAuth({
      status,
      scope: member(value, "scope"),
      openidConfiguration: member(value, "openid-configuration")
    })
  })

/** The JSON of an OAuth error, which {@link parseOAuth} reads. */
export const encodeOAuth = ({ openidConfiguration, scope, status }: OAuthError): Uint8Array =>
  Text.toUtf8(JSON.stringify({
    status,
    ...Option.match(scope, { onNone: () => ({}), onSome: (scope) => ({ scope }) }),
    ...Option.match(openidConfiguration, {
      onNone: () => ({}),
      onSome: (url) => ({ "openid-configuration": url })
    })
  }))

const property = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined

/** The text under that key, if it is fit to be shown. */
const member = (value: unknown, key: string): Option.Option<string> => {
  const text = property(value, key)
  return typeof text === "string" ? Either.getRight(Text.checkName(text, key)) : Option.none()
}

const code = (value: unknown): Option.Option<number> => {
  const status = property(value, "status")
  return typeof status === "number" ? Option.some(status) : Option.none()
}
