/**
 * ProxyTlv: what a proxy tells of a connection besides its addresses, in a PROXY header of version 2
 * (haproxy's proxy-protocol.txt, section 2.2): vectors of a type, a length and a value.
 *
 * The checksum (type 3) is no value here: `ProxyHeader` checks it, and makes it.
 *
 * @module
 */
import * as Data from "effect/Data"
import type * as Option from "effect/Option"

/** A vector whose type nothing is known of. */
export interface Raw {
  readonly type: number
  readonly value: Uint8Array
}

/**
 * The TLS connection between the client and the proxy.
 *
 * - `active`: the client came over TLS;
 * - `certificateShown`: it showed a certificate on this connection; `certificateInSession`: on this one,
 *   or on an earlier one of the same TLS session;
 * - `verify`: 0 where the certificate was found good, else what the proxy's TLS says of it;
 * - `version`, `cipher`: of TLS; `commonName`: of the client's certificate; `signatureAlgorithm`,
 *   `keyAlgorithm`: of the certificate that the proxy showed;
 * - `others`: whatever else was said.
 */
export interface Ssl {
  readonly active: boolean
  readonly certificateShown: boolean
  readonly certificateInSession: boolean
  readonly verify: number
  readonly version: Option.Option<string>
  readonly commonName: Option.Option<string>
  readonly cipher: Option.Option<string>
  readonly signatureAlgorithm: Option.Option<string>
  readonly keyAlgorithm: Option.Option<string>
  readonly others: ReadonlyArray<Raw>
}

/**
 * - `Alpn`: the protocol agreed on by ALPN, as its bytes (RFC 7301);
 * - `Authority`: the name that the client asked for (SNI);
 * - `UniqueId`: the proxy's own name for the connection, at most 128 bytes;
 * - `Ssl`: see {@link Ssl};
 * - `NetNs`: the network namespace;
 * - `Other`: anything else, padding (type 4) too.
 */
export type ProxyTlv = Data.TaggedEnum<{
  Alpn: { readonly protocol: Uint8Array }
  Authority: { readonly name: string }
  UniqueId: { readonly id: Uint8Array }
  Ssl: Ssl
  NetNs: { readonly name: string }
  Other: Raw
}>

/** Constructors and matchers of {@link ProxyTlv}. */
export const { Alpn, Authority, NetNs, Other, Ssl, UniqueId, $is: is, $match: match } = Data
  .taggedEnum<ProxyTlv>()
