import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { MinimumRate } from "../MinimumRate.js"

/** What has passed, and how long the peer has been waited for. */
export interface Progress {
  readonly octets: number
  readonly during: Duration.Duration
  readonly minimum: number
}

/** Milliseconds between two looks at least, while nobody waits: one may come so much too late. */
const seldom = 1000

/** How a peer gets on with message data, which it has been given nothing of yet. */
export class Pace {
  private readonly free: number
  private readonly octetsPerMilli: number
  private octets = 0
  private spent = 0
  private since: Option.Option<number> = Option.none()

  constructor(private readonly clock: Clock.Clock, private readonly rate: MinimumRate) {
    this.free = Duration.toMillis(rate.grace)
    this.octetsPerMilli = Math.max(rate.octetsPerSecond / 1000, Number.MIN_VALUE)
  }

  /** From now on the peer is waited for: to take the octets, or, without any, to answer. */
  begin(octets: number): void {
    this.octets += octets
    this.since = Option.some(this.clock.unsafeCurrentTimeMillis())
  }

  /** It has done so. */
  end(): void {
    this.spent = this.waited(this.clock.unsafeCurrentTimeMillis())
    this.since = Option.none()
  }

  /** Octets that came from the peer. */
  gain(octets: number): void {
    this.octets += octets
  }

  /** Begins anew. */
  reset(): void {
    this.octets = 0
    this.spent = 0
    this.since = Option.none()
  }

  /** The octets that it was given, and the time it has been waited for, if that is too long. */
  late(now: number): Option.Option<Progress> {
    return this.spare(now) > 0 || this.waited(now) === 0 ? Option.none() : Option.some({
      octets: this.octets,
      during: Duration.millis(this.waited(now)),
      minimum: this.rate.octetsPerSecond
    })
  }

  /** Milliseconds that may pass before one need look again. */
  next(now: number): number {
    const left = Math.ceil(Math.min(this.spare(now), Math.max(this.free, seldom)))
    return Option.isSome(this.since) && left > 0 ? left : Math.max(left, seldom)
  }

  private waited(now: number): number {
    return this.spent +
      Option.match(this.since, { onNone: () => 0, onSome: (then) => now - then })
  }

  private spare(now: number): number {
    return this.free + this.octets / this.octetsPerMilli - this.waited(now)
  }
}
