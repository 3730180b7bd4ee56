/**
 * NodeDialer: opens TCP and Unix connections with Node.
 *
 * A name is resolved to all its addresses, and those are tried as {@link HappyEyeballs} says, by
 * Effect fibers: losing attempts are closed, and interrupting a dial closes all of them.
 *
 * @module
 */
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type * as Flow from "@effect-smtp/flow/Flow"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Dns from "node:dns"
import * as Net from "node:net"
import * as HappyEyeballs from "./HappyEyeballs.js"
import * as NodeError from "./internal/NodeError.js"
import * as UnixPath from "./internal/unixPath.js"
import * as NodeFlow from "./NodeFlow.js"

/**
 * - `connectTimeout`: for finding the addresses and connecting to one, together; then `Timeout`.
 *   Default 30 seconds. RFC 5321 4.5.3.2 has none: its first clock is for the greeting.
 * - `attemptDelay`: how long an address has before the next is tried beside it. Default 250
 *   milliseconds (RFC 8305 section 8).
 * - `prefer`: the address family tried first. Default `"ipv6"`.
 * - `localAddress`: the address to connect from; only addresses of its family are tried.
 * - `resolve`: all addresses of a name. Default: the system's resolver (`getaddrinfo`). Not asked for
 *   address literals.
 */
export interface Options {
  readonly connectTimeout?: Duration.DurationInput
  readonly attemptDelay?: Duration.DurationInput
  readonly prefer?: HappyEyeballs.Family
  readonly localAddress?: string
  readonly resolve?: (
    host: string
  ) => Effect.Effect<ReadonlyArray<HappyEyeballs.Address>, FlowError>
}

const familyOf = (address: string): HappyEyeballs.Family => Net.isIPv6(address) ? "ipv6" : "ipv4"

const lookup: NonNullable<Options["resolve"]> = (host) =>
  Effect.async((resume) => {
    Dns.lookup(host, { all: true, verbatim: true }, (cause, found) =>
      resume(
        cause === null
          ? Effect.succeed(
            found.map(({ address }) => ({ address, family: familyOf(address) }))
          )
          : Effect.fail(NodeError.toFlowError(cause, "dial"))
      ))
  })

const connected = (socket: Net.Socket): Effect.Effect<void, FlowError> =>
  Effect.async((resume) => {
    socket.on("error", (cause) => resume(Effect.fail(NodeError.toFlowError(cause, "dial"))))
    socket.once("connect", () => resume(Effect.void))
  })

/** Connects in the caller's scope; an attempt that fails or is interrupted leaves nothing behind. */
const connect = (
  options: Net.NetConnectOpts,
  known: NodeFlow.Known
): Effect.Effect<Flow.Flow, FlowError, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.suspend(() => {
      const socket = Net.connect(options)
      return restore(connected(socket)).pipe(
        Effect.onError(() => Effect.sync(() => socket.destroy())),
        Effect.zipRight(NodeFlow.fromSocket(socket, known))
      )
    })
  )

/** Opens connections of this machine. A Unix socket's path that the system cannot have is `Unsupported`. */
export const make = (options: Options = {}): Dialer.Shape => {
  const { localAddress, prefer = "ipv6", resolve = lookup } = options
  const timeout = Duration.decode(options.connectTimeout ?? "30 seconds")
  const local = localAddress === undefined ? {} : { localAddress }

  const addresses = (host: string) =>
    Net.isIP(host) === 0
      ? Effect.map(resolve(host), (all) =>
        HappyEyeballs.interleave(
          localAddress === undefined
            ? all
            : all.filter(({ family }) => family === familyOf(localAddress)),
          prefer
        ))
      : Effect.succeed([{ address: host, family: familyOf(host) }])

  const dialTcp = (host: string, port: number) =>
    Effect.flatMap(addresses(host), (candidates) =>
      HappyEyeballs.race({
        candidates,
        delay: options.attemptDelay ?? "250 millis",
        attempt: ({ address }) =>
          connect(
            { host: address, port, noDelay: true, allowHalfOpen: true, ...local },
            { remote: Endpoint.Tcp({ host: address, port }) }
          )
      }))

  return {
    dial: Effect.fn("NodeDialer.dial")((endpoint: Endpoint.Endpoint) =>
      (endpoint._tag === "Unix"
        ? Effect.flatMap(
          UnixPath.check(endpoint.path, "dial"),
          (path) => connect({ path, allowHalfOpen: true }, { remote: endpoint })
        )
        : dialTcp(endpoint.host, endpoint.port)).pipe(
          Effect.timeoutFail({
            duration: timeout,
            onTimeout: () =>
              new FlowError({
                reason: "Timeout",
                during: "dial",
                detail: `${Endpoint.print(endpoint)} did not answer within ${
                  Duration.format(timeout)
                }`
              })
          })
        )
    )
  }
}

/** The dialer of this machine. */
export const layer = (options: Options = {}): Layer.Layer<Dialer.Dialer> =>
  Layer.succeed(Dialer.Dialer, make(options))
