/**
 * MemoryNetwork: a network without a system under it. It is a {@link Dialer} and a {@link Listener} at
 * once; who dials an endpoint reaches whoever listens there, over two bounded pipes.
 *
 * It behaves like TCP where a program can tell:
 *
 * - dialing is done when the connection waits in the listener's queue, before it is accepted; while
 *   the queue is full, dialing waits;
 * - a write waits while the peer does not read and the pipe is full;
 * - each side finishes writing on its own; closing in order lets the peer read what was sent, and
 *   fails what the peer writes from then on with `Reset`;
 * - a connection that is cut fails the peer's reads and writes with `Reset`, and bytes not read yet
 *   are lost;
 * - an endpoint that is closed cuts the connections nobody accepted, and refuses the waiting ones.
 *
 * Endpoints are told apart by `Endpoint.print`. A dialer's own endpoint is `127.0.0.1` with a number
 * above 49151, or an unnamed Unix socket.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Closing from "./Closing.js"
import * as Dialer from "./Dialer.js"
import * as Endpoint from "./Endpoint.js"
import type * as Flow from "./Flow.js"
import { FlowError } from "./FlowError.js"
import * as Signal from "./internal/Signal.js"
import * as Listener from "./Listener.js"
import * as MemoryPipe from "./MemoryPipe.js"
import * as Unread from "./Unread.js"

/**
 * One end of a connection in memory, which can also be broken on purpose.
 *
 * - `end`: finishes writing; the peer reads none once it has read the rest. Reading goes on.
 * - `reset`: cuts the connection: the peer fails with `Reset`, this end with `Closed`.
 */
export interface MemoryFlow extends Flow.Flow {
  readonly end: Effect.Effect<void>
  readonly reset: Effect.Effect<void>
}

/** What is served: connections between endpoints of this network. */
export interface Shape {
  readonly dial: (
    endpoint: Endpoint.Endpoint
  ) => Effect.Effect<MemoryFlow, FlowError, Scope.Scope>
  readonly listen: Listener.Shape["listen"]
}

/**
 * - `capacity`: bytes each direction holds before a writer waits. Default 65536.
 * - `backlog`: connections an endpoint holds that nobody accepted yet. Default 128.
 * - `upgrade`: how its flows become secure. By default they cannot, and fail with `Unsupported`.
 */
export interface Options {
  readonly capacity?: number
  readonly backlog?: number
  readonly upgrade?: Flow.Upgrade
}

/** The network itself, for tests that break connections on purpose. */
export class MemoryNetwork extends Context.Tag("@effect-smtp/flow/MemoryNetwork")<
  MemoryNetwork,
  Shape
>() {}

const firstEphemeral = 49152

const nothing = new Uint8Array(0)

const unsupported: Flow.Upgrade = () =>
  Effect.fail(
    new FlowError({
      reason: "Unsupported",
      during: "upgrade",
      detail: "this in-memory network was made without TLS"
    })
  )

const cutByPeer = new FlowError({
  reason: "Reset",
  during: "read",
  detail: "the peer cut the connection"
})

/** An end that is not tied to a scope yet. */
interface End extends Closing.Closing {
  readonly flow: MemoryFlow
}

const makeEnd = (
  incoming: MemoryPipe.MemoryPipe,
  outgoing: MemoryPipe.MemoryPipe,
  peer: Flow.PeerInfo,
  upgrade: Flow.Upgrade
): End => {
  let open = true
  const leave = (goodbye: () => void) =>
    Effect.sync(() => {
      if (open) {
        open = false
        goodbye()
        incoming.abandon()
      }
    })
  const cut = leave(() => outgoing.cut(cutByPeer))
  const flow: MemoryFlow = {
    read: incoming.read,
    write: outgoing.write,
    upgrade: (tls, received = nothing) => upgrade(Unread.make(flow, received), tls),
    peer,
    end: Effect.sync(outgoing.end),
    reset: cut
  }
  return { flow, close: leave(outgoing.end), cut }
}

const makeEnds = (
  one: Endpoint.Endpoint,
  other: Endpoint.Endpoint,
  options: Options
): readonly [End, End] => {
  const capacity = Math.max(1, options.capacity ?? 65536)
  const upgrade = options.upgrade ?? unsupported
  const forth = MemoryPipe.make(capacity)
  const back = MemoryPipe.make(capacity)
  return [
    makeEnd(back, forth, { local: one, remote: other, tls: Option.none() }, upgrade),
    makeEnd(forth, back, { local: other, remote: one, tls: Option.none() }, upgrade)
  ]
}

const scoped = (end: End): Effect.Effect<MemoryFlow, never, Scope.Scope> =>
  Effect.as(Closing.withScope(end), end.flow)

/** A bound endpoint and the connections that wait to be accepted. */
interface Post {
  readonly endpoint: Endpoint.Endpoint
  readonly queue: Array<End>
  readonly arrived: Signal.Signal
  readonly taken: Signal.Signal
  open: boolean
}

const refused = (endpoint: Endpoint.Endpoint): FlowError =>
  new FlowError({
    reason: "Refused",
    during: "dial",
    detail: `nothing listens on ${Endpoint.print(endpoint)}`
  })

