/**
 * What a flow is told to become secure, and what is known once it is. Nothing here does TLS: a
 * platform's flow does, through `Flow.upgrade`.
 *
 * @module
 */
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

/** Protocol versions that may be asked for; older ones are not spoken (RFC 8996). */
export type Version = "TLSv1.2" | "TLSv1.3"

/** A certificate chain (leaf first) and its private key, both PEM. */
export interface Identity {
  readonly certificate: string
  readonly key: Redacted.Redacted<string>
}

/**
 * Speak TLS as the client.
 *
 * - `serverName`: the name asked for (SNI) and checked against the certificate; an address literal is
 *   checked but not sent as SNI.
 * - `ca`: PEM certificates trusted instead of the platform's own list.
 * - `verify`: `"none"` accepts any certificate. The default is `"full"`.
 * - `identity`: a client certificate.
 * - `minVersion`, `maxVersion`: default `TLSv1.2`, and the latest there is.
 * - `ciphers`: the suites to offer and no others, OpenSSL's names with colons between them. The default is
 *   the platform's; none that can be used fails the handshake.
 */
export interface ClientOptions {
  readonly _tag: "Client"
  readonly serverName: string
  readonly ca?: ReadonlyArray<string>
  readonly verify?: "full" | "none"
  readonly identity?: Identity
  readonly minVersion?: Version
  readonly maxVersion?: Version
  readonly ciphers?: string
}

/**
 * Speak TLS as the server.
 *
 * - `identity`: shown when the client names no server, or none that `select` knows. As an effect it is
 *   asked for at each handshake, so that a renewed certificate needs no restart.
 * - `select`: the identity for the name the client asked for (SNI), asked for at each handshake. The
 *   same value each time, unless it has changed, saves parsing it.
 * - `clientCertificate`: ask for one (`"optional"`), insist on one that `ca` vouches for
 *   (`"required"`), or do not ask (`"none"`, the default).
 * - `minVersion`: default `TLSv1.2`.
 */
export interface ServerOptions {
  readonly _tag: "Server"
  readonly identity: Identity | Effect.Effect<Identity>
  readonly select?: (serverName: string) => Effect.Effect<Option.Option<Identity>>
  readonly clientCertificate?: "none" | "optional" | "required"
  readonly ca?: ReadonlyArray<string>
  readonly minVersion?: Version
}

/** Which side to take in the handshake, and how. */
export type Options = ClientOptions | ServerOptions

/** Constructor of {@link ClientOptions}. */
export const client = (options: Omit<ClientOptions, "_tag">): ClientOptions => ({
  _tag: "Client",
  ...options
})

/** Constructor of {@link ServerOptions}. */
export const server = (options: Omit<ServerOptions, "_tag">): ServerOptions => ({
  _tag: "Server",
  ...options
})

/** An X.509 certificate as the peer showed it. Names are in OpenSSL's text form. */
export interface Certificate {
  readonly subject: string
  readonly issuer: string
  readonly subjectAltName: string
  readonly validFrom: string
  readonly validTo: string
  /** SHA-256 over the DER form, upper-case hex pairs joined by colons. */
  readonly fingerprint: string
  /** The DER form. */
  readonly der: Uint8Array
}

/**
 * What is wrong with a certificate, as far as a caller says or does something else about it:
 *
 * - `Expired`, `NotYetValid`: of any certificate of the chain;
 * - `WrongName`: it is not for the name asked for;
 * - `SelfSigned`: nobody else vouches for it, or for the chain, and it is not trusted itself;
 * - `UnknownIssuer`: who vouches for it is not trusted, or not known;
 * - `Other`: whatever else the platform said.
 */
export type ProblemReason =
  | "Expired"
  | "NotYetValid"
  | "WrongName"
  | "SelfSigned"
  | "UnknownIssuer"
  | "Other"

/** A reason not to trust a certificate, and what was found, in words. */
export interface Problem {
  readonly reason: ProblemReason
  readonly detail: string
}

/** Bindings of an outer protocol to this TLS connection (RFC 5929, RFC 9266). */
export type ChannelBindingType = "tls-exporter" | "tls-server-end-point"

/** What is known of a TLS connection once its handshake is done. */
export interface Info {
  readonly version: string
  readonly cipher: string
  /** The name the client asked for. */
  readonly serverName: Option.Option<string>
  readonly peerCertificate: Option.Option<Certificate>
  /** What the peer showed to have its certificate vouched for: it first, then its issuers. */
  readonly peerChain: ReadonlyArray<Certificate>
  /** Whether the peer's certificate was checked and found good. */
  readonly authorized: boolean
  /**
   * What a client that accepts any certificate would have refused this one for. None where it is good,
   * and on the server's side.
   */
  readonly problems: ReadonlyArray<Problem>
  /** The binding's bytes, or none where this connection has no such binding. */
  readonly channelBinding: (type: ChannelBindingType) => Option.Option<Uint8Array>
}
