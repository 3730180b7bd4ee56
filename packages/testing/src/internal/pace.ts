import type { Flow } from "@effect-smtp/flow/Flow"
import type { Direction } from "@effect-smtp/flow/Tap"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { chunksOf } from "../Rechunk.js"
import { clearTextHeld } from "./held.js"

/** How fast bytes go: in pieces of at most so many, each of which takes so many milliseconds. */
export interface Pace {
  readonly direction: Direction
  readonly piece: number
  readonly millis: (bytes: number) => number
}

/** A function from a flow to a slower one; what it holds is for the one connection. */
export const make = (pace: Pace): (flow: Flow) => Flow => {
  const longest = Math.max(1, pace.piece)
  /** What was read and is not due yet, and when its first piece is. */
  let held: Uint8Array = new Uint8Array()
  let due = Option.none<number>()

  const arrive = (bytes: Uint8Array): void => {
    held = bytes
    due = Option.none()
  }

  /** The next piece, once it is due. An interruption leaves it where it was, and its time runs on. */
  const next = (restore: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>) =>
    Effect.gen(function*() {
      const piece = held.subarray(0, longest)
      const now = yield* Clock.currentTimeMillis
      const at = Option.getOrElse(due, () => now + pace.millis(piece.length))
      due = Option.some(at)
      if (at > now) yield* restore(Effect.sleep(at - now))
      arrive(held.subarray(piece.length))
      return Option.some(piece)
    })

  const slowRead = (read: Flow["read"]): Flow["read"] =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() =>
        held.length > 0
          ? next(restore)
          : Effect.flatMap(
            restore(read),
            Option.match({
              onNone: () => Effect.succeedNone,
              onSome: (bytes) => {
                arrive(bytes)
                return next(restore)
              }
            })
          )
      )
    )

  const slowWrite = (write: Flow["write"]): Flow["write"] => (bytes) =>
    Effect.forEach(
      chunksOf(bytes, Math.min(longest, Math.max(1, bytes.length))),
      (piece) => Effect.delay(write(piece), pace.millis(piece.length)),
      { discard: true }
    )

  const wrap = (flow: Flow): Flow => ({
    read: pace.direction === "in" ? slowRead(flow.read) : flow.read,
    write: pace.direction === "out" ? slowWrite(flow.write) : flow.write,
    upgrade: (tls, received) =>
      Effect.suspend(() =>
        held.length === 0
          ? Effect.map(flow.upgrade(tls, received), wrap)
          : Effect.fail(clearTextHeld)
      ),
    peer: flow.peer
  })

  return wrap
}
