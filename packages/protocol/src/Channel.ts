/**
 * Channel: a conversation over a flow. Values are received through the decoders of `wire`, bytes are
 * sent in groups, and one clock watches over every wait.
 *
 * What is sent is kept until the conversation turns to listening (or `flush` says so), so that a group
 * of pipelined commands, or the replies to one, leaves in one write (RFC 2920). This is the one place
 * that swaps a clear flow for a secure one.
 *
 * @module
 */
import type { Flow, PeerInfo } from "@effect-smtp/flow/Flow"
import type * as Tls from "@effect-smtp/flow/Tls"
import type { Decoder } from "@effect-smtp/wire/Decoder"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as ChannelError from "./ChannelError.js"
import { Line } from "./internal/line.js"
import { Watch } from "./internal/watch.js"
import type { MinimumRate } from "./MinimumRate.js"
import type { Phase } from "./Phase.js"
import type { Timeouts } from "./Timeouts.js"

/**
 * - `enter`: names what comes next and starts its clock. Entering the phase again starts it anew.
 * - `expire`: when, in milliseconds of the clock, the conversation as a whole is to end, with `Expired`;
 *   never by default. While a `Handler` decides, it waits.
 * - `phase`: what the conversation is in the middle of.
 * - `send`: bytes for the peer, in order; they are written when enough have gathered, on `flush`, and
 *   before waiting in `receive`.
 * - `post`: the same, but nobody waits for them: from when the conversation turns to listening they are
 *   written while it listens, so that two sides which have more to say than the buffers between them
 *   hold do not wait for each other. `leaving` is called when the last of them are about to be written,
 *   and says which phase that is the beginning of.
 * - `receive`: the next value. What is left of the input stays for the next one.
 * - `receiveWhile`: hands on value after value, as long as it is told which phase the next one belongs
 *   to, with the number of received bytes behind it. Those that have arrived together are handed on
 *   without a pause.
 * - `unread`: how many received bytes have not been asked for yet.
 * - `overhear`: waits for so long for bytes that nobody asked for, which stay for the next `receive`.
 *   Whether there are any. A peer that has finished writing has none.
 * - `upgrade`: continues over TLS. It fails if unread clear text remains.
 * - `peer`: both addresses and the TLS facts, as they are now.
 * - `isAlive`: whether a part of the conversation can still run.
 * - `abandon`: declares the channel dead, where an exchange cannot be brought to its end. What was posted
 *   and has not left never does.
 * - `supervise`: runs a part of the conversation under the clock. When it ends by a `ChannelError`, a
 *   defect or an interruption, the channel is dead: every later part fails with what killed it.
 * - `superviseHere`: the same for all that a fiber does. It has no fiber of its own, so that thousands of
 *   conversations take less memory: the one at hand is interrupted when the time is over, with all that
 *   was forked in it, and goes on behind this.
 * - `excuse`: a part of the conversation that this side is to blame for. Where it is in that phase for
 *   too long it is left behind, interrupted, with none as its answer, and the conversation goes on. One
 *   that cannot be interrupted then has, if `awaited`, the time of that phase once more, and its answer
 *   counts.
 *
 * All but `supervise` have to be called on the channel they belong to.
 *
 * For hot paths there are four in plain code, which do what they do when they are called: `enterNow`;
 * `expireNow`; `sendNow`, which is true when enough has gathered for a `flush`; and `receiveNow`, which is
 * the next value if all of it is unread already. Where the input is no value there is none; `receive` says why.
 */
export interface Channel {
  readonly enter: (phase: Phase) => Effect.Effect<void>
  readonly enterNow: (phase: Phase) => void
  readonly expire: (at: number) => Effect.Effect<void>
  readonly expireNow: (at: number) => void
  readonly phase: Effect.Effect<Phase>
  readonly send: (bytes: Uint8Array) => Effect.Effect<void, ChannelError.ChannelError>
  readonly sendNow: (bytes: Uint8Array) => boolean
  readonly post: (bytes: Uint8Array, leaving?: () => Phase) => void
  readonly flush: Effect.Effect<void, ChannelError.ChannelError>
  readonly receive: <A, E extends Error>(
    decoder: Decoder<A, E>
  ) => Effect.Effect<A, ChannelError.ChannelError>
  readonly receiveNow: <A, E extends Error>(decoder: Decoder<A, E>) => Option.Option<A>
  readonly receiveWhile: <A, E extends Error>(
    decoder: Decoder<A, E>,
    next: (value: A, unread: number) => Option.Option<Phase>
  ) => Effect.Effect<void, ChannelError.ChannelError>
  readonly unread: Effect.Effect<number>
  readonly overhear: (
    during: Duration.DurationInput
  ) => Effect.Effect<boolean, ChannelError.ChannelError>
  readonly upgrade: (
    tls: Tls.Options
  ) => Effect.Effect<void, ChannelError.ChannelError, Scope.Scope>
  readonly peer: Effect.Effect<PeerInfo>
  readonly isAlive: Effect.Effect<boolean>
  readonly abandon: Effect.Effect<void>
  readonly supervise: <A, E, R>(
    program: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | ChannelError.ChannelError, R>
  readonly superviseHere: <A, E, R>(
    program: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | ChannelError.ChannelError, R>
  readonly excuse: <A, E, R>(
    phase: Phase,
    part: Effect.Effect<A, E, R>,
    awaited: boolean
  ) => Effect.Effect<Option.Option<A>, E, R>
}

/**
 * A channel over a flow, with nothing received yet. `minimumRate` is what a peer that is sent message
 * data, or sends it, is held to, else `TooSlow`; nothing by default.
 */
export const make = (
  flow: Flow,
  options: {
    readonly phase: Phase
    readonly timeouts: Timeouts
    readonly minimumRate?: MinimumRate | undefined
  }
): Effect.Effect<Channel> =>
  Effect.clockWith((clock) => Effect.sync(() => new Line(flow, new Watch(clock, options))))
