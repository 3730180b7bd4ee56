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

/** What this end still does with its socket. */
type Phase = "open" | "closed" | "released"

const closed = (during: FlowError.During) =>
  new FlowError.FlowError({
    reason: "Closed",
    during,
    detail: "this side has closed the connection"
  })

/** For errors that nobody has to know of. */
const ignore = () => {}

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

/** Tells one who waits what there is to go on with. */
type Wake<A> = (result: Effect.Effect<A, FlowError.FlowError>) => void

/** One end of a connection. Thousands of them may be idle at once, so it is made of little. */
export class SocketEnd implements Closing.Closing {
  private phase: Phase = "open"
  private chunks: Array<Uint8Array> = []
  private held = 0
  private paused = true
  private ended: boolean
  private fault: unknown
  private reader: Wake<Option.Option<Uint8Array>> | undefined
  private readonly writers: Array<Wake<void>> = []
  /** Bytes the system has taken at once, so that nothing else could be done meanwhile. */
  private taken = 0

  /**
   * Takes the socket over: connected, made with `allowHalfOpen`, and with no data listener yet. `reset`
   * destroys it in a way that the peer notices as a reset.
   */
  constructor(private readonly socket: Net.Socket, private readonly reset: () => void) {
    this.ended = socket.readableEnded
    this.fault = socket.errored ?? (socket.destroyed ? lost() : undefined)
    socket.on("error", this.onError)
    socket.pause()
    socket.on("data", this.onData)
    socket.on("end", this.onEnd)
    socket.on("close", this.onClose)
    socket.on("drain", this.onDrain)
  }

  /** As in `Flow`. */
  readonly read: Flow.Flow["read"] = Effect.suspend(() => {
    if (this.phase !== "open") return Effect.fail(closed("read"))
    const chunk = this.chunks.shift()
    if (chunk !== undefined) {
      this.held -= chunk.length
      if (this.held < lowWater) this.resume()
      return Effect.succeed(Option.some(chunk))
    }
    if (this.ended) return Effect.succeedNone
    if (this.fault !== undefined) return Effect.fail(NodeError.toFlowError(this.fault, "read"))
    this.resume()
    return this.arrival
  })

  /** Waking one who does not wait any more does no harm. */
  private readonly arrival: Flow.Flow["read"] = Effect.async((done) => {
    const { ended, fault, held, phase } = this
    // Between looking at the queue and getting here, another fiber may have run.
    if (phase !== "open" || held > 0 || ended || fault !== undefined) return done(this.read)
    this.reader = done
  })

  /**
   * As in `Flow`. What the system has taken needs no waiting for, though Node says so a little later. A
   * write that is interrupted has given its bytes to the socket.
   */
  write(bytes: Uint8Array): Effect.Effect<void, FlowError.FlowError> {
    return Effect.suspend(() => {
      const { fault, phase, socket } = this
      if (phase !== "open" || fault !== undefined || socket.destroyed) {
        return Effect.zipRight(this.settled, Effect.fail(closed("write")))
      }
      if (bytes.length > 0 && !socket.write(bytes) && socket.writableLength > 0) {
        return this.drained
      }
      this.taken += bytes.length
      return this.taken < turn ? Effect.void : this.aside
    })
  }

  get close(): Effect.Effect<void> {
    return Effect.async((done) => {
      const { socket } = this
      if (!this.leave("closed") || socket.destroyed) return done(Effect.void)
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
  }

  get cut(): Effect.Effect<void> {
    return Effect.sync(() => {
      if (this.leave("closed") && !this.socket.destroyed) this.reset()
    })
  }

  /**
   * Hands the socket over, for TLS: all that was written is sent, nobody listens any more, and bytes
   * queued here are back in the socket. Closing is then not this end's business.
   */
  get release(): Effect.Effect<void, FlowError.FlowError> {
    const all = Effect.suspend(() =>
      this.socket.writableLength > 0 ? Effect.zipRight(this.settled, this.sent) : this.settled
    )
    return Effect.zipRight(all, Effect.suspend(() => this.handOver())).pipe(
      Effect.mapError(({ cause, detail, reason }) =>
        new FlowError.FlowError({ reason, during: "upgrade", detail, cause })
      )
    )
  }

  private handOver(): Effect.Effect<void, FlowError.FlowError> {
    const { chunks, socket } = this
    socket.pause()
    socket.off("data", this.onData)
    socket.off("end", this.onEnd)
    socket.off("close", this.onClose)
    socket.off("drain", this.onDrain)
    socket.off("error", this.onError)
    socket.on("error", ignore)
    if (this.ended) {
      return Effect.fail(
        new FlowError.FlowError({
          reason: "Handshake",
          during: "upgrade",
          detail: "the peer has finished writing"
        })
      )
    }
    this.leave("released")
    for (const chunk of chunks.reverse()) socket.unshift(chunk)
    return Effect.void
  }

  private readonly onData = (chunk: Uint8Array): void => {
    if (this.phase !== "open") return
    this.chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length))
    this.held += chunk.length
    if (this.held >= highWater) {
      this.paused = true
      this.socket.pause()
    }
    this.wakeReader()
  }

  private readonly onEnd = (): void => {
    this.ended = true
    this.wakeReader()
  }

  private readonly onError = (cause: unknown): void => {
    this.fault ??= cause
    this.wakeAll()
  }

  private readonly onClose = (): void => {
    if (!this.ended) this.fault ??= lost()
    this.wakeAll()
  }

  private readonly onDrain = (): void => {
    for (const done of this.writers.splice(0)) done(this.settled)
  }

  private resume(): void {
    if (!this.paused) return
    this.paused = false
    this.socket.resume()
  }

  private wakeReader(): void {
    const done = this.reader
    this.reader = undefined
    done?.(this.read)
  }

  private wakeAll(): void {
    this.wakeReader()
    this.onDrain()
  }

  /** What a write comes to. */
  private get settled(): Effect.Effect<void, FlowError.FlowError> {
    return Effect.suspend(() =>
      this.phase !== "open"
        ? Effect.fail(closed("write"))
        : this.fault !== undefined
        ? Effect.fail(NodeError.toFlowError(this.fault, "write"))
        : Effect.void
    )
  }

  private get drained(): Effect.Effect<void, FlowError.FlowError> {
    return Effect.async((done) => {
      if (!this.socket.writableNeedDrain) return done(this.settled)
      this.writers.push(done)
    })
  }

  private get aside(): Effect.Effect<void, FlowError.FlowError> {
    return Effect.async((done) => {
      const immediate = setImmediate(() => {
        this.taken = 0
        done(this.settled)
      })
      return Effect.sync(() => clearImmediate(immediate))
    })
  }

  private get sent(): Effect.Effect<void, FlowError.FlowError> {
    return Effect.async((done) => {
      this.socket.write(new Uint8Array(0), () => done(this.settled))
    })
  }

  /** Leaves the open phase; false when that has happened before. */
  private leave(next: Phase): boolean {
    if (this.phase !== "open") return false
    this.phase = next
    this.chunks = []
    this.held = 0
    this.wakeAll()
    return true
  }
}
