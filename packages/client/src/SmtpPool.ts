/**
 * SmtpPool: sessions with one server, opened as they are needed and used again. It delivers like a
 * `SmtpClient` does, several messages at once.
 *
 * A session that is out of step is used by nobody again: after an interruption, a timeout, a reply that
 * makes no sense or a 421 it is closed, and its place is free for another one.
 *
 * @module
 */
import * as Dialer from "@effect-smtp/flow/Dialer"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as ChannelError from "@effect-smtp/protocol/ChannelError"
import type { Reply } from "@effect-smtp/wire/Reply"
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import * as Clock from "effect/Clock"
import type * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as RateLimiter from "effect/RateLimiter"
import type * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import type { Body } from "./Body.js"
import type * as Delivery from "./Delivery.js"
import type { Destination } from "./Destination.js"
import type { Envelope } from "./Envelope.js"
import * as Measuring from "./internal/measuring.js"
import * as Pooled from "./internal/pooled.js"
import * as Slots from "./internal/slots.js"
import type { Outcome } from "./Outcome.js"
import type { SmtpError } from "./SmtpError.js"
import { ConnectionFailed } from "./SmtpError.js"

/**
 * Asks a session whether it still works before it is used again.
 *
 * - `by`: what is said;
 * - `after`: only a session that was idle for that long is asked;
 * - `within`: how long it may take to answer; one that does not is replaced.
 */
export interface Check {
  readonly by: "Noop" | "Reset"
  readonly after: Duration.DurationInput
  readonly within: Duration.DurationInput
}

/**
 * - `connections`: sessions at the same time, those that are being closed included. Default 5.
 * - `messages`: deliveries in one session; fewer, if the server takes fewer (RFC 9422's MAILMAX).
 *   Default 100.
 * - `idle`: how long a session is kept without anything to do. Default 1 minute.
 * - `age`: how long a session is used at all. Default 1 hour.
 * - `check`: see {@link Check}. By default NOOP after 15 seconds, to be answered within 10.
 * - `rate`: deliveries that may begin in a time. Without a limit by default.
 * - `retry`: when to try again, from anew, what {@link mayRetry}. Never by default.
 */
export interface Options extends Destination {
  readonly connections?: number
  readonly messages?: number
  readonly idle?: Duration.DurationInput
  readonly age?: Duration.DurationInput
  readonly check?: Check
  readonly rate?: RateLimiter.RateLimiter.Options
  readonly retry?: Schedule.Schedule<unknown, SmtpError>
}

/**
 * Sessions, and who waits for one.
 *
 * - `busy`: sessions that deliver, are being opened or are being closed;
 * - `idle`: sessions with nothing to do;
 * - `waiting`: deliveries that wait for a session.
 */
export interface Load {
  readonly busy: number
  readonly idle: number
  readonly waiting: number
}

/**
 * - `deliver`: one message, to each of its recipients. Whoever came first gets the next free session.
 *   A session that turns out to have died while it was idle, or to be spent, is replaced at once, without
 *   anything being delivered twice. Deliveries of a closed pool fail with `ConnectionFailed`, not delivered;
 * - `noop`: opens one session more for a NOOP, to see whether the server is there and lets the client in;
 * - `load`: what the pool is doing right now.
 */
export interface Shape {
  readonly deliver: (
    envelope: Envelope,
    body: Body,
    options?: Delivery.Options
  ) => Effect.Effect<Outcome, SmtpError>
  readonly noop: Effect.Effect<Reply, SmtpError>
  readonly load: Effect.Effect<Load>
}

/** A pool as a service. */
export class SmtpPool extends Context.Tag("@effect-smtp/client/SmtpPool")<SmtpPool, Shape>() {}

/** Whether the same delivery may be tried again: the server does not have it, and says not now. */
export const mayRetry = (error: SmtpError): boolean =>
  error.fate === "NotDelivered" && error.retry === "Later"

const defaultCheck: Check = { by: "Noop", after: "15 seconds", within: "10 seconds" }

