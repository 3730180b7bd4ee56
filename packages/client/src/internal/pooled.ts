import * as Dialer from "@effect-smtp/flow/Dialer"
import type { Reply } from "@effect-smtp/wire/Reply"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { Destination } from "../Destination.js"
import * as SmtpClient from "../SmtpClient.js"
import type { SmtpError } from "../SmtpError.js"

/** A session in a pool. Times are in milliseconds of the clock. */
export interface Pooled {
  readonly client: SmtpClient.Shape
  readonly scope: Scope.CloseableScope
  /** Whether it has not been used yet. */
  readonly isFresh: boolean
  /** Messages that it may still carry. */
  readonly left: number
  readonly opened: number
  readonly used: number
}

/** Opens a session for one NOOP. */
export const probe = (
  dialer: Dialer.Shape,
  { endpoint, session }: Destination
): Effect.Effect<Reply, SmtpError> =>
  Effect.flatMap(SmtpClient.connect(endpoint, session), ({ noop }) => noop).pipe(
    Effect.scoped,
    Effect.provideService(Dialer.Dialer, dialer)
  )

/** When a session has to go. */
export interface Lifetime {
  readonly idle: number
  readonly age: number
  readonly messages: number
}

/**
 * Opens a session, in a scope of its own under this one; a failure leaves nothing behind. `keep` is
 * given the session before an interruption can lose it.
 */
export const open = (
  scope: Scope.Scope,
  dialer: Dialer.Shape,
  { endpoint, session }: Destination,
  lifetime: Lifetime,
  keep: (pooled: Pooled) => void
): Effect.Effect<Pooled, SmtpError> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(
      Scope.fork(scope, ExecutionStrategy.sequential),
      (own) =>
        restore(SmtpClient.connect(endpoint, session)).pipe(
          Scope.extend(own),
          Effect.provideService(Dialer.Dialer, dialer),
          Effect.onError((cause) => Scope.close(own, Exit.failCause(cause))),
          Effect.flatMap((client) =>
            Effect.map(Clock.currentTimeMillis, (now): Pooled => ({
              client,
              scope: own,
              isFresh: true,
              left: lifetime.messages,
              opened: now,
              used: now
            }))
          ),
          Effect.tap((pooled) => Effect.sync(() => keep(pooled)))
        )
    )
  )

/** The session after so many messages more, unless it can take no more of them. */
export const used = (
  pooled: Pooled,
  lifetime: Lifetime,
  messages: number
): Effect.Effect<Option.Option<Pooled>> =>
  Effect.zipWith(
    pooled.client.isAlive,
    Clock.currentTimeMillis,
    (isAlive, now) =>
      isAlive && pooled.left > messages && now < pooled.opened + lifetime.age
        ? Option.some({ ...pooled, isFresh: false, left: pooled.left - messages, used: now })
        : Option.none()
  )

/** When an idle session has to go. */
export const expiry = (pooled: Pooled, lifetime: Lifetime): number =>
  Math.min(pooled.used + lifetime.idle, pooled.opened + lifetime.age)

/** Says QUIT, where there is anybody to say it to, and hangs up. */
export const close = (pooled: Pooled): Effect.Effect<void> => Scope.close(pooled.scope, Exit.void)