const accept = (post: Post): Listener.Bound["accept"] =>
  Signal.waitUninterrupted(post.arrived, () => {
    const end = post.queue.shift()
    if (end !== undefined) {
      Signal.notify(post.taken)
      return scoped(end)
    }
    return post.open ? undefined : Effect.fail(
      new FlowError({
        reason: "Closed",
        during: "accept",
        detail: `${Endpoint.print(post.endpoint)} is closed`
      })
    )
  })

/** A network of its own, with nobody on it. */
export const make = (options: Options = {}): Effect.Effect<Shape> =>
  Effect.sync(() => {
    const backlog = Math.max(1, options.backlog ?? 128)
    const posts = new Map<string, Post>()
    let dialed = 0

    const hostIsKnown = (host: string): boolean =>
      Array.from(posts.values()).some(({ endpoint }) =>
        endpoint._tag === "Tcp" && endpoint.host === host
      )

    const nobody = (endpoint: Endpoint.Endpoint): FlowError =>
      endpoint._tag === "Tcp" && hostIsKnown(endpoint.host) ? refused(endpoint) : new FlowError({
        reason: "NotFound",
        during: "dial",
        detail: `nobody is known as ${Endpoint.print(endpoint)}`
      })

    const dialerEndpoint = (endpoint: Endpoint.Endpoint): Endpoint.Endpoint =>
      endpoint._tag === "Unix" ? Endpoint.Unix({ path: "" }) : Endpoint.Tcp({
        host: "127.0.0.1",
        port: firstEphemeral + dialed++ % (65536 - firstEphemeral)
      })

    const enqueue = (post: Post): Effect.Effect<MemoryFlow, FlowError, Scope.Scope> =>
      Signal.waitUninterrupted(post.taken, () => {
        if (!post.open) {
          return Effect.fail(refused(post.endpoint))
        }
        if (post.queue.length >= backlog) {
          return undefined
        }
        const [near, far] = makeEnds(dialerEndpoint(post.endpoint), post.endpoint, options)
        post.queue.push(far)
        Signal.notify(post.arrived)
        return scoped(near)
      })

    const dial = Effect.fn("MemoryNetwork.dial")((endpoint: Endpoint.Endpoint) =>
      Effect.suspend(() => {
        const post = posts.get(Endpoint.print(endpoint))
        return post === undefined ? Effect.fail(nobody(endpoint)) : enqueue(post)
      })
    )

    const numbered = (endpoint: Endpoint.Endpoint): Endpoint.Endpoint => {
      if (endpoint._tag === "Unix" || endpoint.port !== 0) {
        return endpoint
      }
      let port = firstEphemeral
      while (posts.has(Endpoint.print(Endpoint.Tcp({ host: endpoint.host, port })))) {
        port++
      }
      return Endpoint.Tcp({ host: endpoint.host, port })
    }

    const bind = (endpoint: Endpoint.Endpoint): Effect.Effect<Post, FlowError> =>
      Effect.suspend(() => {
        const key = Endpoint.print(endpoint)
        if (posts.has(key)) {
          return Effect.fail(
            new FlowError({ reason: "Refused", during: "listen", detail: `${key} is in use` })
          )
        }
        const post: Post = {
          endpoint,
          queue: [],
          arrived: Signal.make(),
          taken: Signal.make(),
          open: true
        }
        posts.set(key, post)
        return Effect.succeed(post)
      })

    const unbind = (post: Post): Effect.Effect<void> =>
      Effect.suspend(() => {
        posts.delete(Endpoint.print(post.endpoint))
        post.open = false
        Signal.notify(post.arrived)
        Signal.notify(post.taken)
        return Effect.forEach(post.queue.splice(0), (end) => end.cut, { discard: true })
      })

    const listen = Effect.fn("MemoryNetwork.listen")((endpoint: Endpoint.Endpoint) =>
      Effect.acquireRelease(Effect.suspend(() => bind(numbered(endpoint))), unbind).pipe(
        Effect.map((post): Listener.Bound => ({ endpoint: post.endpoint, accept: accept(post) }))
      )
    )

    return { dial, listen }
  })

/** One in-memory network, as the dialer, as the listener and as itself. */
export const layer = (
  options: Options = {}
): Layer.Layer<MemoryNetwork | Dialer.Dialer | Listener.Listener> =>
  Layer.effectContext(
    Effect.map(make(options), (network) =>
      Context.make(MemoryNetwork, network).pipe(
        Context.add(Dialer.Dialer, network),
        Context.add(Listener.Listener, network)
      ))
  )

/** Two connected flows, without a network. Both are closed with the scope. */
export const pair = (
  options: Options = {}
): Effect.Effect<readonly [MemoryFlow, MemoryFlow], never, Scope.Scope> =>
  Effect.suspend(() => {
    const [one, other] = makeEnds(
      Endpoint.Tcp({ host: "127.0.0.1", port: 1 }),
      Endpoint.Tcp({ host: "127.0.0.1", port: 2 }),
      options
    )
    return Effect.all([scoped(one), scoped(other)])
  })
