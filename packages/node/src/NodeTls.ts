/**
 * NodeTls: TLS by Node (OpenSSL), over any Flow.
 *
 * What is agreed on: TLS 1.2 or later, no ALPN, the peer's certificate checked against the name asked
 * for unless the options say otherwise. Bytes that came in the clear before the handshake go into it
 * and break it (RFC 3207 4.2). Closing in order sends close_notify. A peer that ends the TCP
 * connection without close_notify reads like one that finished: SMTP frames its own messages.
 *
 * Not here: DANE, revocation.
 *
 * @module
 */
import * as Closing from "@effect-smtp/flow/Closing"
import type * as Flow from "@effect-smtp/flow/Flow"
import { FlowError } from "@effect-smtp/flow/FlowError"
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Duplex } from "node:stream"
import * as FlowDuplex from "./internal/FlowDuplex.js"
import { SocketEnd } from "./internal/SocketEnd.js"
import * as TlsHandshake from "./internal/TlsHandshake.js"
import * as TlsInfo from "./internal/TlsInfo.js"

const alreadySecure = Effect.fail(
  new FlowError({
    reason: "Unsupported",
    during: "upgrade",
    detail: "the connection is secure already"
  })
)

/**
 * The secure flow over a Node stream, in the caller's scope. For a `net.Socket` TLS takes over its
 * handle, so no byte passes through JavaScript twice.
 *
 * - `peer`: the addresses of the stream's ends.
 * - `reset`: breaks the stream off so that the peer notices.
 *
 * Errors: `Certificate` (the detail says what is wrong with it), `Handshake`, `Reset`. The stream is
 * destroyed after an error or an interruption.
 */
export const fromStream = Effect.fn("NodeTls.fromStream")(function*(
  stream: Duplex,
  options: {
    readonly tls: Tls.Options
    readonly peer: Flow.PeerInfo
    readonly reset: () => void
  }
): Effect.fn.Return<Flow.Flow, FlowError, Scope.Scope> {
  const { authorized, socket } = yield* TlsHandshake.make(stream, options.tls)
  const end = new SocketEnd(socket, () => {
    options.reset()
    socket.destroy()
  })
  yield* Closing.withScope(end)
  return {
    read: end.read,
    write: (bytes) => end.write(bytes),
    upgrade: () => alreadySecure,
    peer: { ...options.peer, tls: Option.some(TlsInfo.make(socket, options.tls, authorized)) }
  }
})

/** TLS over any flow, such as one of the in-memory network. */
export const wrap: Flow.Upgrade = (flow, tls) =>
  Effect.flatMap(FlowDuplex.make(flow), (duplex) =>
    fromStream(duplex, {
      tls,
      peer: flow.peer,
      reset: () => duplex.destroy()
    }))
