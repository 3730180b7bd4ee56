/** Bytes on their way out, gathered so that a group of lines is one write. */
export interface Outbox {
  /** Takes the bytes in; true when it is time to write. */
  readonly add: (bytes: Uint8Array, leaving?: () => void) => boolean
  /** Empties it: what to write, in order. */
  readonly take: () => ReadonlyArray<Parcel>
  readonly isEmpty: () => boolean
}

/** What is written at once, and who is to be told that it leaves. */
export interface Parcel {
  readonly bytes: Uint8Array
  readonly leaving: ReadonlyArray<() => void>
}

/** From this many bytes on, gathering more saves nothing. */
const enough = 16 * 1024

const nobody: Parcel["leaving"] = []

/** An empty one. */
export const make = (): Outbox => {
  let chunks: Array<Uint8Array> = []
  let leaving: Array<() => void> = []
  let size = 0
  let full: Array<Parcel> = []

  const close = () => {
    if (chunks.length === 0) return
    full.push({ bytes: join(chunks, size), leaving: leaving.length === 0 ? nobody : leaving })
    chunks = []
    leaving = []
    size = 0
  }

  return {
    add: (bytes, told) => {
      if (bytes.length >= enough) close()
      chunks.push(bytes)
      size += bytes.length
      if (told !== undefined) leaving.push(told)
      if (size >= enough) close()
      return full.length > 0
    },
    take: () => {
      close()
      const taken = full
      full = []
      return taken
    },
    isEmpty: () => chunks.length === 0 && full.length === 0
  }
}

const join = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  if (chunks.length === 1) return chunks[0]
  const joined = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.length
  }
  return joined
}
