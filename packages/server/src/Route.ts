/**
 * Route: what is done with the mail of some recipients. Which, a `Router` says.
 *
 * @module
 */
import type * as Arr from "effect/Array"
import type * as Effect from "effect/Effect"
import type { ClientInfo } from "./ClientInfo.js"
import type { Envelope, Recipient } from "./Envelope.js"
import type { Incoming } from "./Incoming.js"
import type * as Verdict from "./Verdict.js"

/** A recipient, and what its route has found in its address. */
export interface Addressed<Captures> extends Recipient {
  readonly captures: Captures
}

/** One recipient, with the envelope so far. */
export interface Question<Captures> {
  readonly client: ClientInfo
  readonly envelope: Envelope
  readonly to: Addressed<Captures>
}

/** A message; `to` and the envelope's recipients are those of this route, in the same order. */
export interface Mail<Captures> {
  readonly client: ClientInfo
  readonly envelope: Envelope
  readonly to: Arr.NonEmptyReadonlyArray<Addressed<Captures>>
  readonly message: Incoming
}

/**
 * - `recipient`: on one recipient; by default it is fine;
 * - `message`: on a message for one or more of them. `Verdict.each` has a verdict for each of `to`.
 */
export interface Route<Captures, E, R> {
  readonly recipient?: (question: Question<Captures>) => Effect.Effect<Verdict.Verdict, E, R>
  readonly message: (mail: Mail<Captures>) => Effect.Effect<Verdict.MessageVerdict, E, R>
}
