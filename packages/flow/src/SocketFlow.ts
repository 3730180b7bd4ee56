/**
 * SocketFlow: a Flow over a `Socket` of `@effect/platform`, for platforms that have one.
 *
 * `Socket.run` runs effects its handler returns in fibers of their own, so the handler here is a plain
 * function that puts each chunk into a pipe at once: the order is kept. A `WebSocket` must deliver
 * `ArrayBuffer`s, not `Blob`s, whose order the platform does not keep.
 *
 * A Socket cannot be told to wait. What the peer sends faster than it is read is held up to a bound;
 * over it the flow fails rather than grow. Nor can a Socket be written to once the peer has finished
 * writing, or finish writing alone.
 *
 * @module
 */
import * as Socket from "@effect/platform/Socket"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Closing from "./Closing.js"
import * as Endpoint from "./Endpoint.js"
import type * as Flow from "./Flow.js"
import { FlowError } from "./FlowError.js"
import type { During, Reason } from "./FlowError.js"
import * as MemoryPipe from "./MemoryPipe.js"
import * as Unread from "./Unread.js"

/**
 * - `limit`: bytes held that nobody has read yet. Default 1048576.
 * - `upgrade`: how the flow becomes secure. By default it cannot, and fails with `Unsupported`.
 * - `local`, `remote`: both ends, which a Socket does not know. Default: unnamed.
 */
export interface Options {
  readonly limit?: number
  readonly upgrade?: Flow.Upgrade
  readonly local?: Endpoint.Endpoint
  readonly remote?: Endpoint.Endpoint
}

const reasons: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: "Refused",
  ENOTFOUND: "NotFound",
  ENOENT: "NotFound",
  EHOSTUNREACH: "Unreachable",
  ENETUNREACH: "Unreachable",
  ETIMEDOUT: "Timeout"
}

/** The error code of the platform under the Socket, where it has such a thing. */
const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : ""

const reasonOf = (error: Socket.SocketError): Reason => {
  switch (error.reason) {
    case "Open":
      return reasons[codeOf(error.cause)] ?? "Other"
    case "OpenTimeout":
      return "Timeout"
    case "Read":
    case "Write":
    case "Close":
      return "Reset"
  }
}

const fromSocketError = (error: Socket.SocketError, during: During): FlowError => {
  const cause = error.reason === "Close" ? error : error.cause
  return new FlowError({
    reason: reasonOf(error),
    during: error.reason === "Open" || error.reason === "OpenTimeout" ? "dial" : during,
    detail: cause instanceof Error ? cause.message : error.message,
    cause
  })
}

const closed = new FlowError({
  reason: "Closed",
  during: "write",
  detail: "this side has closed the connection"
})

const finished = new FlowError({
  reason: "Reset",
  during: "write",
  detail: "the peer has finished, and a Socket cannot be written to after that"
})

const unsupported: Flow.Upgrade = () =>
  Effect.fail(
    new FlowError({
      reason: "Unsupported",
      during: "upgrade",
      detail: "a Socket has no TLS of its own"
    })
  )

const unnamed = Endpoint.Unix({ path: "" })

const nothing = new Uint8Array(0)

/** How the connection ended; none when the peer finished in order. */
const ending = (
  exit: Exit.Exit<void, Socket.SocketError | FlowError>
): Option.Option<FlowError> =>
  Option.flatMap(Exit.causeOption(exit), (cause) =>
    Option.match(Cause.failureOption(cause), {
      onNone: () =>
        Option.some(
          new FlowError({ reason: "Other", during: "read", detail: Cause.pretty(cause), cause })
        ),
      onSome: (error) =>
        error._tag === "FlowError"
          ? Option.some(error)
          : error.reason === "Close" && error.code === 1000
          ? Option.none()
          : Option.some(fromSocketError(error, "read"))
    }))

/**
 * Runs the socket in the caller's scope, and is done when it is open. Fails as dialing does when it
 * cannot be opened. A socket is to be given to one flow only.
 */
export const make = Effect.fn("SocketFlow.make")(function*(
  socket: Socket.Socket,
  options: Options = {}
): Effect.fn.Return<Flow.Flow, FlowError, Scope.Scope> {
  const limit = options.limit ?? 1_048_576
  const pipe = MemoryPipe.make(limit)
  const opened = yield* Deferred.make<void, FlowError>()
  let writable: "open" | "closed" | "finished" = "open"

  const overflow = new FlowError({
    reason: "Other",
    during: "read",
    detail: `the peer sent over ${limit} bytes that nobody read`
  })

  const receive = (chunk: Uint8Array): Effect.Effect<void, FlowError> | void => {
    if (!pipe.tryWrite(chunk)) {
      pipe.cut(overflow)
      return Effect.fail(overflow)
    }
  }

  yield* socket.run(receive, { onOpen: Deferred.succeed(opened, undefined) }).pipe(
    Effect.onExit((exit) =>
      Effect.suspend(() => {
        writable = writable === "open" ? "finished" : writable
        const error = ending(exit)
        if (Option.isNone(error)) {
          pipe.end()
        } else {
          pipe.cut(error.value)
        }
        return Deferred.fail(opened, Option.getOrElse(error, () => finished))
      })
    ),
    Effect.forkScoped
  )
  yield* Deferred.await(opened)
  const send = yield* socket.writer

  const write = (bytes: Uint8Array): Effect.Effect<void, FlowError> =>
    Effect.suspend(() =>
      writable === "open"
        ? Effect.mapError(send(bytes), (error) => fromSocketError(error, "write"))
        : Effect.fail(writable === "closed" ? closed : finished)
    )

  const leave = Effect.sync(() => {
    writable = "closed"
    pipe.abandon()
  })
  const breakOff = Effect.suspend(() =>
    writable === "open" ? Effect.ignore(send(new Socket.CloseEvent(1011))) : Effect.void
  )
  yield* Closing.withScope({ close: leave, cut: Effect.zipRight(breakOff, leave) })

  const upgrade = options.upgrade ?? unsupported
  const flow: Flow.Flow = {
    read: pipe.read,
    write,
    upgrade: (tls, received = nothing) => upgrade(Unread.make(flow, received), tls),
    peer: {
      local: options.local ?? unnamed,
      remote: options.remote ?? unnamed,
      tls: Option.none()
    }
  }
  return flow
})
