/**
 * Port: TCP ports on the loopback, for programs that cannot choose one by themselves.
 *
 * @module
 */
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import * as Listener from "@effect-smtp/flow/Listener"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/** The endpoint of that port. */
export const endpoint = (port: number): Endpoint.Endpoint =>
  Endpoint.Tcp({ host: "127.0.0.1", port })

/** The port of a TCP endpoint. */
export const of = (place: Endpoint.Endpoint): number => place._tag === "Tcp" ? place.port : 0

/** Ports that nobody listens on now, each another. Whoever is to use them should be quick. */
export const free = (
  count: number
): Effect.Effect<ReadonlyArray<number>, FlowError, Listener.Listener> =>
  Effect.flatMap(
    Listener.Listener,
    (listener) => Effect.replicateEffect(listener.listen(endpoint(0)), count)
  ).pipe(
    Effect.map((all) => all.map((bound) => of(bound.endpoint))),
    Effect.scoped
  )

/** What happens within ten seconds, looked at often; else it fails as the last look did. */
export const soon = Schedule.spaced("25 millis").pipe(
  Schedule.intersect(Schedule.recurs(400))
)

/** Waits until somebody listens on the port. */
export const ready = (port: number): Effect.Effect<void, FlowError, Dialer.Dialer> =>
  Effect.flatMap(Dialer.Dialer, (dialer) => Effect.scoped(dialer.dial(endpoint(port)))).pipe(
    Effect.retry(soon),
    Effect.asVoid
  )
