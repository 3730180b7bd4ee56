/**
 * Listener: accepts connections. A platform layer decides what a connection is.
 *
 * @module
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Endpoint } from "./Endpoint.js"
import type { Flow } from "./Flow.js"
import type { FlowError } from "./FlowError.js"

/**
 * A bound endpoint. Closing the scope it was bound in stops accepting and refuses what waits in the
 * queue; connections already accepted live on in their own scopes.
 *
 * - `endpoint`: where it listens, with the real port where 0 was asked for.
 * - `accept`: waits for the next connection and gives it in the caller's scope, in clear text. Pull:
 *   connections nobody accepts wait in the platform's queue. It fails when the endpoint is closed.
 */
export interface Bound {
  readonly endpoint: Endpoint
  readonly accept: Effect.Effect<Flow, FlowError, Scope.Scope>
}

/** Binds the endpoint in the caller's scope. */
export interface Shape {
  readonly listen: (endpoint: Endpoint) => Effect.Effect<Bound, FlowError, Scope.Scope>
}

/** The service that binds endpoints. */
export class Listener extends Context.Tag("@effect-smtp/flow/Listener")<Listener, Shape>() {}
