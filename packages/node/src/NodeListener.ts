/**
 * NodeListener: accepts TCP and Unix connections with Node.
 *
 * Node accepts on its own and cannot be told to stop, so accepted sockets wait here, paused, until
 * somebody takes them: nothing is read from them, and the peer's window fills up. Over the bound the
 * newest connection is cut at once.
 *
 * A Unix socket's file is removed when the endpoint is closed. One that is left over from a process
 * that died is replaced; one that somebody listens on, and any other file, is not touched.
 *
 * @module
 */
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Listener from "@effect-smtp/flow/Listener"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs/promises"
import * as Net from "node:net"
import * as NodeError from "./internal/NodeError.js"
import * as UnixPath from "./internal/unixPath.js"
import * as NodeFlow from "./NodeFlow.js"

/**
 * - `backlog`: how many connections the system queues while this process is busy. Default 511.
 * - `pending`: how many connections wait in this process to be accepted. Default 1024.
 */
export interface Options {
  readonly backlog?: number
  readonly pending?: number
}

/** Until a socket is taken, its errors are nobody's; then they are found on it. */
const ignore = () => {}

const fail = (cause: unknown) => Effect.fail(NodeError.toFlowError(cause, "listen"))

/** A server that listens, with the connections that wait. */
interface Post {
  readonly server: Net.Server
  readonly waiting: Array<Net.Socket>
  readonly arrived: Effect.Latch
  /** What the system said when it could not accept (out of descriptors, say). */
  accepting: Error | undefined
}

const cut = (socket: Net.Socket): void => {
  if (socket.remotePort === undefined) {
    socket.destroy()
  } else {
    socket.resetAndDestroy()
  }
}

const listenOptions = (endpoint: Endpoint.Endpoint, backlog: number): Net.ListenOptions =>
  endpoint._tag === "Unix"
    ? { path: endpoint.path, backlog }
    : { host: endpoint.host, port: endpoint.port, backlog }

const start = (
  endpoint: Endpoint.Endpoint,
  backlog: number,
  pending: number
): Effect.Effect<Post, FlowError> =>
  Effect.async((resume) => {
    const post: Post = {
      server: Net.createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }),
      waiting: [],
      arrived: Effect.unsafeMakeLatch(false),
      accepting: undefined
    }
    const { server } = post
    server.once("error", (cause) => resume(fail(cause)))
    server.on("error", (cause) => {
      post.accepting = cause
    })
    server.on("connection", (socket) => {
      socket.on("error", ignore)
      // Asked for now, the addresses are kept; a peer that is gone already has none, and must not
      // pass for one on a Unix socket.
      const nameless = socket.remoteAddress === undefined || socket.localAddress === undefined
      if (endpoint._tag === "Tcp" && nameless) {
        return socket.destroy()
      }
      if (post.waiting.length >= pending) {
        return cut(socket)
      }
      post.waiting.push(socket)
      post.arrived.unsafeOpen()
    })
    server.listen(listenOptions(endpoint, backlog), () => resume(Effect.succeed(post)))
    return Effect.sync(() => server.close())
  })

const stop = (post: Post): Effect.Effect<void> =>
  Effect.sync(() => {
    post.server.close()
    post.waiting.splice(0).forEach(cut)
    post.arrived.unsafeOpen()
  })

/** Whether somebody answers on the Unix socket. */
const isLive = (path: string): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    const probe = Net.connect({ path })
    probe.on("connect", () => {
      probe.destroy()
      resume(Effect.succeed(true))
    })
    probe.on("error", (cause) => resume(Effect.succeed(!NodeError.hasCode(cause, "ECONNREFUSED"))))
    return Effect.sync(() => probe.destroy())
  })

/** Removes a socket file that nobody listens on; fails if that is not what it is. */
const removeStale = (path: string, inUse: FlowError): Effect.Effect<void, FlowError> =>
  Effect.tryPromise({ try: () => Fs.lstat(path), catch: () => inUse }).pipe(
    Effect.filterOrFail((file) => file.isSocket(), () => inUse),
    Effect.zipRight(isLive(path)),
    Effect.filterOrFail((live) => !live, () => inUse),
    Effect.zipRight(
      Effect.tryPromise({
        try: () => Fs.unlink(path),
        catch: (cause) => NodeError.toFlowError(cause, "listen")
      })
    )
  )

const accept = (post: Post, endpoint: Endpoint.Endpoint): Listener.Bound["accept"] => {
  const known = endpoint._tag === "Unix" ? { local: endpoint } : {}
  const reportFault = Effect.suspend(() => {
    const cause = post.accepting
    post.accepting = undefined
    return cause === undefined
      ? Effect.void
      : Effect.logWarning("the system could not accept a connection", cause)
  })
  const next = (
    restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  ): Listener.Bound["accept"] =>
    Effect.suspend(() => {
      const socket = post.waiting.shift()
      if (socket !== undefined) {
        return NodeFlow.fromSocket(socket, known)
      }
      if (!post.server.listening) {
        return Effect.fail(
          new FlowError({
            reason: "Closed",
            during: "accept",
            detail: `${Endpoint.print(endpoint)} is closed`
          })
        )
      }
      post.arrived.unsafeClose()
      return Effect.zipRight(restore(post.arrived.await), next(restore))
    })
  return Effect.zipRight(reportFault, Effect.uninterruptibleMask(next))
}

/** Where the server really listens. */
const bound = (server: Net.Server, asked: Endpoint.Endpoint): Endpoint.Endpoint => {
  const address = server.address()
  return asked._tag === "Tcp" && address !== null && typeof address === "object"
    ? Endpoint.Tcp({ host: asked.host, port: address.port })
    : asked
}

/**
 * Binds endpoints. An endpoint in use, or not ours to bind, fails with `Refused`; a Unix socket's path that
 * the system cannot have, with `Unsupported`.
 */
export const make = (options: Options = {}): Listener.Shape => {
  const { backlog = 511, pending = 1024 } = options
  return {
    listen: Effect.fn("NodeListener.listen")(function*(endpoint) {
      if (endpoint._tag === "Unix") yield* UnixPath.check(endpoint.path, "listen")
      const first = start(endpoint, backlog, pending)
      const started = endpoint._tag === "Tcp" ?
        first :
        Effect.catchAll(first, (error) =>
          NodeError.hasCode(error.cause, "EADDRINUSE")
            ? Effect.zipRight(removeStale(endpoint.path, error), first)
            : Effect.fail(error))
      const post = yield* Effect.acquireRelease(started, stop)
      const where = bound(post.server, endpoint)
      return { endpoint: where, accept: accept(post, where) }
    })
  }
}

/** The listener of this machine. */
export const layer = (options: Options = {}): Layer.Layer<Listener.Listener> =>
  Layer.succeed(Listener.Listener, make(options))
