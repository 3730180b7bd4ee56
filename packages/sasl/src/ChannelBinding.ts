/**
 * ChannelBinding: what a mechanism says about the TLS connection it runs over (RFC 5802 section 6), so
 * that nobody can sit in the middle with a connection to each side.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * Which property of the connection: `tls-exporter` (RFC 9266, TLS 1.3) or `tls-server-end-point` (the
 * hash of the server's certificate, RFC 5929 section 4).
 */
export type Type = "tls-exporter" | "tls-server-end-point"

/**
 * - `Unsupported` (`n`): this side cannot bind, or is told not to;
 * - `NotOffered` (`y`): this side could bind, and the server does not seem to. A server that can knows
 *   by this that somebody has changed its offer, and refuses;
 * - `Bound` (`p`): bound to these bytes. It takes a mechanism whose name ends in `-PLUS`.
 */
export type ChannelBinding = Data.TaggedEnum<{
  Unsupported: {}
  NotOffered: {}
  Bound: { readonly type: Type; readonly data: Uint8Array }
}>

/** A binding to a connection. */
export type Bound = Extract<ChannelBinding, { readonly _tag: "Bound" }>

/** Constructors and matchers of {@link ChannelBinding}. */
export const { Unsupported, NotOffered, Bound, $is: is, $match: match } = Data.taggedEnum<
  ChannelBinding
>()
