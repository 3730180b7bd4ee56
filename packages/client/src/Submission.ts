/**
 * Submission: handing in one's own mail to a server that knows its users (RFC 6409), over TLS or not at
 * all (RFC 8314).
 *
 * @module
 */
import * as Closing from "@effect-smtp/flow/Closing"
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Dialing from "./internal/dialing.js"
import * as Race from "./internal/race.js"
import * as Ways from "./internal/ways.js"
import * as Security from "./Security.js"
import * as SmtpClient from "./SmtpClient.js"
import type { SmtpError } from "./SmtpError.js"

/**
 * - `host`: the server's name, or its address;
 * - `port`: 465 means TLS from the first byte, any other STARTTLS, which the server has to offer. Without
 *   a port both 465 and 587 are tried, and the one that is open decides;
 * - `delay`: how long 465 is tried alone; default 250 milliseconds (RFC 8305 section 8's);
 * - `tls`: what differs from the platform's own trust in certificates for `host`;
 * - the rest as in {@link SmtpClient.Options}.
 */
export interface Options extends Omit<SmtpClient.Options, "security"> {
  readonly host: string
  readonly port?: number
  readonly delay?: Duration.DurationInput
  readonly tls?: Partial<Omit<Tls.ClientOptions, "_tag">>
}

/** The ports of submission: with TLS from the first byte (RFC 8314), and with STARTTLS (RFC 6409). */
export const ports = { implicit: 465, startTls: 587 } as const

/** How a session on that port is protected. */
export const security = (options: Options, port: number): Security.Security => {
  const tls = Tls.client({ serverName: options.host, ...options.tls })
  return port === ports.implicit ? Security.Implicit({ tls }) : Security.StartTls({ tls })
}

/** Opens a session, like `SmtpClient.connect`. No port is logged in to before the other is let go. */
export const connect = Effect.fn("Submission.connect")((options: Options) =>
  Closing.allOrNothing(open(options))
)

const open = (
  options: Options
): Effect.Effect<SmtpClient.Shape, SmtpError, Dialer.Dialer | Scope.Scope> =>
  Effect.gen(function*() {
    const dialer = yield* Dialer.Dialer
    const dial = (port: number) =>
      Effect.map(
        dialer.dial(Endpoint.Tcp({ host: options.host, port })),
        (flow) => ({ flow, port })
      )
    const { flow, port } = yield* Dialing.within(
      options.timeouts ?? Timeouts.defaults,
      options.port !== undefined ? dial(options.port) : Race.either({
        first: dial(ports.implicit),
        second: dial(ports.startTls),
        delay: options.delay ?? "250 millis"
      })
    )
    return yield* SmtpClient.fromFlow(flow, { ...options, security: security(options, port) })
  })

/** Such a session for as long as the layer lives. */
export const layer = Ways.layer(connect)

/** The same, from a configuration. */
export const layerConfig = Ways.layerConfig(connect)

/** Opens a session, hands in one message, and says goodbye. */
export const submit = Ways.deliver(connect)
