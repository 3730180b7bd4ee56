/**
 * ClientInfo: what a server knows of the client it talks to.
 *
 * @module
 */
import type { PeerInfo } from "@effect-smtp/flow/Flow"
import type { Domain } from "@effect-smtp/wire/Domain"
import type * as Option from "effect/Option"
import type { Identity } from "./Authenticator.js"
import type { Told } from "./Told.js"

/**
 * - `session`: a name for this session, for logs;
 * - `peer`: addresses and TLS facts, from the transport, or as a trusted proxy tells the addresses;
 * - `name`: what the client calls itself. Anybody can say anything there;
 * - `protocol`: SMTP after HELO, ESMTP after EHLO, LMTP after LHLO;
 * - `identity`: who the client has proved to be;
 * - `told`: what trusted peers have said of the client, and which.
 */
export interface ClientInfo {
  readonly session: string
  readonly peer: PeerInfo
  readonly name: Option.Option<Domain>
  readonly protocol: "SMTP" | "ESMTP" | "LMTP"
  readonly identity: Option.Option<Identity>
  readonly told: Told
}
