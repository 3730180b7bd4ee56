/**
 * Told: what trusted peers (`Trust`) have said of a client.
 *
 * @module
 */
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { ProxyHeader } from "@effect-smtp/wire/ProxyHeader"
import * as Option from "effect/Option"

/**
 * What was said, by the attribute's name in upper case; what was said to be `[UNAVAILABLE]`, or for the time
 * being (`[TEMPUNAVAIL]`), is not there.
 */
export type Attributes = ReadonlyMap<string, string>

/**
 * - `proxy`: the header of a PROXY connection, and whose connection that is;
 * - `xclient`: all that was said with XCLIENT (NAME, ADDR, PORT, PROTO, HELO, LOGIN, DESTADDR, DESTPORT), and
 *   by whom. Addresses and LOGIN are in `ClientInfo` too, as the client's own; NAME, HELO and PROTO only
 *   here: HELO is what the real client called itself, while its `name` is given by who speaks for it;
 * - `xforward`: what was said with XFORWARD of the next message (NAME, ADDR, PORT, PROTO, HELO, IDENT,
 *   SOURCE), until its transaction ends. It changes nothing else: it is for logs and filters.
 */
export interface Told {
  readonly proxy: Option.Option<{ readonly by: Endpoint; readonly header: ProxyHeader }>
  readonly xclient: Option.Option<{ readonly by: Endpoint; readonly attributes: Attributes }>
  readonly xforward: Option.Option<Attributes>
}

/** Nobody has said anything. */
export const nothing: Told = {
  proxy: Option.none(),
  xclient: Option.none(),
  xforward: Option.none()
}
