/**
 * Lint: what is wrong with a message, by itself and for a server with these capabilities. The message is
 * gone through once, and nothing of it is held but one header field at a time; each rule that it breaks
 * comes out once, with how often it does, so findings are few however long it is.
 *
 * Line ends may be LF throughout, as in a text file: whoever sends the message makes them CR LF.
 *
 * @module
 */
import type * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Finding } from "./Finding.js"
import * as Inspector from "./internal/inspector.js"

/**
 * - `server`: what the server offers that is to take it. Default: unknown, and what it will have to offer
 *   is advice;
 * - `binary`: whether the message is to be sent as it is (RFC 3030), so that lines mean nothing behind its
 *   header. Default: no.
 */
export interface Options {
  readonly server?: Capabilities.Capabilities
  readonly binary?: boolean
}

/** What is wrong with a message in memory, in the order of its places. */
export const lintBytes = (bytes: Uint8Array, options: Options = {}): ReadonlyArray<Finding> => {
  const inspector = Inspector.make(options)
  inspector.more(bytes)
  return inspector.end()
}

/** What is wrong with a message that is read while it is looked at. Fails where the stream does. */
export const lint = <E, R>(
  message: Stream.Stream<Uint8Array, E, R>,
  options: Options = {}
): Effect.Effect<ReadonlyArray<Finding>, E, R> =>
  Effect.suspend(() => {
    const inspector = Inspector.make(options)
    return Stream.runForEach(message, (bytes) => Effect.sync(() => inspector.more(bytes))).pipe(
      Effect.map(inspector.end)
    )
  }).pipe(Effect.withSpan("Lint.lint"))
