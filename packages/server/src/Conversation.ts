/**
 * Conversation: one connection, from the greeting to the end.
 *
 * @module
 */
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import type { Limits } from "@effect-smtp/protocol/Limits"
import type { Phase } from "@effect-smtp/protocol/Phase"
import type { Timeouts } from "@effect-smtp/protocol/Timeouts"
import type { AddressMode } from "@effect-smtp/wire/AddressMode"
import type * as Domain from "@effect-smtp/wire/Domain"
import type { LineEnd } from "@effect-smtp/wire/Line"
import type { LineEndings } from "@effect-smtp/wire/MessageData"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Authenticator from "./Authenticator.js"
import type { Extensions } from "./Extensions.js"
import type * as Handler from "./Handler.js"
import * as Talk from "./internal/talk.js"
import type { Policy } from "./Policy.js"
import type { Answered } from "./Stats.js"
import type { Strictness } from "./Strictness.js"
import type { Told } from "./Told.js"
import type { Trust } from "./Trust.js"

/**
 * How a server talks.
 *
 * - `name`: the server's own name, in its greeting;
 * - `lineEnd`: what ends a command line: `"crlf"`, or `"relaxed"`, which takes LF too;
 * - `lineEndings`: what to do about a bare CR or LF in a message;
 * - `addresses`: how forgiving addresses are read;
 * - `strictness`: see {@link Strictness};
 * - `extensions`: what is offered beyond what follows from all the rest.
 */
export interface Manners {
  readonly name: Domain.Domain
  readonly limits: Limits
  readonly timeouts: Timeouts
  readonly lineEnd: LineEnd
  readonly lineEndings: LineEndings
  readonly addresses: AddressMode
  readonly strictness: Strictness
  readonly extensions: Extensions
}

/** What a conversation needs of its server. */
export interface Options {
  readonly manners: Manners
  readonly policy: Policy
  readonly handler: Handler.Shape
  readonly authenticator: Option.Option<Authenticator.Shape>
  /** Whether the server is on its way out: no further transaction begins. */
  readonly draining: () => boolean
  /** Whether there is room for one more connection from there; it counts until the scope closes. */
  readonly admit: (remote: Endpoint) => Effect.Effect<boolean, never, Scope.Scope>
  /** Gets to know of each message that was answered. */
  readonly report: (message: Answered) => void
  readonly trust: Trust
  /** What was said of the client before the conversation began. */
  readonly told: Told
}

/**
 * - `run`: talks until either side ends it, in a fiber of its own: that is interrupted, with all that was
 *   forked in it, where the client takes too long. Interrupting it tells the client 421 and hangs up; a
 *   message that was not accepted by then is not.
 * - `isIdle`: whether it is between transactions, waiting for the client.
 * - `phase`: what it is in the middle of;
 * - `annotations`: what its lines in the log are told apart by, for whoever runs it.
 */
export interface Conversation {
  readonly run: Effect.Effect<void, never, Scope.Scope>
  readonly isIdle: Effect.Effect<boolean>
  readonly phase: Effect.Effect<Phase>
  readonly annotations: Readonly<Record<string, unknown>>
}

/** A conversation over a flow that was just accepted. */
export const make: (flow: Flow, options: Options) => Effect.Effect<Conversation> = Talk.make
