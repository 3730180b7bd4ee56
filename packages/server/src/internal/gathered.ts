import * as MutableRef from "effect/MutableRef"

/** Bytes that come in pieces of any size, put together in one place. */
export interface Gathered {
  /** Takes the bytes in; false if that would be more than the limit. */
  readonly add: (bytes: Uint8Array) => boolean
  /** All of them. */
  readonly bytes: () => Uint8Array
}

/** Nothing yet. Room is doubled as needed, so the work is linear however small the pieces are. */
export const make = (limit: number): Gathered => {
  const room = MutableRef.make(new Uint8Array(0))
  const size = MutableRef.make(0)
  return {
    add: (bytes) => {
      const grown = size.current + bytes.length
      if (grown > limit) return false
      if (grown > room.current.length) {
        const larger = new Uint8Array(Math.min(limit, Math.max(grown, 2 * room.current.length)))
        larger.set(room.current.subarray(0, size.current))
        room.current = larger
      }
      room.current.set(bytes, size.current)
      size.current = grown
      return true
    },
    bytes: () => room.current.subarray(0, size.current)
  }
}