const poolClosed = new ConnectionFailed({
  cause: new ChannelError.TransportFailed({
    phase: "Connect",
    cause: new FlowError({ reason: "Closed", during: "dial", detail: "the pool is closed" })
  })
})

/**
 * A session that was used before is of no more use: it has carried what it may, or it is gone, as the
 * server's first answer shows, or that there is none.
 */
const wasOver = (error: SmtpError): boolean =>
  error._tag === "SessionSpent" || error.phase === "Mail" && error.fate === "NotDelivered" && (
      error._tag === "ConnectionFailed" ||
      error._tag === "Refused" && error.reply.code === ReplyCode.serviceUnavailable
    )

/**
 * A pool, without any session yet. When the scope closes, running deliveries are brought to their end,
 * waiting ones fail, and every session says QUIT and hangs up.
 */
export const make = (
  options: Options
): Effect.Effect<Shape, never, Dialer.Dialer | Scope.Scope> =>
  Effect.gen(function*() {
    const count = Math.max(1, Math.trunc(options.connections ?? 5))
    const lifetime: Pooled.Lifetime = {
      messages: options.messages ?? 100,
      idle: Duration.toMillis(options.idle ?? "1 minute"),
      age: Duration.toMillis(options.age ?? "1 hour")
    }
    const check = options.check ?? defaultCheck
    const dialer = yield* Dialer.Dialer
    const scope = yield* Effect.scope
    const sessions = yield* Scope.fork(scope, ExecutionStrategy.parallel)
    const closed = yield* Deferred.make<never, SmtpError>()
    const turn = options.rate === undefined ? Effect.void : yield* turns(options.rate, closed)
    const slots = Slots.make<Pooled.Pooled, SmtpError>(count, poolClosed)
    const given = yield* Effect.makeLatch()
    const gauges = Measuring.gauges(options.endpoint)
    const report = Effect.suspend(() => gauges.sessions(slots.taken(), slots.held().length))

    const give = (slot: Slot): Effect.Effect<void> =>
      Effect.sync(() => slots.give(slot)).pipe(Effect.zipRight(given.open), Effect.zipRight(report))

    /** Empties the slot. Its session is gone when this is done. */
    const clear = (slot: Slot): Effect.Effect<void> =>
      Effect.uninterruptible(Effect.suspend(() => {
        const held = slot.held
        slot.held = Option.none()
        return Option.isSome(held) ? Pooled.close(held.value) : Effect.void
      }))

    /** Gives the slot back once its session is gone, and lets nobody wait for that. */
    const retire = (slot: Slot): Effect.Effect<void> =>
      Effect.ensuring(clear(slot), give(slot)).pipe(
        Effect.uninterruptible,
        Effect.forkIn(scope),
        Effect.asVoid
      )

    const settle = (slot: Slot): Effect.Effect<void> =>
      Effect.suspend(() =>
        Option.isNone(slot.held) ? give(slot) : Effect.flatMap(
          Pooled.used(slot.held.value, lifetime),
          Option.match({
            onNone: () => retire(slot),
            onSome: (next) => {
              slot.held = Option.some(next)
              return give(slot)
            }
          })
        )
      )

    const open = (slot: Slot): Effect.Effect<Pooled.Pooled, SmtpError> =>
      Pooled.open(sessions, dialer, options, lifetime, (pooled) => {
        slot.held = Option.some(pooled)
      })

    /** The session in this slot, if it can be used again. If not, the slot is empty. */
    const fit = (slot: Slot): Effect.Effect<Option.Option<Pooled.Pooled>> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (Option.isNone(slot.held)) return Effect.succeedNone
        const held = slot.held.value
        const works = now >= held.opened + lifetime.age
          ? Effect.succeed(false)
          : now < held.used + Duration.toMillis(check.after)
          ? Effect.succeed(true)
          : answers(held, check)
        return Effect.flatMap(works, (works) =>
          works ? Effect.succeedSome(held) : Effect.as(clear(slot), Option.none()))
      })

    const attempt = (message: Message) => (slot: Slot) => {
      const send = ({ client }: Pooled.Pooled) =>
        client.deliver(...message)
      const fresh = Effect.suspend(() => Effect.flatMap(open(slot), send))
      return Effect.zipRight(turn, fit(slot)).pipe(
        Effect.flatMap(Option.match({
          onNone: () => fresh,
          onSome: (held) =>
            Effect.catchIf(send(held), wasOver, () => Effect.zipRight(clear(slot), fresh))
        }))
      )
    }

    const deliver = (message: Message) =>
      Effect.flatMap(Clock.currentTimeMillis, (asked) => {
        const waited = Effect.flatMap(Clock.currentTimeMillis, (now) => gauges.waited(now - asked))
        const began = Effect.zipRight(waited, report)
        return slots.use((slot) => Effect.zipRight(began, attempt(message)(slot)), settle)
      })
    const { retry } = options

    yield* Effect.forkScoped(sweep(slots, lifetime, given, retire))
    // The last finalizer is the first to run: nothing new begins while the sessions end.
    yield* Effect.addFinalizer(() =>
      Effect.sync(slots.close).pipe(
        Effect.zipRight(Deferred.fail(closed, poolClosed)),
        Effect.zipRight(report)
      )
    )
    return {
      deliver: Effect.fn("SmtpPool.deliver")((...message: Message) =>
        retry === undefined
          ? deliver(message)
          : Effect.retry(deliver(message), {
            schedule: retry,
            while: (error) => slots.isOpen() && mayRetry(error)
          })
      ),
      noop: Effect.suspend(() => slots.isOpen() ? Pooled.probe(dialer, options) : poolClosed),
      load: Effect.sync(() => ({
        busy: slots.taken(),
        idle: slots.held().length,
        waiting: slots.waiting()
      }))
    }
  })

