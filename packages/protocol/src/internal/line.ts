import type { Flow, PeerInfo } from "@effect-smtp/flow/Flow"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import type * as Tls from "@effect-smtp/flow/Tls"
import type { Decoder } from "@effect-smtp/wire/Decoder"
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as AtOnce from "../AtOnce.js"
import type { Channel } from "../Channel.js"
import * as ChannelError from "../ChannelError.js"
import type { Phase } from "../Phase.js"
import { Sender } from "./sender.js"
import type { Watch } from "./watch.js"

const nothing = new Uint8Array(0)

/** A channel. Thousands of them may be idle at once, so they share all that can be shared. */
export class Line implements Channel {
  private input: Uint8Array = nothing
  private death: Option.Option<ChannelError.ChannelError> = Option.none()
  private readonly sender: Sender<FlowError>

  /**
   * Waits for input; false if there is no more to come. Only the waiting can be interrupted: what was read
   * is kept. It is one for all waits: see `Excuses.waiting`.
   */
  private readonly hearing: Effect.Effect<boolean, ChannelError.ChannelError> = Effect
    .uninterruptibleMask((restore) =>
      Effect.matchEffect(restore(this.next), {
        onFailure: (error) =>
          Effect.zipRight(this.failing(this.sender.check()), Effect.fail(this.failed(error))),
        onSuccess: (bytes) => {
          this.input = Option.getOrElse(bytes, () => nothing)
          return Exit.succeed(Option.isSome(bytes))
        }
      })
    )

  constructor(private flow: Flow, private readonly watch: Watch) {
    this.sender = new Sender((bytes) => watch.time(bytes.length, this.flow.write(bytes)))
  }

  /** Bound, since it is what one pipes a part of a conversation through. */
  get supervise(): Channel["supervise"] {
    return (program) => this.living(() => this.watch.run(program, (exit) => this.learn(exit)))
  }

