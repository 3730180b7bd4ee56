/**
 * The TLS handshake over a Node stream, as either side.
 *
 * @module
 */
import { FlowError } from "@effect-smtp/flow/FlowError"
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import * as Net from "node:net"
import type { Duplex } from "node:stream"
import * as NodeTls from "node:tls"
import * as NodeError from "./NodeError.js"

/** A secure connection, and whether the peer's certificate was checked and found good. */
export interface Secured {
  readonly socket: NodeTls.TLSSocket
  readonly authorized: boolean
}

/** Tells how the handshake went; only the first call counts. */
type Done = (result: Effect.Effect<Secured, FlowError>) => void

const credentials = (identity: Tls.Identity) => ({
  cert: identity.certificate,
  key: Redacted.value(identity.key)
})

const failed = (cause: unknown) => Effect.fail(NodeError.toFlowError(cause, "upgrade"))

const gone = new FlowError({
  reason: "Handshake",
  during: "upgrade",
  detail: "the peer closed the connection during the handshake"
})

const nextTurn = Effect.async<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})

/**
 * This is how it went, but nothing happens at once: Node says that the handshake is over from within a
 * read of OpenSSL's, and a socket that is closed there makes that read one of freed memory.
 */
const secured = (socket: NodeTls.TLSSocket, authorized: boolean, done: Done): void =>
  done(Effect.as(nextTurn, { socket, authorized }))

/** Common to both sides: errors, and a socket that closes before it is secure. */
const watch = (socket: NodeTls.TLSSocket, done: Done): void => {
  socket.on("error", (cause) => {
    done(failed(cause))
    socket.destroy()
  })
  // A half-open socket stays open when the peer ends the connection.
  socket.once("end", () => done(Effect.fail(gone)))
  socket.once("close", () => done(Effect.fail(gone)))
}

/** Of a list without a suite of TLS 1.3, whose names begin that way, OpenSSL would offer all of these. */
const latest = ({ ciphers, maxVersion }: Tls.ClientOptions): Tls.Version | undefined =>
  ciphers === undefined || ciphers.split(":").some((name) => name.startsWith("TLS_"))
    ? maxVersion
    : "TLSv1.2"

const asClient = (stream: Duplex, options: Tls.ClientOptions, done: Done): NodeTls.TLSSocket => {
  const { serverName } = options
  const maxVersion = latest(options)
  const socket = NodeTls.connect({
    socket: stream,
    ...(Net.isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(options.ca === undefined ? {} : { ca: Array.from(options.ca) }),
    ...(options.identity === undefined ? {} : credentials(options.identity)),
    rejectUnauthorized: options.verify !== "none",
    checkServerIdentity: (_, certificate) => NodeTls.checkServerIdentity(serverName, certificate),
    minVersion: options.minVersion ?? "TLSv1.2",
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(options.ciphers === undefined ? {} : { ciphers: options.ciphers })
  })
  socket.once("secureConnect", () => secured(socket, socket.authorized, done))
  watch(socket, done)
  return socket
}

/** Parsing a key costs more than a resumed handshake, and session tickets need one context. */
const contexts = new WeakMap<
  Tls.ServerOptions,
  WeakMap<Tls.Identity, NodeTls.SecureContext>
>()

const contextOf = (options: Tls.ServerOptions, identity: Tls.Identity): NodeTls.SecureContext => {
  const known = contexts.get(options) ?? new WeakMap<Tls.Identity, NodeTls.SecureContext>()
  contexts.set(options, known)
  const context = known.get(identity) ?? NodeTls.createSecureContext({
    ...credentials(identity),
    ...(options.ca === undefined ? {} : { ca: Array.from(options.ca) }),
    minVersion: options.minVersion ?? "TLSv1.2"
  })
  known.set(identity, context)
  return context
}

const bySni = (
  options: Tls.ServerOptions,
  standard: Tls.Identity,
  select: NonNullable<Tls.ServerOptions["select"]>,
  runtime: Runtime.Runtime<never>
): NonNullable<NodeTls.TlsOptions["SNICallback"]> =>
(serverName, answer) => {
  const chosen = Effect.map(
    select(serverName),
    (identity) => contextOf(options, Option.getOrElse(identity, () => standard))
  )
  Runtime.runCallback(runtime)(chosen, {
    onExit: Exit.match({
      onSuccess: (context) => answer(null, context),
      onFailure: (cause) =>
        answer(new Error(`no certificate for this name: ${Cause.pretty(cause)}`))
    })
  })
}

/**
 * Without client certificates, a bare TLS socket over a kept context. Only `tls.Server` checks client
 * certificates, so with them each connection gets a server object of its own, which never listens.
 */
const asServer = (
  stream: Duplex,
  options: Tls.ServerOptions,
  identity: Tls.Identity,
  runtime: Runtime.Runtime<never>,
  done: Done
): NodeTls.TLSSocket | undefined => {
  const sni = options.select === undefined
    ? {}
    : { SNICallback: bySni(options, identity, options.select, runtime) }
  const clientCertificate = options.clientCertificate ?? "none"
  if (clientCertificate === "none") {
    const socket = new NodeTls.TLSSocket(stream, {
      isServer: true,
      secureContext: contextOf(options, identity),
      ...sni
    })
    socket.once("secure", () => secured(socket, false, done))
    watch(socket, done)
    return socket
  }
  const server = NodeTls.createServer({
    ...credentials(identity),
    ...(options.ca === undefined ? {} : { ca: Array.from(options.ca) }),
    ...sni,
    requestCert: true,
    rejectUnauthorized: clientCertificate === "required",
    minVersion: options.minVersion ?? "TLSv1.2"
  })
  server.once("secureConnection", (socket) => {
    watch(socket, done)
    secured(socket, socket.authorized, done)
  })
  server.once("tlsClientError", (cause, socket) => {
    done(failed(cause))
    socket.destroy()
  })
  server.emit("connection", stream)
  return undefined
}

/** How one side begins. What it makes is destroyed when that is interrupted. */
type Begin = (
  runtime: Runtime.Runtime<never>,
  done: Done
) => NodeTls.TLSSocket | undefined

/** What this side shows; a server's identity may have to be asked for. */
const prepare = (stream: Duplex, options: Tls.Options): Effect.Effect<Begin, FlowError> => {
  if (options._tag === "Client") {
    return Effect.succeed((_, done) => asClient(stream, options, done))
  }
  const { identity } = options
  const shown = Effect.isEffect(identity) ? identity : Effect.succeed(identity)
  return shown.pipe(
    Effect.catchAllDefect(failed),
    Effect.filterOrFail(() => !stream.destroyed, () => gone),
    Effect.map((shown) => (runtime, done) => asServer(stream, options, shown, runtime, done))
  )
}

/**
 * Shakes hands over the stream. When that fails or is interrupted the stream is destroyed. Later
 * errors of the secure socket are the caller's to listen to.
 */
export const make = (
  stream: Duplex,
  options: Tls.Options
): Effect.Effect<Secured, FlowError> =>
  Effect.flatMap(
    Effect.zip(Effect.runtime<never>(), prepare(stream, options)),
    ([runtime, begin]) =>
      Effect.async<Secured, FlowError>((resume) => {
        try {
          const socket = begin(runtime, resume)
          return Effect.sync(() => {
            socket?.destroy()
          })
        } catch (cause) {
          // A certificate or key that is no PEM, or a cipher suite that nobody knows.
          return resume(failed(cause))
        }
      })
  ).pipe(Effect.onError(() => Effect.sync(() => stream.destroy())))
