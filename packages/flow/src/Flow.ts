/**
 * Flow: one connection, as the protocol sees it. Pull-based, so whoever does not read slows the
 * sender down.
 *
 * A flow lives in the scope it was acquired in. When that scope closes, the connection is closed: in
 * order (what was written is still sent) after a success or an interruption, cut short after a failure.
 *
 * @module
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Endpoint } from "./Endpoint.js"
import type { FlowError } from "./FlowError.js"
import type * as Tls from "./Tls.js"

/** Both ends of a connection, and its TLS facts when it is secure. */
export interface PeerInfo {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly tls: Option.Option<Tls.Info>
}

/**
 * One connection.
 *
 * - `read`: the next bytes, at least one, in order; none when the peer has finished writing, and again
 *   none on each later read. One reader at a time. The caller owns the bytes and must not be handed
 *   the same memory twice. Interrupting a read loses no bytes.
 * - `write`: done when the transport took the bytes; the caller must not change them afterwards.
 *   Writing after the peer has finished writing is allowed (half-closed connections).
 * - `upgrade`: the secure flow over this one, once the handshake is done. This flow is not to be used
 *   afterwards. Bytes the platform had received but not handed out go into the handshake, so clear
 *   text never surfaces on the secure side. `received` goes into it before them: what was handed out
 *   already, behind a preface that TLS begins after (a PROXY header).
 * - `peer`: both addresses and the TLS facts.
 */
export interface Flow {
  readonly read: Effect.Effect<Option.Option<Uint8Array>, FlowError>
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, FlowError>
  readonly upgrade: (
    tls: Tls.Options,
    received?: Uint8Array
  ) => Effect.Effect<Flow, FlowError, Scope.Scope>
  readonly peer: PeerInfo
}

/** The connection at hand, for programs written over one. */
export const Flow: Context.Tag<Flow, Flow> = Context.GenericTag<Flow>("@effect-smtp/flow/Flow")

/** How a transport without TLS of its own gets it: a function from flow to flow. */
export type Upgrade = (
  flow: Flow,
  tls: Tls.Options
) => Effect.Effect<Flow, FlowError, Scope.Scope>
