/**
 * Policy: what a server asks of clients at one of its endpoints.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Data from "effect/Data"

/**
 * How sessions are protected:
 *
 * - `None`: in clear text, always;
 * - `Offered`: STARTTLS may be used (RFC 3207; port 25);
 * - `Required`: STARTTLS must come before anything that matters (530 5.7.0 until then; port 587);
 * - `Implicit`: TLS from the first byte (RFC 8314; port 465).
 */
export type Protection = Data.TaggedEnum<{
  None: {}
  Offered: { readonly tls: Tls.ServerOptions }
  Required: { readonly tls: Tls.ServerOptions }
  Implicit: { readonly tls: Tls.ServerOptions }
}>

/** Constructors and matchers of {@link Protection}. */
export const Protection = Data.taggedEnum<Protection>()

/**
 * - `protocol`: SMTP, or LMTP (RFC 2033), where the client begins with LHLO and is told of each
 *   recipient's fate apart: for mail that a server near by hands over, never on port 25;
 * - `protection`: see {@link Protection};
 * - `authentication`: whether AUTH must come before MAIL (530 5.7.0 until then). A server without an
 *   `Authenticator` takes no mail then;
 * - `clearTextPasswords`: whether AUTH is offered without TLS, too, where whoever listens can take the
 *   session over: `"Refused"` is not at all; `"Hashed"` is the mechanisms in which the secret does not
 *   cross the network (SCRAM, CRAM-MD5), though it can be guessed at from what does;
 *   `"ExposedToEveryone"` is all of them. The latter two are for closed networks and tests.
 */
export interface Policy {
  readonly protocol: "Smtp" | "Lmtp"
  readonly protection: Protection
  readonly authentication: "Optional" | "Required"
  readonly clearTextPasswords: "Refused" | "Hashed" | "ExposedToEveryone"
}

/** Mail from other servers (port 25): TLS if they want it. */
export const exchange = (tls: Tls.ServerOptions): Policy => ({
  protocol: "Smtp",
  protection: Protection.Offered({ tls }),
  authentication: "Optional",
  clearTextPasswords: "Refused"
})

/** Mail from users (port 587, RFC 6409): STARTTLS, then AUTH, then mail. */
export const submission = (tls: Tls.ServerOptions): Policy => ({
  protocol: "Smtp",
  protection: Protection.Required({ tls }),
  authentication: "Required",
  clearTextPasswords: "Refused"
})

/** Mail from users under TLS from the first byte (port 465, RFC 8314). */
export const submissions = (tls: Tls.ServerOptions): Policy => ({
  protocol: "Smtp",
  protection: Protection.Implicit({ tls }),
  authentication: "Required",
  clearTextPasswords: "Refused"
})

/** No TLS and no AUTH: for tests and for networks that are safe by other means. */
export const clearText: Policy = {
  protocol: "Smtp",
  protection: Protection.None(),
  authentication: "Optional",
  clearTextPasswords: "Refused"
}

/** LMTP without TLS and AUTH: for a server near by, on a socket or a port that nobody else can reach. */
export const lmtp: Policy = { ...clearText, protocol: "Lmtp" }
