/**
 * Security: how a session comes to be protected, as one value. There is no flag that could mean two
 * things.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Data from "effect/Data"

/**
 * - `Implicit`: TLS from the first byte (RFC 8314 section 3.3; port 465).
 * - `StartTls`: the session begins in clear text and is upgraded, or fails (RFC 3207; port 587).
 * - `Opportunistic`: upgraded if the server offers it, and goes on in clear text if not. Whoever can
 *   change the bytes on the way can take the offer away: only for mail that would go out in the clear
 *   anyway (port 25).
 * - `ClearText`: never TLS. `credentials` says whether secrets may be written for all to read.
 */
export type Security = Data.TaggedEnum<{
  Implicit: { readonly tls: Tls.ClientOptions }
  StartTls: { readonly tls: Tls.ClientOptions }
  Opportunistic: { readonly tls: Tls.ClientOptions }
  ClearText: { readonly credentials: "Refused" | "ExposedToEveryone" }
}>

/** Constructors and matchers of {@link Security}. */
export const { Implicit, StartTls, Opportunistic, ClearText, $is: is, $match: match } = Data
  .taggedEnum<Security>()
