/**
 * ProxyHeader: what a proxy says at the start of a connection about whom it speaks for (haproxy's
 * proxy-protocol.txt, versions 1 and 2). It comes before anything else, TLS too. Here: the value; its bytes
 * are `ProxyCodec`'s.
 *
 * @module
 */
import * as Data from "effect/Data"
import type { ProxyTlv } from "./ProxyTlv.js"

/** An IP address in its canonical form, and a port. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Whether the connection is a stream, such as TCP, or datagrams, such as UDP. */
export type Transport = "Stream" | "Datagram"

/**
 * Whom the proxy speaks for:
 *
 * - `Local`: itself, as in checks of its own. The addresses of the connection are the true ones;
 * - `Unknown`: somebody of whom it cannot say more;
 * - `Inet`: a client with an IP address; both addresses are IPv4, or both IPv6;
 * - `Unix`: a client of a Unix socket. Paths have at most 108 bytes, and no NUL.
 */
export type ProxyHeader = Data.TaggedEnum<{
  Local: {}
  Unknown: {}
  Inet: {
    readonly transport: Transport
    readonly source: Address
    readonly destination: Address
    readonly tlvs: ReadonlyArray<ProxyTlv>
  }
  Unix: {
    readonly transport: Transport
    readonly source: string
    readonly destination: string
    readonly tlvs: ReadonlyArray<ProxyTlv>
  }
}>

/** Constructors and matchers of {@link ProxyHeader}. */
export const { Inet, Local, Unix, Unknown, $is: is, $match: match } = Data.taggedEnum<ProxyHeader>()
