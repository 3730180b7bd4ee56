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
import type * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MutableRef from "effect/MutableRef"
import * as RateLimiter from "effect/RateLimiter"
import type * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Body } from "./Body.js"
import type * as Deliveries from "./Deliveries.js"
import type * as Delivery from "./Delivery.js"
import type { Destination } from "./Destination.js"
import type { Envelope } from "./Envelope.js"
import * as Keeper from "./internal/keeper.js"
import * as PoolDelivery from "./internal/poolDelivery.js"
import * as Pooled from "./internal/pooled.js"
import * as Telling from "./internal/telling.js"
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
 * - `deliverAll`: several messages, over one session as long as that can take them, with what came of
 *   each in their order. Under a `rate` each has a turn of its own;
 * - `sessions`: how many deliveries get on side by side;
 * - `noop`: opens one session more for a NOOP, to see whether the server is there and lets the client in;
 * - `load`: what the pool is doing right now.
 */
export interface Shape {
  readonly deliver: (
    envelope: Envelope,
    body: Body,
    options?: Delivery.Options
  ) => Effect.Effect<Outcome, SmtpError>
  readonly deliverAll: (
    jobs: ReadonlyArray<Deliveries.Job>
  ) => Effect.Effect<ReadonlyArray<Deliveries.Result>>
  readonly sessions: number
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
 * A pool, without any session yet. When the scope closes, running deliveries are brought to their end,
 * waiting ones fail, and every session says QUIT and hangs up.
 */
export const make = (
  options: Options
): Effect.Effect<Shape, never, Dialer.Dialer | Scope.Scope> =>
  Effect.gen(function*() {
    const lifetime: Pooled.Lifetime = {
      messages: options.messages ?? 100,
      idle: Duration.toMillis(options.idle ?? "1 minute"),
      age: Duration.toMillis(options.age ?? "1 hour")
    }
    const connections = Math.max(1, Math.trunc(options.connections ?? 5))
    const dialer = yield* Dialer.Dialer
    const closed = yield* Deferred.make<never, SmtpError>()
    const turn = options.rate === undefined ? Effect.void : yield* turns(options.rate, closed)
    const keeper = yield* Keeper.make(
      { ...options, connections, check: options.check ?? defaultCheck },
      lifetime,
      poolClosed
    )
    // The last finalizer is the first to run: nothing new begins while the sessions end.
    yield* Effect.addFinalizer(() =>
      Effect.zipRight(keeper.close, Deferred.fail(closed, poolClosed))
    )

    const attempt = (job: Deliveries.Job) =>
      keeper.use((own) => Effect.zipRight(turn, PoolDelivery.one(own, job)))
    const again = retry(options.retry, keeper.isOpen)
    const deliver = Effect.fn("SmtpPool.deliver")(
      (envelope: Envelope, body: Body, how: Delivery.Options = {}) =>
        Telling.each(
          [{ envelope, body, options: how }],
          ([job]) => again(attempt(job), attempt(job))
        )
    )
    /** A result, and a note of it. */
    const result = (
      note: Telling.Note,
      job: Deliveries.Job,
      own: Effect.Effect<Outcome, SmtpError>
    ) => Effect.exit(Effect.onExit(own, (exit) => Effect.sync(() => note(job, exit))))
    const deliverEach = (jobs: ReadonlyArray<Deliveries.Job>, note: Telling.Note) =>
      Effect.forEach(
        jobs,
        (job) => result(note, job, deliver(job.envelope, job.body, job.options)),
        { concurrency: connections }
      )
    const deliverTogether = (jobs: ReadonlyArray<Deliveries.Job>, note: Telling.Note) =>
      Effect.flatMap(PoolDelivery.several(keeper, jobs, note), (results) =>
        options.retry === undefined
          ? Effect.succeed(results)
          : Effect.forEach(
            results,
            (first, index) => result(note, jobs[index], again(first, attempt(jobs[index]))),
            { concurrency: "unbounded" }
          ))

    return {
      deliver,
      deliverAll: Effect.fn("SmtpPool.deliverAll")((jobs: ReadonlyArray<Deliveries.Job>) =>
        Telling.each(jobs, options.rate === undefined ? deliverTogether : deliverEach)
      ),
      sessions: connections,
      noop: Effect.suspend(() => keeper.isOpen() ? Pooled.probe(dialer, options) : poolClosed),
      load: keeper.load
    }
  })

/** Tries again by the schedule, if the first attempt has failed in a way that another may not. */
const retry = (schedule: Options["retry"], isOpen: () => boolean) =>
(
  first: Effect.Effect<Outcome, SmtpError>,
  next: Effect.Effect<Outcome, SmtpError>
): Effect.Effect<Outcome, SmtpError> => {
  if (schedule === undefined) return first
  return Effect.suspend(() => {
    const attempts = MutableRef.make(0)
    const attempt = Effect.suspend(() => MutableRef.getAndIncrement(attempts) === 0 ? first : next)
    return Effect.retry(attempt, { schedule, while: (error) => isOpen() && mayRetry(error) })
  })
}

/** Waits until the next delivery may begin, or the pool is closed. */
const turns = (
  rate: RateLimiter.RateLimiter.Options,
  closed: Deferred.Deferred<never, SmtpError>
) =>
  Effect.map(
    RateLimiter.make(rate),
    (limiter) => Effect.raceFirst(limiter(Effect.void), Deferred.await(closed))
  )

/** A pool for as long as the layer lives. */
export const layer = (options: Options): Layer.Layer<SmtpPool, never, Dialer.Dialer> =>
  Layer.scoped(SmtpPool, make(options))

/** The same, from a configuration: see `ConnectionUrl.config`. */
export const layerConfig = (
  config: Config.Config<Options>
): Layer.Layer<SmtpPool, ConfigError.ConfigError, Dialer.Dialer> =>
  Layer.scoped(SmtpPool, Effect.flatMap(config, make))
