/**
 * SocketEnd: a connected Node socket, in clear text or with TLS, read by pulling.
 *
 * The socket flows into a bounded queue and is paused while the queue is full, so reading what is
 * there never suspends. Errors are kept and given to the next read (after the queue) or write; a
 * listener for them stays on the socket for good, so none is ever unhandled.
 *
 * @module
 */
import type * as Closing from "@effect-smtp/flow/Closing"
import type * as Flow from "@effect-smtp/flow/Flow"
import * as FlowError from "@effect-smtp/flow/FlowError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Net from "node:net"
import * as NodeError from "./NodeError.js"

/** Bytes queued before the socket is paused, and below which it is resumed. */
const highWater = 131_072
const lowWater = 65_536

/** Bytes that the system may take from one connection before the others have their turn. */
const turn = 1_048_576

/** How long an orderly close waits for the peer to take what was written, in milliseconds. */
const flushMillis = 5_000

/**
 * How long a closed connection goes on discarding what the peer sends. Without this the system
 * would answer late bytes with a reset, which can destroy our last reply before the peer reads it.
 */
const lingerMillis = 2_000

/**
 * - `read`, `write`: as in `Flow`. A write that is interrupted has given its bytes to the socket.
 * - `close`, `cut`: as in `Closing`.
 * - `release`: hands the socket over, for TLS: all that was written is sent, nobody listens any
 *   more, and bytes queued here are back in the socket. Closing is then not this end's business.
 */
export interface SocketEnd extends Closing.Closing {
  readonly read: Flow.Flow["read"]
  readonly write: Flow.Flow["write"]
  readonly release: Effect.Effect<void, FlowError.FlowError>
}

/** What this end still does with its socket. */
type Phase = "open" | "closed" | "released"

const closed = (during: FlowError.During) =>
  new FlowError.FlowError({
    reason: "Closed",
    during,
    detail: "this side has closed the connection"
  })

const nothing = () => {}

/** A connection that is gone without a word looks like one the peer cut. */
const lost = () => Object.assign(new Error("the connection is gone"), { code: "ECONNRESET" })

/** Once all is sent: discard what still arrives until the peer closes or the time is over. */
const linger = (socket: Net.Socket): void => {
  if (!socket.destroyed) {
    const timer = setTimeout(() => socket.destroy(), lingerMillis)
    timer.unref()
    socket.once("close", () => clearTimeout(timer))
    socket.unref()
  }
}

/**
 * Takes the socket over: connected, made with `allowHalfOpen`, and with no data listener yet. `reset`
 * destroys it in a way that the peer notices as a reset.
 */
