/**
 * FaultyFlow: connections with faults, over any flow, dialer or listener:
 *
 * ```ts
 * const network = FaultyFlow.dialer((connection) =>
 *   connection === 0
 *     ? [Fault.Delay({ direction: "in", by: "2 seconds" }), Fault.Reset({ direction: "in", after: 90 })]
 *     : []
 * ).pipe(Layer.provideMerge(MemoryNetwork.layer()))
 * ```
 *
 * Several faults are done one upon the other, the first nearest to the network: garbage put in by one is
 * counted and slowed down by those behind it. All time is the `Clock`'s. Everything can be interrupted,
 * and nothing is left once the scope of the connection is closed.
 *
 * @module
 */
import * as Dialer from "@effect-smtp/flow/Dialer"
import type { Flow } from "@effect-smtp/flow/Flow"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Listener from "@effect-smtp/flow/Listener"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Fault } from "./Fault.js"
import { match } from "./Fault.js"
import * as Certificate from "./internal/certificate.js"
import * as Garbage from "./internal/garbage.js"
import * as Gate from "./internal/gate.js"
import * as Pace from "./internal/pace.js"

/** The faults of a connection, by its number, from 0, among those that were opened. */
export type Faults = (connection: number) => ReadonlyArray<Fault>

/** What a fault makes of a flow. It has its own state, for the one connection. */
const apply = (ends: Gate.Ends): (fault: Fault) => (flow: Flow) => Flow =>
  match({
    Delay: ({ by, direction }) =>
      Pace.make({ direction, piece: Infinity, millis: () => Duration.toMillis(by) }),
    Drip: ({ bytes, direction, every }) =>
      Pace.make({ direction, piece: bytes, millis: () => Duration.toMillis(every) }),
    Bandwidth: ({ bytesPerSecond, direction }) =>
      Pace.make({
        direction,
        piece: Math.ceil(bytesPerSecond / 10),
        millis: (bytes) => Math.ceil(bytes * 1000 / bytesPerSecond)
      }),
    Vanish: (place) => Gate.vanish(place, ends),
    Reset: (place) => Gate.reset(place, ends),
    HalfClose: ({ after }) => Gate.halfClose(after),
    Garbage: Garbage.make,
    BadCertificate: () => Certificate.distrusted,
    WrongIdentity: ({ identity }) => Certificate.showing(identity)
  })

const closed = new FlowError({
  reason: "Closed",
  during: "read",
  detail: "this side has closed the connection"
})

/**
 * Acquires the flow, in the caller's scope, with these faults. A reset cuts what was acquired; for a
 * flow that is there already (`Effect.succeed(flow)`) that is nothing, and only this side sees it.
 */
export const make = (
  acquire: Effect.Effect<Flow, FlowError, Scope.Scope>,
  faults: ReadonlyArray<Fault>
): Effect.Effect<Flow, FlowError, Scope.Scope> => acquired(acquire, () => faults)

const acquired = (
  acquire: Effect.Effect<Flow, FlowError, Scope.Scope>,
  faults: () => ReadonlyArray<Fault>
): Effect.Effect<Flow, FlowError, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const own = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
      const flow = yield* restore(Scope.extend(acquire, own)).pipe(
        Effect.onError((cause) => Scope.close(own, Exit.failCause(cause)))
      )
      const left = yield* Deferred.make<never, FlowError>()
      yield* Scope.addFinalizer(own, Deferred.fail(left, closed))
      const ends: Gate.Ends = {
        cut: Scope.close(own, Exit.fail("cut by a fault")),
        hang: Deferred.await(left)
      }
      return faults().map(apply(ends)).reduce((faulty, wrap) => wrap(faulty), flow)
    })
  )

/** Counts connections, and gives each its faults. */
const inTurn = (faults: Faults): () => ReadonlyArray<Fault> => {
  let opened = 0
  return () => faults(opened++)
}

/** The dialer at hand, whose connections have these faults. Those that fail to open are not counted. */
export const dialer = (faults: Faults): Layer.Layer<Dialer.Dialer, never, Dialer.Dialer> =>
  Layer.effect(
    Dialer.Dialer,
    Effect.map(Dialer.Dialer, ({ dial }) => {
      const next = inTurn(faults)
      return { dial: (endpoint) => acquired(dial(endpoint), next) }
    })
  )

/** The listener at hand, whose connections have these faults, wherever they are accepted. */
export const listener = (
  faults: Faults
): Layer.Layer<Listener.Listener, never, Listener.Listener> =>
  Layer.effect(
    Listener.Listener,
    Effect.map(Listener.Listener, ({ listen }) => {
      const next = inTurn(faults)
      return {
        listen: (endpoint) =>
          Effect.map(listen(endpoint), (bound) => ({
            endpoint: bound.endpoint,
            accept: acquired(bound.accept, next)
          }))
      }
    })
  )
