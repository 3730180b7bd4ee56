import * as MutableRef from "effect/MutableRef"

/** Bytes on their way out, gathered so that a group of lines is one write. */
export interface Outbox {
  /** Takes the bytes in; true when it is time to write. */
  readonly add: (bytes: Uint8Array) => boolean
  /** Empties it: what to write, in order. */
  readonly take: () => ReadonlyArray<Uint8Array>
  readonly isEmpty: () => boolean
}

/** From this many bytes on, gathering more saves nothing. */
const enough = 16 * 1024

const join = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const joined = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.length
  }
  return joined
}

/** An empty one. */
export const make = (): Outbox => {
  const chunks = MutableRef.make<Array<Uint8Array>>([])
  const size = MutableRef.make(0)
  return {
    add: (bytes) => {
      chunks.current.push(bytes)
      size.current += bytes.length
      return size.current >= enough
    },
    take: () => {
      const taken = chunks.current
      const total = size.current
      chunks.current = []
      size.current = 0
      if (taken.length < 2) return taken
      const last = taken[taken.length - 1]
      return last.length < enough
        ? [join(taken, total)]
        : [join(taken.slice(0, -1), total - last.length), last]
    },
    isEmpty: () => chunks.current.length === 0
  }
}
