/**
 * Limits: how much of anything a client may send to a server. What a server may send to a client is
 * bounded by the codec of its replies (`wire`'s `Reply`).
 *
 * @module
 */

import * as Command from "@effect-smtp/wire/Command"
import type * as Duration from "effect/Duration"
import type { MinimumRate } from "./MinimumRate.js"

/**
 * Octets count the line end. A number at its limit is still allowed.
 *
 * - `commandLine`: octets of a command line; RFC 5321 section 4.5.3.1.4 asks for 512 and each extension
 *   adds its own parameters.
 * - `saslLine`: octets of a line of an AUTH exchange (RFC 4954 section 4 wants 12288).
 * - `discardedLine`: octets of an over-long line that are dropped, waiting for its end, before the
 *   connection is given up.
 * - `dataLine`: octets of a line of a message; RFC 5321 section 4.5.3.1.6 asks for 1000, and there are
 *   senders of longer ones.
 * - `messageSize`: octets of a message, line ends and all, before stuffing; announced as SIZE.
 * - `excessSize`: octets beyond that of a message that is not wanted any more, which are dropped, waiting
 *   for its end, before the connection is given up.
 * - `recipients`: accepted recipients of one message (RFC 5321 section 4.5.3.1.8 asks for 100); announced
 *   as RCPTMAX (RFC 9422).
 * - `transactions`: MAIL commands in one session, announced as MAILMAX.
 * - `badCommands`: commands in one session that are unknown, malformed or out of order. Those do not count
 *   that were sent along with a MAIL, or with recipients, that were refused.
 * - `commands`: commands in one session.
 * - `authAttempts`: failed AUTH commands in one session.
 * - `unauthenticatedTime`: how long a client may take to log in, where it has to.
 * - `sessionTime`: how long a session may go on. Then it is ended between transactions, and one that
 *   runs is cut when it has taken twice as long. A handler that decides is always waited for.
 * - `minimumRate`: how fast message data has to arrive.
 * - `connections`: connections served at once; more wait to be accepted.
 * - `connectionsPerAddress`: of these, from one IPv4 address or one IPv6 network of 64 bits; more are
 *   turned away. Connections from this machine itself do not count.
 */
export interface Limits {
  readonly commandLine: number
  readonly saslLine: number
  readonly discardedLine: number
  readonly dataLine: number
  readonly messageSize: number
  readonly excessSize: number
  readonly recipients: number
  readonly transactions: number
  readonly badCommands: number
  readonly commands: number
  readonly authAttempts: number
  readonly unauthenticatedTime: Duration.DurationInput
  readonly sessionTime: Duration.DurationInput
  readonly minimumRate: MinimumRate
  readonly connections: number
  readonly connectionsPerAddress: number
}

/** Values that serve the mail of every day, and keep a hostile peer's share of memory small. */
export const defaults: Limits = {
  commandLine: Command.limits.line,
  saslLine: Command.limits.auth,
  discardedLine: Command.limits.discard,
  dataLine: 64 * 1024,
  messageSize: 32 * 1024 * 1024,
  excessSize: 64 * 1024 * 1024,
  recipients: 1000,
  transactions: 25_000,
  badCommands: 10,
  commands: 100_000,
  authAttempts: 3,
  unauthenticatedTime: "3 minutes",
  sessionTime: "2 hours",
  minimumRate: { octetsPerSecond: 500, grace: "3 minutes" },
  connections: 10_000,
  connectionsPerAddress: 100
}

/** The defaults with some of them replaced. */
export const make = (limits: Partial<Limits>): Limits => ({ ...defaults, ...limits })
