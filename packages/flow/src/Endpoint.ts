/**
 * Where a connection goes to or comes from.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * - `Tcp`: a host (a name or an address, IPv6 without brackets) and a port; 0 asks a listener for any
 *   free port. On the in-memory network the host is just a name.
 * - `Unix`: a socket in the file system.
 */
export type Endpoint = Data.TaggedEnum<{
  Tcp: { readonly host: string; readonly port: number }
  Unix: { readonly path: string }
}>

/** Constructors and matchers of {@link Endpoint}. */
export const { Tcp, Unix, $is: is, $match: match } = Data.taggedEnum<Endpoint>()

/** `host:port`, `[v6]:port` or `unix:path`: for messages, and as the key of an endpoint. */
export const print: (endpoint: Endpoint) => string = match({
  Tcp: ({ host, port }) => host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
  Unix: ({ path }) => `unix:${path}`
})
