/**
 * Trust: whose word a server takes for who its clients are. Nobody's, unless it is told otherwise: whoever
 * is believed can be anybody.
 *
 * @module
 */
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { IpBlockError } from "@effect-smtp/wire/IpBlock"
import * as IpBlock from "@effect-smtp/wire/IpBlock"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

/** Some peers: those with an address in one of the blocks, and perhaps those of Unix sockets. */
export interface Peers {
  readonly blocks: ReadonlyArray<IpBlock.IpBlock>
  readonly unixSockets: boolean
}

/** No peers. */
export const nobody: Peers = { blocks: [], unixSockets: false }

const unix = "unix"

/** Reads addresses (`127.0.0.1`), blocks (`10.0.0.0/8`, `fd00::/8`), and `unix` for Unix sockets. */
export const peers = (texts: ReadonlyArray<string>): Either.Either<Peers, IpBlockError> =>
  Either.map(
    Either.all(texts.filter((text) => text !== unix).map(IpBlock.parse)),
    (blocks) => ({ blocks, unixSockets: texts.includes(unix) })
  )

/** Whether it is one of them. */
export const includes = ({ blocks, unixSockets }: Peers, endpoint: Endpoint): boolean =>
  endpoint._tag === "Unix"
    ? unixSockets
    : blocks.some((block) => IpBlock.contains(block, endpoint.host))

/** Whether there is any. */
export const isAnybody = ({ blocks, unixSockets }: Peers): boolean =>
  blocks.length > 0 || unixSockets

/**
 * Proxies that begin each connection with a PROXY header.
 *
 * - `from`: those that do. They have to, within the timeout of `Connect`, and a connection on which one
 *   does not, or not as it should, is closed without a word;
 * - `others`: everybody else is closed in the same way (`"Refused"`), or a client like any other
 *   (`"Welcome"`), in which case a header means nothing and is no command. Bytes are not looked at to find
 *   out what they are (proxy-protocol.txt, section 5).
 */
export interface Proxies {
  readonly from: Peers
  readonly others: "Refused" | "Welcome"
}

/**
 * - `proxy`: who says it in a PROXY header; default none;
 * - `xclient`: who may say it with XCLIENT (Postfix); default nobody;
 * - `xforward`: who may say with XFORWARD (Postfix) where a message comes from; default nobody.
 *
 * With both, XCLIENT and XFORWARD go by the address that the PROXY header has told.
 */
export interface Trust {
  readonly proxy: Option.Option<Proxies>
  readonly xclient: Peers
  readonly xforward: Peers
}

/** Everybody speaks for itself. */
export const none: Trust = { proxy: Option.none(), xclient: nobody, xforward: nobody }

/** {@link none}, with some of it replaced. */
export const make = (trust: Partial<Trust>): Trust => ({ ...none, ...trust })
