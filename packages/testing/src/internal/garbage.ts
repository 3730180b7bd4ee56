import type { Flow } from "@effect-smtp/flow/Flow"
import type { Direction } from "@effect-smtp/flow/Tap"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { clearTextHeld } from "./held.js"

/** A function from a flow to one with more bytes in it, at one place of the one connection. */
export const make = (
  { after, bytes: garbage, direction }: {
    readonly direction: Direction
    readonly after: number
    readonly bytes: Uint8Array
  }
): (flow: Flow) => Flow => {
  /** Bytes still to go before the garbage. */
  let before = after
  let inserted = garbage.length === 0
  /** What came behind the place and was not read yet. */
  let held: Uint8Array = new Uint8Array()

  const insert = (): Option.Option<Uint8Array> => {
    inserted = true
    return Option.some(new Uint8Array(garbage))
  }

  const takeHeld = (): Option.Option<Uint8Array> => {
    const bytes = held
    held = new Uint8Array()
    return Option.some(bytes)
  }

  const arrive = (bytes: Uint8Array): Uint8Array => {
    if (inserted) return bytes
    const part = bytes.subarray(0, before)
    held = bytes.subarray(before)
    before -= part.length
    return part
  }

  const read = (flow: Flow): Flow["read"] =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() =>
        !inserted && before === 0
          ? Effect.sync(insert)
          : held.length > 0
          ? Effect.sync(takeHeld)
          : Effect.map(restore(flow.read), Option.map(arrive))
      )
    )

  const write = (flow: Flow, bytes: Uint8Array): ReturnType<Flow["write"]> =>
    Effect.suspend(() => {
      if (inserted) return flow.write(bytes)
      const part = bytes.subarray(0, before)
      before -= part.length
      if (before > 0) return flow.write(part)
      inserted = true
      const all = new Uint8Array(bytes.length + garbage.length)
      all.set(part)
      all.set(garbage, part.length)
      all.set(bytes.subarray(part.length), part.length + garbage.length)
      return flow.write(all)
    })

  const wrap = (flow: Flow): Flow => ({
    read: direction === "in" ? read(flow) : flow.read,
    write: direction === "out" ? (bytes) => write(flow, bytes) : flow.write,
    upgrade: (tls, received) =>
      Effect.suspend(() =>
        held.length > 0 || (direction === "in" && !inserted && before === 0)
          ? Effect.fail(clearTextHeld)
          : Effect.map(flow.upgrade(tls, received), wrap)
      ),
    peer: flow.peer
  })

  return wrap
}
