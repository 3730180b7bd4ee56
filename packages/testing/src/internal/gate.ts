import type { Flow } from "@effect-smtp/flow/Flow"
import type { During } from "@effect-smtp/flow/FlowError"
import { FlowError } from "@effect-smtp/flow/FlowError"
import type { Direction } from "@effect-smtp/flow/Tap"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** Where a connection changes: once so many bytes have gone in that direction. */
export interface Place {
  readonly direction: Direction
  readonly after: number
}

/** What can be done to the whole connection: cut it, or wait until it is closed. */
export interface Ends {
  readonly cut: Effect.Effect<void>
  readonly hang: Effect.Effect<never, FlowError>
}

/** What is done there, once, and what becomes of the flow. */
interface Change {
  readonly act: Effect.Effect<void>
  readonly change: (flow: Flow) => Omit<Flow, "peer">
}

/** A function from a flow to one that changes at that place. It counts for the one connection. */
const make = ({ after, direction }: Place, { act, change }: Change): (flow: Flow) => Flow => {
  let left = after
  let open = true

  const count = (bytes: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      left -= bytes
      if (!open || left > 0) return Effect.void
      open = false
      return act
    })

  const wrap = (flow: Flow): Flow => {
    const changed = change(flow)
    const begun = count(0)
    const countRead = (bytes: Option.Option<Uint8Array>) => {
      const part = Option.map(bytes, (_) => _.subarray(0, left))
      return Effect.as(
        count(Option.match(part, { onNone: () => 0, onSome: (_) => _.length })),
        part
      )
    }
    return {
      read: Effect.uninterruptibleMask((restore) => {
        const reading = Effect.matchEffect(restore(flow.read), {
          onFailure: (error) => open ? Effect.fail(error) : restore(changed.read),
          onSuccess: (bytes) =>
            !open
              ? restore(changed.read)
              : direction === "in"
              ? countRead(bytes)
              : Effect.succeed(bytes)
        })
        return Effect.zipRight(begun, Effect.suspend(() => open ? reading : restore(changed.read)))
      }),
      write: (bytes) =>
        Effect.uninterruptibleMask((restore) => {
          const writing = Effect.suspend(() => {
            const part = direction === "out" ? bytes.subarray(0, left) : bytes
            return Effect.matchEffect(restore(flow.write(part)), {
              onFailure: (error) => open ? Effect.fail(error) : changed.write(part),
              onSuccess: () => direction === "out" ? count(part.length) : Effect.void
            }).pipe(
              Effect.zipRight(
                part.length < bytes.length
                  ? restore(changed.write(bytes.subarray(part.length)))
                  : Effect.void
              )
            )
          })
          return Effect.zipRight(
            begun,
            Effect.suspend(() => open ? writing : restore(changed.write(bytes)))
          )
        }),
      upgrade: (tls, received) =>
        Effect.zipRight(
          begun,
          Effect.suspend(() =>
            open ? Effect.map(flow.upgrade(tls, received), wrap) : changed.upgrade(tls)
          )
        ),
      peer: flow.peer
    }
  }

  return wrap
}

/** Nothing gets through any more, and nothing fails. */
export const vanish = (place: Place, { hang }: Ends): (flow: Flow) => Flow =>
  make(place, {
    act: Effect.void,
    change: () => ({ read: hang, write: () => Effect.void, upgrade: () => hang })
  })

/** The connection is cut. */
export const reset = (place: Place, { cut }: Ends): (flow: Flow) => Flow => {
  const fail = (during: During) =>
    Effect.fail(
      new FlowError({
        reason: "Reset",
        during,
        detail: `a fault cut the connection after ${place.after} bytes ${place.direction}`
      })
    )
  return make(place, {
    act: cut,
    change: () => ({
      read: fail("read"),
      write: () => fail("write"),
      upgrade: () => fail("upgrade")
    })
  })
}

/** The peer seems to have finished writing. */
export const halfClose = (after: number): (flow: Flow) => Flow =>
  make({ direction: "in", after }, {
    act: Effect.void,
    change: (flow) => ({
      read: Effect.succeedNone,
      write: flow.write,
      upgrade: () =>
        Effect.fail(
          new FlowError({
            reason: "Handshake",
            during: "upgrade",
            detail: "a fault ended what the peer writes"
          })
        )
    })
  })
