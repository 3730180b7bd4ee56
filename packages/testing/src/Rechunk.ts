/**
 * Rechunk: the same bytes cut in other places. What a program does must not depend on where the
 * transport cut the stream, so every decoder and every session is run again with its bytes re-cut:
 * in two, in pieces of `n`, one by one.
 *
 * @module
 */
import * as Dialer from "@effect-smtp/flow/Dialer"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as Listener from "@effect-smtp/flow/Listener"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { clearTextHeld } from "./internal/held.js"

/** Bytes in pieces, in order. Pieces are slices, not copies. */
export type Chunks = ReadonlyArray<Uint8Array>

/** Every cut in two, from nothing and all to all and nothing: one more than there are bytes. */
export const splits = (bytes: Uint8Array): ReadonlyArray<Chunks> =>
  Array.from({ length: bytes.length + 1 }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)])

/** Pieces of `n` bytes (at least 1), the last one maybe shorter; no piece is empty. */
export const chunksOf = (bytes: Uint8Array, n: number): Chunks =>
  Array.from(
    { length: Math.ceil(bytes.length / n) },
    (_, index) => bytes.subarray(index * n, (index + 1) * n)
  )

/** One byte a piece. */
export const everyByte = (bytes: Uint8Array): Chunks => chunksOf(bytes, 1)

/**
 * A flow that hands out and passes on at most `n` bytes (at least 1) at a time, and so does the secure
 * flow it becomes. Give the flow itself up for it. Like the flow it loses no bytes when a read is
 * interrupted; a write that is interrupted has passed on whole pieces.
 *
 * Bytes it holds when it is to be upgraded would have been the first of the handshake. Clear text
 * cannot be that, so the upgrade fails with `Handshake`.
 */
export const withChunks = (flow: Flow, n: number): Flow => {
  let held: Uint8Array = new Uint8Array()

  const take = (bytes: Uint8Array): Uint8Array => {
    held = bytes.subarray(n)
    return bytes.subarray(0, n)
  }

  return {
    read: Effect.uninterruptibleMask((restore) =>
      held.length > 0
        ? Effect.succeed(Option.some(take(held)))
        : Effect.map(restore(flow.read), Option.map(take))
    ),
    write: (bytes) =>
      bytes.length <= n
        ? flow.write(bytes)
        : Effect.forEach(chunksOf(bytes, n), flow.write, { discard: true }),
    upgrade: (tls, received) =>
      Effect.suspend(() =>
        held.length === 0
          ? Effect.map(flow.upgrade(tls, received), (secure) => withChunks(secure, n))
          : Effect.fail(clearTextHeld)
      ),
    peer: flow.peer
  }
}

/** {@link withChunks} of one byte. */
export const oneByte = (flow: Flow): Flow => withChunks(flow, 1)

/** The dialer at hand, whose flows go in pieces of `n` bytes. */
export const dialer = (n: number): Layer.Layer<Dialer.Dialer, never, Dialer.Dialer> =>
  Layer.effect(
    Dialer.Dialer,
    Effect.map(Dialer.Dialer, ({ dial }) => ({
      dial: (endpoint) => Effect.map(dial(endpoint), (flow) => withChunks(flow, n))
    }))
  )

/** The listener at hand, whose flows go in pieces of `n` bytes. */
export const listener = (n: number): Layer.Layer<Listener.Listener, never, Listener.Listener> =>
  Layer.effect(
    Listener.Listener,
    Effect.map(Listener.Listener, ({ listen }) => ({
      listen: (endpoint) =>
        Effect.map(listen(endpoint), (bound) => ({
          endpoint: bound.endpoint,
          accept: Effect.map(bound.accept, (flow) => withChunks(flow, n))
        }))
    }))
  )
