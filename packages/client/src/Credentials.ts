/**
 * Credentials: who the client is and how it proves it, apart from the mechanism that says so. Of the
 * mechanisms that the server offers and that can carry the credentials, the strongest is used
 * (`Strength` in `@effect-smtp/sasl`), unless one is named.
 *
 * @module
 */
import type * as Scram from "@effect-smtp/sasl/Scram"
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Tokens } from "./Tokens.js"

/** The mechanisms that prove a password. */
export const passwordMechanisms = [
  "SCRAM-SHA-256-PLUS",
  "SCRAM-SHA-1-PLUS",
  "SCRAM-SHA-256",
  "SCRAM-SHA-1",
  "CRAM-MD5",
  "PLAIN",
  "LOGIN"
] as const satisfies ReadonlyArray<Scram.Name | "CRAM-MD5" | "PLAIN" | "LOGIN">

/** The name of a mechanism that proves a password. */
export type PasswordMechanism = (typeof passwordMechanisms)[number]

/** The mechanisms that carry a bearer token. */
export const tokenMechanisms = ["OAUTHBEARER", "XOAUTH2"] as const

/** The name of a mechanism that carries a bearer token. */
export type TokenMechanism = (typeof tokenMechanisms)[number]

/**
 * - `Password`: a user name and a password; `authzid` is whom to act as, and only PLAIN and SCRAM can
 *   say it;
 * - `Token`: a user name and an OAuth 2.0 access token. When the server turns the token down, another
 *   one is asked for and tried, once;
 * - `External`: what the connection itself has proved, as with a TLS client certificate;
 * - `Anonymous`: nobody; `trace` is for the server's administrator.
 *
 * `mechanisms` are those that may be used.
 */
export type Credentials = Data.TaggedEnum<{
  Password: {
    readonly username: string
    readonly password: Redacted.Redacted<string>
    readonly authzid: Option.Option<string>
    readonly mechanisms: ReadonlyArray<PasswordMechanism>
  }
  Token: {
    readonly username: string
    readonly tokens: Tokens
    readonly mechanisms: ReadonlyArray<TokenMechanism>
  }
  External: { readonly authzid: Option.Option<string> }
  Anonymous: { readonly trace: Option.Option<string> }
}>

/** Constructors and matchers of {@link Credentials}. */
export const { Password, Token, External, Anonymous, $is: is, $match: match } = Data.taggedEnum<
  Credentials
>()

/** A password, for the strongest mechanism on offer or for the one named. */
export const fromPassword = (options: {
  readonly username: string
  readonly password: Redacted.Redacted<string>
  readonly authzid?: string
  readonly mechanism?: PasswordMechanism
}): Credentials =>
  Password({
    username: options.username,
    password: options.password,
    authzid: Option.fromNullable(options.authzid),
    mechanisms: options.mechanism === undefined ? passwordMechanisms : [options.mechanism]
  })

/** Access tokens, for the strongest mechanism on offer or for the one named. */
export const fromTokens = (options: {
  readonly username: string
  readonly tokens: Tokens
  readonly mechanism?: TokenMechanism
}): Credentials =>
  Token({
    username: options.username,
    tokens: options.tokens,
    mechanisms: options.mechanism === undefined ? tokenMechanisms : [options.mechanism]
  })

/** The names of the mechanisms that may be used. */
export const mechanisms: (
  credentials: Credentials
) => ReadonlyArray<PasswordMechanism | TokenMechanism | "EXTERNAL" | "ANONYMOUS"> = match({
  Password: (_) => _.mechanisms,
  Token: (_) => _.mechanisms,
  External: () => ["EXTERNAL" as const],
  Anonymous: () => ["ANONYMOUS" as const]
})
