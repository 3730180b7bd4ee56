import * as MutableRef from "effect/MutableRef"

/** How long the lines of a message are. */
export interface LineLength {
  /** Takes the next bytes in; true if a line is longer than the limit, its end included. */
  readonly exceeds: (bytes: Uint8Array) => boolean
}

const lineFeed = 0x0a

/**
 * At the beginning of a line. Only where a line may have become too long its end is looked for, from
 * there backwards, so that no byte is looked at twice, and of most not one.
 */
export const make = (limit: number): LineLength => {
  const open = MutableRef.make(0)
  return {
    exceeds: (bytes) => {
      let start = -open.current
      while (bytes.length - start > limit) {
        const end = bytes.lastIndexOf(lineFeed, start + limit - 1)
        if (start + limit < 1 || end < Math.max(start, 0)) return true
        start = end + 1
      }
      const last = bytes.lastIndexOf(lineFeed)
      open.current = bytes.length - (last < Math.max(start, 0) ? start : last + 1)
      return false
    }
  }
}