type Message = Parameters<Shape["deliver"]>

type Slot = Slots.Slot<Pooled.Pooled>

/** Waits until the next delivery may begin, or the pool is closed. */
const turns = (
  rate: RateLimiter.RateLimiter.Options,
  closed: Deferred.Deferred<never, SmtpError>
) =>
  Effect.map(
    RateLimiter.make(rate),
    (limiter) => Effect.raceFirst(limiter(Effect.void), Deferred.await(closed))
  )

const answers = ({ client }: Pooled.Pooled, { by, within }: Check): Effect.Effect<boolean> =>
  Effect.isSuccess(
    Effect.timeout(by === "Noop" ? client.noop : client.reset, within)
  )

/** Closes the sessions that were idle for too long, or have come of age. */
const sweep = (
  slots: Slots.Slots<Pooled.Pooled, SmtpError>,
  lifetime: Pooled.Lifetime,
  given: Effect.Latch,
  retire: (slot: Slot) => Effect.Effect<void>
): Effect.Effect<never> =>
  Effect.gen(function*() {
    yield* given.close
    const next = Math.min(...slots.held().map((held) => Pooled.expiry(held, lifetime)))
    const now = yield* Clock.currentTimeMillis
    yield* next === Infinity ? given.await : Effect.sleep(Math.max(0, next - now))
    const then = yield* Clock.currentTimeMillis
    const over = slots.takeHeld((held) => Pooled.expiry(held, lifetime) <= then)
    yield* Effect.forEach(over, retire, { discard: true })
  }).pipe(Effect.forever)

/** A pool for as long as the layer lives. */
export const layer = (options: Options): Layer.Layer<SmtpPool, never, Dialer.Dialer> =>
  Layer.scoped(SmtpPool, make(options))

/** The same, from a configuration: see `ConnectionUrl.config`. */
export const layerConfig = (
  config: Config.Config<Options>
): Layer.Layer<SmtpPool, ConfigError.ConfigError, Dialer.Dialer> =>
  Layer.scoped(SmtpPool, Effect.flatMap(config, make))
