/**
 * Unread: a flow from which more was read than was wanted.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type { Flow } from "./Flow.js"

/**
 * The same flow, with these bytes to be read again before the next ones. An upgrade begins with those
 * that were not.
 */
export const make = (flow: Flow, bytes: Uint8Array): Flow => {
  if (bytes.length === 0) return flow
  const unread = MutableRef.make(Option.some(bytes))
  const take = Effect.sync(() => MutableRef.getAndSet(unread, Option.none()))
  return {
    read: Effect.flatMap(
      take,
      (first) => Option.isSome(first) ? Effect.succeed(first) : flow.read
    ),
    write: flow.write,
    upgrade: (tls) =>
      Effect.flatMap(take, (first) => flow.upgrade(tls, Option.getOrUndefined(first))),
    peer: flow.peer
  }
}
