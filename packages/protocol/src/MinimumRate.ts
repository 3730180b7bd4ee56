/**
 * MinimumRate: how fast a peer has to take message data, or to send it. The timeout of the `Content`
 * phase is for one block (RFC 5321 section 4.5.3.2.5), so that a peer that takes or sends a block just
 * in time, each time, could hold a long message for days.
 *
 * @module
 */
import type * as Duration from "effect/Duration"

/**
 * The time that counts is what the peer lets this side wait for it, from the first octet of a message
 * on; how long the message's own source takes, or its reader, is no fault of the peer's.
 *
 * - `octetsPerSecond`: on average over the message; more than 0;
 * - `grace`: what the peer may take besides, for each message.
 */
export interface MinimumRate {
  readonly octetsPerSecond: number
  readonly grace: Duration.DurationInput
}
