/**
 * Fault: what can be wrong with a connection, as a value. `FaultyFlow` does it to connections, and
 * `FaultPlan` makes such values up from a seed.
 *
 * A fault is seen from one side, the one whose connection is faulty: `"in"` is what that side reads,
 * `"out"` what it writes. Bytes are counted from the first of the connection, in that direction; after
 * an upgrade those of the clear text inside TLS count on.
 *
 * @module
 */
import type { Direction } from "@effect-smtp/flow/Tap"
import type { Identity } from "@effect-smtp/flow/Tls"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import { quoteBytes } from "./Script.js"

/**
 * - `Delay`: each piece that is read, or written, takes this much longer;
 * - `Drip`: at most `bytes` (at least 1) go at a time, and each time takes `every`;
 * - `Bandwidth`: bytes take the time they need at that rate (above 0), in tenths of a second at most;
 * - `Vanish`: after so many bytes nothing gets through any more in either direction, and nothing
 *   fails: reads wait until the connection is closed, and what is written is lost;
 * - `Reset`: after so many bytes the connection is cut, for both sides. What the peer had not read by
 *   then may be lost;
 * - `HalfClose`: after so many bytes the peer seems to have finished writing; it can still be written
 *   to. For what this side writes, it is the other side's fault to have;
 * - `Garbage`: bytes nobody wrote, right after so many that were;
 * - `BadCertificate`: this side does not trust the peer's certificate: its upgrade fails with
 *   `Certificate`, before a handshake;
 * - `WrongIdentity`: this side, a server, shows that certificate in place of its own.
 */
export type Fault = Data.TaggedEnum<{
  Delay: { readonly direction: Direction; readonly by: Duration.DurationInput }
  Drip: {
    readonly direction: Direction
    readonly bytes: number
    readonly every: Duration.DurationInput
  }
  Bandwidth: { readonly direction: Direction; readonly bytesPerSecond: number }
  Vanish: { readonly direction: Direction; readonly after: number }
  Reset: { readonly direction: Direction; readonly after: number }
  HalfClose: { readonly after: number }
  Garbage: { readonly direction: Direction; readonly after: number; readonly bytes: Uint8Array }
  BadCertificate: {}
  WrongIdentity: { readonly identity: Identity }
}>

/** Constructors and matchers of {@link Fault}. */
export const {
  BadCertificate,
  Bandwidth,
  Delay,
  Drip,
  Garbage,
  HalfClose,
  Reset,
  Vanish,
  WrongIdentity,
  $is: is,
  $match: match
} = Data.taggedEnum<Fault>()

const duration = (input: Duration.DurationInput): string => Duration.format(Duration.decode(input))

/** A fault in words, such as `reset after 120 bytes in`. */
export const print: (self: Fault) => string = match({
  Delay: ({ by, direction }) => `delay by ${duration(by)} ${direction}`,
  Drip: ({ bytes, direction, every }) =>
    `drip ${bytes} bytes every ${duration(every)} ${direction}`,
  Bandwidth: ({ bytesPerSecond, direction }) => `${bytesPerSecond} bytes per second ${direction}`,
  Vanish: ({ after, direction }) => `vanish after ${after} bytes ${direction}`,
  Reset: ({ after, direction }) => `reset after ${after} bytes ${direction}`,
  HalfClose: ({ after }) => `half-close after ${after} bytes in`,
  Garbage: ({ after, bytes, direction }) =>
    `garbage ${quoteBytes(bytes)} after ${after} bytes ${direction}`,
  BadCertificate: () => "bad certificate",
  WrongIdentity: () => "wrong identity"
})
