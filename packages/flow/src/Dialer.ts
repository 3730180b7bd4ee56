/**
 * Dialer: opens connections. A platform layer decides what a connection is.
 *
 * @module
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Endpoint } from "./Endpoint.js"
import type { Flow } from "./Flow.js"
import type { FlowError } from "./FlowError.js"

/** Opens one connection to the endpoint, in the caller's scope. The flow is in clear text. */
export interface Shape {
  readonly dial: (endpoint: Endpoint) => Effect.Effect<Flow, FlowError, Scope.Scope>
}

/** The service that opens connections. */
export class Dialer extends Context.Tag("@effect-smtp/flow/Dialer")<Dialer, Shape>() {}
