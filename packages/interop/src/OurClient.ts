/**
 * OurClient: our client, for other people's servers on the loopback.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import * as Credentials from "@effect-smtp/client/Credentials"
import * as Envelope from "@effect-smtp/client/Envelope"
import type { Outcome } from "@effect-smtp/client/Outcome"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import type { SmtpError } from "@effect-smtp/client/SmtpError"
import type { Dialer } from "@effect-smtp/flow/Dialer"
import * as Tls from "@effect-smtp/flow/Tls"
import type { AddressError } from "@effect-smtp/wire/AddressError"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Port from "./Port.js"

/** Neither TLS nor credentials. */
export const clear: Security.Security = Security.ClearText({ credentials: "Refused" })

/** For the certificate's `mx.example`. */
export const tls = (certificate: string): Tls.ClientOptions =>
  Tls.client({ serverName: "mx.example", ca: [certificate] })

/** Opens a session on that port, as `client.example`. */
export const connect = (
  port: number,
  security: Security.Security = clear,
  options: Omit<SmtpClient.Options, "security" | "name"> = {}
): Effect.Effect<SmtpClient.Shape, SmtpError, Dialer | Scope.Scope> =>
  SmtpClient.connect(Port.endpoint(port), {
    ...options,
    security,
    name: Either.getOrThrow(Domain.parse("client.example"))
  })

/** Opens a session and logs in, by the strongest mechanism that both know or the one named. */
export const login = (
  port: number,
  options: {
    readonly security: Security.Security
    readonly user: { readonly name: string; readonly password: string }
    readonly mechanism?: Credentials.PasswordMechanism
  }
): Effect.Effect<SmtpClient.Shape, SmtpError, Dialer | Scope.Scope> =>
  connect(port, options.security, {
    credentials: Credentials.fromPassword({
      username: options.user.name,
      password: Redacted.make(options.user.password),
      ...(options.mechanism === undefined ? {} : { mechanism: options.mechanism })
    })
  })

/** A message with plain addresses. */
export interface Mail {
  readonly from?: string
  readonly to: readonly [string, ...Array<string>]
  readonly message: string | Body.Body
}

/** Delivers one message, from `alice@client.example` unless told otherwise. */
export const deliver = (
  client: SmtpClient.Shape,
  { from = "alice@client.example", message, to }: Mail
): Effect.Effect<Outcome, SmtpError | AddressError> =>
  Effect.flatMap(
    Envelope.parse({ from, to }),
    (envelope) =>
      client.deliver(
        envelope,
        typeof message === "string" ? Body.fromString(message) : message
      )
  )

/** An outcome as addresses and codes. */
export interface Summary {
  readonly accepted: ReadonlyArray<string>
  readonly rejected: ReadonlyArray<readonly [string, number]>
  readonly code: number | undefined
}

/** What is worth comparing of an outcome. */
export const summary = ({ accepted, rejected, reply }: Outcome): Summary => {
  const address = (path: ForwardPath.ForwardPath) => ForwardPath.print(path).slice(1, -1)
  return {
    accepted: accepted.map(({ recipient }) => address(recipient)),
    rejected: rejected.map(({ recipient, reply: { code } }) => [address(recipient), code]),
    code: Option.getOrUndefined(Option.map(reply, ({ code }) => code))
  }
}
