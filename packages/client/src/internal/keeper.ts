/** Keeps the sessions of a pool: who has one, which is of use still, and when one has to go. */
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { SmtpError } from "../SmtpError.js"
import type { Check, Load, Options } from "../SmtpPool.js"
import * as Measuring from "./measuring.js"
import * as Pooled from "./pooled.js"
import * as Slots from "./slots.js"

/**
 * A turn: the right to one session.
 *
 * - `session`: the one that was used last, if it is still of use, or a new one;
 * - `renew`: a new one in its place;
 * - `messages`: how many the session was given. To be noted before it gets them.
 */
export interface Turn {
  readonly session: Effect.Effect<Pooled.Pooled, SmtpError>
  readonly renew: Effect.Effect<Pooled.Pooled, SmtpError>
  readonly messages: MutableRef.MutableRef<number>
}

/**
 * - `use`: waits for its turn, first come, first served;
 * - `close`: from now on whoever waits, or comes later, fails.
 */
export interface Keeper {
  readonly use: <A, E>(
    work: (turn: Turn) => Effect.Effect<A, E>
  ) => Effect.Effect<A, E | SmtpError>
  readonly isOpen: () => boolean
  readonly load: Effect.Effect<Load>
  readonly close: Effect.Effect<void>
}

type Slot = Slots.Slot<Pooled.Pooled>

/** So many places, with no session in any of them; the sessions end with the scope. */
export const make = (
  options: Options & { readonly connections: number; readonly check: Check },
  lifetime: Pooled.Lifetime,
  closed: SmtpError
): Effect.Effect<Keeper, never, Dialer.Dialer | Scope.Scope> =>
  Effect.gen(function*() {
    const { check } = options
    const dialer = yield* Dialer.Dialer
    const scope = yield* Effect.scope
    const sessions = yield* Scope.fork(scope, ExecutionStrategy.parallel)
    const slots = Slots.make<Pooled.Pooled, SmtpError>(options.connections, closed)
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

    const settle = (slot: Slot, messages: number): Effect.Effect<void> =>
      Effect.suspend(() =>
        Option.isNone(slot.held) ? give(slot) : Effect.flatMap(
          Pooled.used(slot.held.value, lifetime, messages),
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

    const turn = (slot: Slot, messages: Turn["messages"]): Turn => ({
      session: Effect.flatMap(
        fit(slot),
        Option.match({
          onNone: () =>
            open(slot),
          onSome: Effect.succeed
        })
      ),
      renew: Effect.zipRight(
        clear(slot),
        Effect.suspend(() => open(slot))
      ),
      messages
    })

    yield* Effect.forkScoped(sweep(slots, lifetime, given, retire))
    return {
      use: (work) =>
        Effect.flatMap(Clock.currentTimeMillis, (asked) => {
          const waited = Effect.flatMap(
            Clock.currentTimeMillis,
            (now) => gauges.waited(now - asked)
          )
          const begin = Effect.zipRight(waited, report)
          const messages = MutableRef.make(0)
          return slots.use(
            (slot) => Effect.zipRight(begin, work(turn(slot, messages))),
            (slot) => Effect.suspend(() => settle(slot, messages.current))
          )
        }),
      isOpen: slots.isOpen,
      load: Effect.sync(() => ({
        busy: slots.taken(),
        idle: slots.held().length,
        waiting: slots.waiting()
      })),
      close: Effect.zipRight(Effect.sync(slots.close), report)
    }
  })

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
