/**
 * MemoryPipe: one direction of bytes in memory, bounded. Two of them, crossed, are a connection.
 *
 * Bytes are copied once, when they are written: the reader owns what it gets, whatever the writer
 * does with its own array afterwards.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { FlowError } from "./FlowError.js"
import * as Signal from "./internal/Signal.js"

/**
 * One direction. There is one reader; writers may be several, and then the order of their bytes is
 * theirs to settle.
 *
 * - `read`: the next bytes, or none once the writer has finished and all is read. Interrupting it
 *   loses nothing.
 * - `write`: done when the pipe took all bytes; while the pipe is full it waits. A write that does not
 *   fit goes in in parts, so one that is interrupted has left a prefix of its bytes, maybe empty,
 *   behind in the pipe. What is behind is read like all else.
 * - `tryWrite`: takes all bytes at once if they fit, and says whether it did.
 * - `end`: the writer has finished. Later writes fail with `Closed`.
 * - `cut`: the writer breaks off: what is not read yet is lost and reads fail with the error.
 * - `abandon`: the reader leaves: what is not read yet is lost, and writes fail with `Reset`.
 *
 * `end`, `cut` and `abandon` are immediate and wake whoever waits.
 */
export interface MemoryPipe {
  readonly read: Effect.Effect<Option.Option<Uint8Array>, FlowError>
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, FlowError>
  readonly tryWrite: (bytes: Uint8Array) => boolean
  readonly end: () => void
  readonly cut: (error: FlowError) => void
  readonly abandon: () => void
}

const endedByWriter = new FlowError({
  reason: "Closed",
  during: "write",
  detail: "this side has finished writing"
})

const closedByReader = new FlowError({
  reason: "Closed",
  during: "read",
  detail: "this side has closed the connection"
})

const brokenPipe = new FlowError({
  reason: "Reset",
  during: "write",
  detail: "the peer has closed the connection"
})

/** An empty pipe that never holds more than `capacity` bytes (at least 1). */
export const make = (capacity: number): MemoryPipe => {
  let chunks: Array<Uint8Array> = []
  let held = 0
  let ended = false
  let readFault: FlowError | undefined
  let writeFault: FlowError | undefined
  const arrived = Signal.make()
  const drained = Signal.make()

  const put = (bytes: Uint8Array): void => {
    if (bytes.length > 0) {
      chunks.push(new Uint8Array(bytes))
      held += bytes.length
      Signal.notify(arrived)
    }
  }

  const stop = (): void => {
    Signal.notify(arrived)
    Signal.notify(drained)
  }

  const drop = (): void => {
    chunks = []
    held = 0
  }

  const read: MemoryPipe["read"] = Effect.suspend(() => {
    if (readFault !== undefined) {
      return Effect.fail(readFault)
    }
    const chunk = chunks.shift()
    if (chunk !== undefined) {
      held -= chunk.length
      Signal.notify(drained)
      return Effect.succeed(Option.some(chunk))
    }
    return ended ? Effect.succeedNone : Effect.zipRight(Signal.wait(arrived), read)
  })

  const write = (bytes: Uint8Array): Effect.Effect<void, FlowError> =>
    Effect.suspend(() => {
      if (writeFault !== undefined) {
        return Effect.fail(writeFault)
      }
      const room = capacity - held
      if (bytes.length <= room) {
        put(bytes)
        return Effect.void
      }
      put(bytes.subarray(0, room))
      return Effect.zipRight(Signal.wait(drained), write(bytes.subarray(room)))
    })

  return {
    read,
    write,
    tryWrite: (bytes) => {
      if (writeFault !== undefined || bytes.length > capacity - held) {
        return false
      }
      put(bytes)
      return true
    },
    end: () => {
      ended = true
      writeFault ??= endedByWriter
      stop()
    },
    cut: (error) => {
      drop()
      readFault ??= error
      writeFault = endedByWriter
      stop()
    },
    abandon: () => {
      drop()
      readFault = closedByReader
      writeFault ??= brokenPipe
      stop()
    }
  }
}
