import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type { MinimumRate } from "../MinimumRate.js"

/** How a peer gets on with message data. */
export interface Pace {
  /** The same wait for the peer, counted: for it to take the octets, or, without any, to answer. */
  readonly time: <A, E, R>(octets: number, wait: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Octets that came from the peer. */
  readonly gain: (octets: number) => void
  /** Begins anew. */
  readonly reset: () => void
  /** The octets that it was given, and the time it has been waited for, if that is too long. */
  readonly late: (now: number) => Option.Option<Progress>
  /** Milliseconds that may pass before one need look again. */
  readonly next: (now: number) => number
}

/** What has passed, and how long the peer has been waited for. */
export interface Progress {
  readonly octets: number
  readonly during: Duration.Duration
  readonly minimum: number
}

/** Milliseconds between two looks at least, while nobody waits: one may come so much too late. */
const seldom = 1000

/** The pace of a peer that has been given nothing yet. */
export const make = (clock: Clock.Clock, { grace, octetsPerSecond }: MinimumRate): Pace => {
  const free = Duration.toMillis(grace)
  const octetsPerMilli = Math.max(octetsPerSecond / 1000, Number.MIN_VALUE)
  const octets = MutableRef.make(0)
  const spent = MutableRef.make(0)
  const since = MutableRef.make(Option.none<number>())

  const waited = (now: number) =>
    spent.current + Option.match(since.current, { onNone: () => 0, onSome: (then) => now - then })
  const spare = (now: number) => free + octets.current / octetsPerMilli - waited(now)

  return {
    time: (more, wait) =>
      Effect.suspend(() => {
        octets.current += more
        since.current = Option.some(clock.unsafeCurrentTimeMillis())
        return Effect.tap(wait, () =>
          Effect.sync(() => {
            spent.current = waited(clock.unsafeCurrentTimeMillis())
            since.current = Option.none()
          }))
      }),
    gain: (more) => {
      octets.current += more
    },
    reset: () => {
      octets.current = 0
      spent.current = 0
      since.current = Option.none()
    },
    late: (now) =>
      spare(now) > 0 || waited(now) === 0 ? Option.none() : Option.some({
        octets: octets.current,
        during: Duration.millis(waited(now)),
        minimum: octetsPerSecond
      }),
    next: (now) => {
      const left = Math.ceil(Math.min(spare(now), Math.max(free, seldom)))
      return Option.isSome(since.current) && left > 0 ? left : Math.max(left, seldom)
    }
  }
}
