/**
 * NodeFlow: a connected Node socket as a Flow.
 *
 * At most 128 KiB (and the chunk that crosses that mark) wait to be read before the socket is paused.
 * A write is done once the socket's buffer has room again; interrupting one that waits does not take
 * its bytes back. Closing in order waits up to 5 seconds for the peer to take what was written, and
 * then discards for up to 2 seconds what still arrives, without keeping the process alive. Those two
 * are the only timers here, and they are real ones.
 *
 * @module
 */
import * as Closing from "@effect-smtp/flow/Closing"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type * as Flow from "@effect-smtp/flow/Flow"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Net from "node:net"
import { SocketEnd } from "./internal/SocketEnd.js"
import * as NodeTls from "./NodeTls.js"

/** Ends that the caller knows better than the socket. */
export type Known = Partial<Pick<Flow.PeerInfo, "local" | "remote">>

/** An IPv4 address that a dual-stack socket shows as an IPv6 one is shown as what it is. */
const host = (address: string): string =>
  address.toLowerCase().startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address

const endpoint = (
  address: string | undefined,
  port: number | undefined
): Endpoint.Endpoint | undefined =>
  address === undefined || port === undefined
    ? undefined
    : Endpoint.Tcp({ host: host(address), port })

/** Both ends of a connected socket; those of a Unix socket are unnamed, if they are not known. */
const endpoints = (socket: Net.Socket, known: Known): Flow.PeerInfo => {
  const remote = known.remote ?? endpoint(socket.remoteAddress, socket.remotePort) ??
    Endpoint.Unix({ path: "" })
  const local = known.local ?? endpoint(socket.localAddress, socket.localPort) ??
    (remote._tag === "Tcp"
      ? Endpoint.Tcp({ host: "0.0.0.0", port: 0 })
      : Endpoint.Unix({ path: "" }))
  return { local, remote, tls: Option.none() }
}

/**
 * Takes a connected socket over, in the caller's scope. It is to be made with `allowHalfOpen`, not to
 * flow yet (`pauseOnConnect`, or no data listener), and not to be used otherwise from then on.
 *
 * `known` overrides what the socket says of its ends: Node tells nothing of Unix sockets, nor of
 * TCP sockets that the peer has reset already.
 */
export const fromSocket = (
  socket: Net.Socket,
  known: Known = {}
): Effect.Effect<Flow.Flow, never, Scope.Scope> =>
  Effect.suspend(() => {
    const peer = endpoints(socket, known)
    const reset = () => {
      if (peer.remote._tag === "Tcp") {
        socket.resetAndDestroy()
      } else {
        socket.destroy()
      }
    }
    const end = new SocketEnd(socket, reset)
    const flow: Flow.Flow = {
      read: end.read,
      write: (bytes) => end.write(bytes),
      upgrade: (tls, received) =>
        end.release.pipe(
          Effect.zipRight(
            Effect.sync(() => {
              if (received !== undefined) socket.unshift(received)
            })
          ),
          Effect.zipRight(NodeTls.fromStream(socket, { tls, peer, reset }))
        ),
      peer
    }
    return Effect.as(Closing.withScope(end), flow)
  })
