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
import type { FlowError } from "@effect-smtp/flow/FlowError"
import type * as Tls from "@effect-smtp/flow/Tls"
import type { Decoder } from "@effect-smtp/wire/Decoder"
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as ChannelError from "./ChannelError.js"
import * as Sender from "./internal/sender.js"
import * as Watch from "./internal/watch.js"
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
 * - `excuse`: a part of the conversation that this side is to blame for. Where it is in that phase for
 *   too long it is left behind, interrupted, with none as its answer, and the conversation goes on.
 */
export interface Channel {
  readonly enter: (phase: Phase) => Effect.Effect<void>
  readonly expire: (at: number) => Effect.Effect<void>
  readonly phase: Effect.Effect<Phase>
  readonly send: (bytes: Uint8Array) => Effect.Effect<void, ChannelError.ChannelError>
  readonly post: (bytes: Uint8Array, leaving?: () => Phase) => void
  readonly flush: Effect.Effect<void, ChannelError.ChannelError>
  readonly receive: <A, E extends Error>(
    decoder: Decoder<A, E>
  ) => Effect.Effect<A, ChannelError.ChannelError>
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
  readonly excuse: <A, E, R>(
    phase: Phase,
    part: Effect.Effect<A, E, R>
  ) => Effect.Effect<Option.Option<A>, E, R>
}

const nothing = new Uint8Array(0)

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
  Effect.clockWith((clock) =>
    Effect.sync(() => {
      const current = MutableRef.make(flow)
      const input = MutableRef.make<Uint8Array>(nothing)
      const death = MutableRef.make(Option.none<ChannelError.ChannelError>())
      const watch = Watch.make(clock, options)

      const failed = (cause: FlowError) =>
        new ChannelError.TransportFailed({ phase: watch.phase(), cause })

      const sender = Sender.make((bytes) =>
        watch.time(bytes.length, Effect.mapError(current.current.write(bytes), failed))
      )

      /** While the peer has something to take, that is what it is timed for. */
      const read = Effect.suspend(() => {
        const reading = Effect.mapError(current.current.read, failed)
        return sender.isBusy() ? reading : watch.hear(reading)
      })

      /** Nothing more arrives. The peer may go on taking what it is sent. */
      const closed = (held: number) =>
        Effect.zipRight(
          sender.flush,
          Effect.fail(new ChannelError.PeerClosed({ phase: watch.phase(), held }))
        )

      const next = Effect.zipRight(sender.turn, read)

      /** Only the waiting can be interrupted: bytes that were read reach the decoder. */
      const listen = <A, E extends Error>(
        start: Decoder<A, E>
      ): Effect.Effect<A, ChannelError.ChannelError> =>
        Effect.uninterruptibleMask((restore) => {
          const goOn = (decoder: Decoder<A, E>): Effect.Effect<A, ChannelError.ChannelError> =>
            Effect.matchEffect(restore(next), {
              onFailure: (error) => Effect.zipRight(sender.check, Effect.fail(error)),
              onSuccess: (bytes) =>
                Option.isSome(bytes)
                  ? feed(decoder, bytes.value, goOn)
                  : restore(closed(decoder.held))
            })
          return goOn(start)
        })

      /** Steps the decoder over one input; `goOn` reads more where it wants more. */
      const feed = <A, E extends Error>(
        decoder: Decoder<A, E>,
        bytes: Uint8Array,
        goOn: (next: Decoder<A, E>) => Effect.Effect<A, ChannelError.ChannelError>
      ): Effect.Effect<A, ChannelError.ChannelError> => {
        const step = decoder.step(bytes)
        if (Either.isLeft(step)) {
          return Effect.fail(
            new ChannelError.Unintelligible({ phase: watch.phase(), cause: step.left })
          )
        }
        if (step.right._tag === "More") {
          input.current = nothing
          return goOn(step.right.next)
        }
        input.current = bytes.subarray(step.right.consumed)
        return Effect.succeed(step.right.value)
      }

      const receive = <A, E extends Error>(decoder: Decoder<A, E>) =>
        Effect.suspend(() =>
          input.current.length > 0 ? feed(decoder, input.current, listen) : listen(decoder)
        )

      const receiveWhile = <A, E extends Error>(
        decoder: Decoder<A, E>,
        next: (value: A, unread: number) => Option.Option<Phase>
      ): Effect.Effect<void, ChannelError.ChannelError> =>
        Effect.flatMap(receive(decoder), (first) => {
          let phase = next(first, input.current.length)
          while (Option.isSome(phase) && input.current.length > 0) {
            const step = decoder.step(input.current)
            if (Either.isLeft(step) || step.right._tag === "More") break
            input.current = input.current.subarray(step.right.consumed)
            phase = next(step.right.value, input.current.length)
          }
          if (Option.isNone(phase)) return Effect.void
          watch.enter(phase.value)
          return receiveWhile(decoder, next)
        })

      const overhear = (during: Duration.DurationInput) =>
        Effect.suspend(() => {
          if (input.current.length > 0) return Effect.succeed(true)
          const hearing = Effect.uninterruptibleMask((restore) =>
            Effect.map(restore(next), (bytes) => {
              input.current = Option.getOrElse(bytes, () => nothing)
            })
          )
          return hearing.pipe(
            Effect.timeoutOption(during),
            Effect.map(() => input.current.length > 0)
          )
        })

      const upgrade = (tls: Tls.Options) =>
        Effect.gen(function*() {
          yield* sender.flush
          const bytes = input.current.length
          if (bytes > 0) {
            return yield* new ChannelError.TextBeforeTls({ phase: watch.phase(), bytes })
          }
          watch.enter("Handshake")
          current.current = yield* Effect.mapError(current.current.upgrade(tls), failed)
        })

      const die = (error: ChannelError.ChannelError) =>
        Effect.suspend(() => {
          death.current = Option.some(error)
          return sender.stop
        })

      const abandon = Effect.suspend(() =>
        die(new ChannelError.Abandoned({ phase: watch.phase() }))
      )

      /** What an exit says of the channel: only an answer, good or bad, leaves it in step. */
      const learn = (exit: Exit.Exit<unknown, unknown>) =>
        Effect.suspend(() => {
          if (Exit.isSuccess(exit)) return Effect.void
          const failure = Cause.failureOption(exit.cause)
          if (Option.isNone(failure)) return abandon
          return ChannelError.is(failure.value) ? die(failure.value) : Effect.void
        })

      const channel: Channel = {
        enter: (phase) => Effect.sync(() => watch.enter(phase)),
        expire: (at) => Effect.sync(() => watch.expire(at)),
        phase: Effect.sync(watch.phase),
        send: (bytes) => Effect.suspend(() => sender.add(bytes) ? sender.flush : Effect.void),
        post: (bytes, leaving) =>
          sender.post(bytes, leaving === undefined ? leaving : () => watch.enter(leaving())),
        flush: sender.flush,
        receive,
        receiveWhile,
        unread: Effect.sync(() => input.current.length),
        overhear,
        upgrade,
        isAlive: Effect.sync(() => Option.isNone(death.current)),
        abandon,
        peer: Effect.sync(() => current.current.peer),
        supervise: <A, E, R>(program: Effect.Effect<A, E, R>) =>
          Effect.suspend((): Effect.Effect<A, E | ChannelError.ChannelError, R> =>
            Option.isSome(death.current)
              ? Effect.fail(death.current.value)
              : Effect.onExit(watch.run(program), learn)
          ),
        excuse: watch.excuse
      }
      return channel
    })
  )