  superviseHere<A, E, R>(
    program: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | ChannelError.ChannelError, R> {
    return this.living(() => this.watch.runHere(program, (exit) => this.learn(exit)))
  }

  enter(phase: Phase): Effect.Effect<void> {
    return Effect.sync(() => this.watch.enter(phase))
  }

  enterNow(phase: Phase): void {
    this.watch.enter(phase)
  }

  expire(at: number): Effect.Effect<void> {
    return Effect.sync(() => this.watch.expire(at))
  }

  expireNow(at: number): void {
    this.watch.expire(at)
  }

  get phase(): Effect.Effect<Phase> {
    return Effect.sync(() => this.watch.phase())
  }

  send(bytes: Uint8Array): Effect.Effect<void, ChannelError.ChannelError> {
    return Effect.suspend(() => this.sendNow(bytes) ? this.flush : Effect.void)
  }

  sendNow(bytes: Uint8Array): boolean {
    return this.sender.add(bytes)
  }

  post(bytes: Uint8Array, leaving?: () => Phase): void {
    this.sender.post(
      bytes,
      leaving === undefined ? leaving : () => this.watch.enter(leaving())
    )
  }

  get flush(): Effect.Effect<void, ChannelError.ChannelError> {
    return Effect.suspend(() => this.failing(this.sender.flush()))
  }

  receive<A, E extends Error>(
    decoder: Decoder<A, E>
  ): Effect.Effect<A, ChannelError.ChannelError> {
    return Effect.suspend(() =>
      this.input.length > 0
        ? this.feed(decoder)
        : Effect.flatMap(this.hearing, (heard) =>
          heard ? this.feed(decoder) : this.closed(decoder.held))
    )
  }

  receiveNow<A, E extends Error>(decoder: Decoder<A, E>): Option.Option<A> {
    if (this.input.length === 0) return Option.none()
    const step = decoder.step(this.input)
    if (Either.isLeft(step) || step.right._tag === "More") return Option.none()
    this.input = this.input.subarray(step.right.consumed)
    return Option.some(step.right.value)
  }

  receiveWhile<A, E extends Error>(
    decoder: Decoder<A, E>,
    next: (value: A, unread: number) => Option.Option<Phase>
  ): Effect.Effect<void, ChannelError.ChannelError> {
    return Effect.flatMap(this.receive(decoder), (first) => {
      let phase = next(first, this.input.length)
      while (Option.isSome(phase)) {
        const value = this.receiveNow(decoder)
        if (Option.isNone(value)) break
        phase = next(value.value, this.input.length)
      }
      if (Option.isNone(phase)) return Effect.void
      this.watch.enter(phase.value)
      return this.receiveWhile(decoder, next)
    })
  }

  get unread(): Effect.Effect<number> {
    return Effect.sync(() => this.input.length)
  }

  overhear(
    during: Duration.DurationInput
  ): Effect.Effect<boolean, ChannelError.ChannelError> {
    return Effect.suspend(() => {
      if (this.input.length > 0) return Effect.succeed(true)
      const hearing = Effect.uninterruptibleMask((restore) =>
        Effect.map(restore(this.failing(this.next)), (bytes) => {
          this.input = Option.getOrElse(bytes, () => nothing)
        })
      )
      return hearing.pipe(
        Effect.timeoutOption(during),
        Effect.map(() => this.input.length > 0)
      )
    })
  }

  upgrade(tls: Tls.Options): Effect.Effect<void, ChannelError.ChannelError, Scope.Scope> {
    return Effect.flatMap(this.flush, () => {
      const bytes = this.input.length
      if (bytes > 0) {
        return Effect.fail(new ChannelError.TextBeforeTls({ phase: this.watch.phase(), bytes }))
      }
      this.watch.enter("Handshake")
      return Effect.map(this.failing(this.flow.upgrade(tls)), (secure) => {
        this.flow = secure
      })
    })
  }

  get isAlive(): Effect.Effect<boolean> {
    return Effect.sync(() => Option.isNone(this.death))
  }

  get abandon(): Effect.Effect<void> {
    return Effect.suspend(() => this.die(new ChannelError.Abandoned({ phase: this.watch.phase() })))
  }

  get peer(): Effect.Effect<PeerInfo> {
    return Effect.sync(() => this.flow.peer)
  }

  excuse<A, E, R>(
    phase: Phase,
    part: Effect.Effect<A, E, R>,
    awaited: boolean
  ): Effect.Effect<Option.Option<A>, E, R> {
    return this.watch.excuse(phase, part, awaited)
  }

  private living<A, E, R>(
    part: () => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | ChannelError.ChannelError, R> {
    return Effect.suspend((): Effect.Effect<A, E | ChannelError.ChannelError, R> =>
      Option.isSome(this.death) ? Effect.fail(this.death.value) : part()
    )
  }

  /** The transport's failure as one of this conversation. */
  private failing<A, R>(
    wait: Effect.Effect<A, FlowError, R>
  ): Effect.Effect<A, ChannelError.ChannelError, R> {
    return Effect.mapError(wait, (cause) => this.failed(cause))
  }

  private failed(cause: FlowError): ChannelError.ChannelError {
    return new ChannelError.TransportFailed({ phase: this.watch.phase(), cause })
  }

  /** Steps the decoder over what is unread. */
  private feed<A, E extends Error>(
    decoder: Decoder<A, E>
  ): Effect.Effect<A, ChannelError.ChannelError> {
    const step = decoder.step(this.input)
    if (Either.isLeft(step)) {
      return Effect.fail(
        new ChannelError.Unintelligible({ phase: this.watch.phase(), cause: step.left })
      )
    }
    if (step.right._tag === "More") {
      this.input = nothing
      return this.receive(step.right.next)
    }
    this.input = this.input.subarray(step.right.consumed)
    return Exit.succeed(step.right.value)
  }

  /** Says what there is to say, and waits for more. */
  private readonly next: Effect.Effect<Option.Option<Uint8Array>, FlowError> = Effect.suspend(() =>
    AtOnce.flatMap(
      this.sender.turn(),
      // While the peer has something to take, that is what it is timed for.
      () => this.sender.isBusy() ? this.flow.read : this.watch.hear(this.flow.read)
    )
  )

  /** Nothing more arrives. The peer may go on taking what it is sent. */
  private closed(held: number): Effect.Effect<never, ChannelError.ChannelError> {
    return Effect.flatMap(
      this.flush,
      () => Effect.fail(new ChannelError.PeerClosed({ phase: this.watch.phase(), held }))
    )
  }

  private die(error: ChannelError.ChannelError): Effect.Effect<void> {
    this.death = Option.some(error)
    return this.sender.stop()
  }

  /** What an exit says of the channel: only an answer, good or bad, leaves it in step. */
  private learn(exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> {
    if (Exit.isSuccess(exit)) return Effect.void
    const failure = Cause.failureOption(exit.cause)
    if (Option.isNone(failure)) return this.abandon
    return ChannelError.is(failure.value) ? this.die(failure.value) : Effect.void
  }
}