export const make = (socket: Net.Socket, reset: () => void): SocketEnd => {
  let phase: Phase = "open"
  let chunks: Array<Uint8Array> = []
  let held = 0
  let paused = true
  let ended = socket.readableEnded
  let fault: unknown = socket.errored ?? (socket.destroyed ? lost() : undefined)
  let reader: (() => void) | undefined
  const writers = new Set<() => void>()

  const wakeReader = () => {
    const wake = reader
    reader = undefined
    wake?.()
  }
  const wakeWriters = () => {
    for (const wake of Array.from(writers)) {
      wake()
    }
  }
  const wakeAll = () => {
    wakeReader()
    wakeWriters()
  }

  const onData = (chunk: Uint8Array) => {
    if (phase !== "open") {
      return
    }
    chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length))
    held += chunk.length
    if (held >= highWater) {
      paused = true
      socket.pause()
    }
    wakeReader()
  }
  const onEnd = () => {
    ended = true
    wakeReader()
  }
  const onError = (cause: unknown) => {
    fault ??= cause
    wakeAll()
  }
  const onClose = () => {
    if (!ended) {
      fault ??= lost()
    }
    wakeAll()
  }
  socket.on("error", onError)
  socket.pause()
  socket.on("data", onData)
  socket.on("end", onEnd)
  socket.on("close", onClose)
  socket.on("drain", wakeWriters)

  const resume = () => {
    if (paused) {
      paused = false
      socket.resume()
    }
  }

  const read: Flow.Flow["read"] = Effect.suspend(() => {
    if (phase !== "open") {
      return Effect.fail(closed("read"))
    }
    const chunk = chunks.shift()
    if (chunk !== undefined) {
      held -= chunk.length
      if (held < lowWater) {
        resume()
      }
      return Effect.succeed(Option.some(chunk))
    }
    if (ended) {
      return Effect.succeedNone
    }
    if (fault !== undefined) {
      return Effect.fail(NodeError.toFlowError(fault, "read"))
    }
    resume()
    return arrival
  })

  const arrival = Effect.async<Option.Option<Uint8Array>, FlowError.FlowError>((done) => {
    // Between looking at the queue and getting here, another fiber may have run.
    if (phase !== "open" || held > 0 || ended || fault !== undefined) {
      return done(read)
    }
    const wake = () => done(read)
    reader = wake
    return Effect.sync(() => {
      if (reader === wake) {
        reader = undefined
      }
    })
  })

  const settled = Effect.suspend(() =>
    phase !== "open"
      ? Effect.fail(closed("write"))
      : fault !== undefined
      ? Effect.fail(NodeError.toFlowError(fault, "write"))
      : Effect.void
  )

  const drained = Effect.async<void, FlowError.FlowError>((done) => {
    if (!socket.writableNeedDrain) {
      return done(settled)
    }
    const wake = () => {
      writers.delete(wake)
      done(settled)
    }
    writers.add(wake)
    return Effect.sync(() => {
      writers.delete(wake)
    })
  })

  /** Bytes the system has taken at once, so that nothing else could be done meanwhile. */
  let taken = 0

  const aside = Effect.async<void, FlowError.FlowError>((done) => {
    const immediate = setImmediate(() => {
      taken = 0
      done(settled)
    })
    return Effect.sync(() => clearImmediate(immediate))
  })

  /** What the system has taken needs no waiting for, though Node says so a little later. */
  const write = (bytes: Uint8Array): Effect.Effect<void, FlowError.FlowError> =>
    Effect.suspend(() => {
      if (phase !== "open" || fault !== undefined || socket.destroyed) {
        return Effect.zipRight(settled, Effect.fail(closed("write")))
      }
      if (bytes.length > 0 && !socket.write(bytes) && socket.writableLength > 0) return drained
      taken += bytes.length
      return taken < turn ? Effect.void : aside
    })

  /** Leaves the open phase; false when that has happened before. */
  const leave = (next: Phase): boolean => {
    if (phase !== "open") {
      return false
    }
    phase = next
    chunks = []
    held = 0
    wakeAll()
    return true
  }

  const close = Effect.async<void>((done) => {
    if (!leave("closed") || socket.destroyed) {
      return done(Effect.void)
    }
    const timer = setTimeout(() => socket.destroy(), flushMillis)
    const finish = () => {
      clearTimeout(timer)
      socket.off("close", finish)
      linger(socket)
      done(Effect.void)
    }
    socket.once("close", finish)
    socket.end(finish)
    socket.resume()
  })

  const cut = Effect.sync(() => {
    if (leave("closed") && !socket.destroyed) {
      reset()
    }
  })

  const sent = Effect.async<void, FlowError.FlowError>((done) => {
    socket.write(new Uint8Array(0), () => done(settled))
  })

  const release = Effect.suspend(() =>
    socket.writableLength > 0 ? Effect.zipRight(settled, sent) : settled
  ).pipe(
    Effect.zipRight(Effect.suspend(() => {
      socket.pause()
      socket.off("data", onData)
      socket.off("end", onEnd)
      socket.off("close", onClose)
      socket.off("drain", wakeWriters)
      socket.off("error", onError)
      socket.on("error", nothing)
      if (ended) {
        return Effect.fail(
          new FlowError.FlowError({
            reason: "Handshake",
            during: "upgrade",
            detail: "the peer has finished writing"
          })
        )
      }
      const queued = chunks
      leave("released")
      for (const chunk of queued.reverse()) {
        socket.unshift(chunk)
      }
      return Effect.void
    })),
    Effect.mapError((error) =>
      new FlowError.FlowError({
        reason: error.reason,
        during: "upgrade",
        detail: error.detail,
        cause: error.cause
      })
    )
  )

  return { read, write, close, cut, release }
}
