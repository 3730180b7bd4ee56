/**
 * Sendmail: mail to a server that takes it from anybody, for its own users (RFC 5321 section 2.1): TLS
 * where it is offered, and no credentials.
 *
 * Which server that is for a domain, its MX records say: see `DirectDelivery`, which looks them up.
 *
 * @module
 */
import type * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Ways from "./internal/ways.js"
import * as Security from "./Security.js"
import * as SmtpClient from "./SmtpClient.js"
import type { SmtpError } from "./SmtpError.js"

/**
 * - `host`: the server's name, or its address. `port`: default 25;
 * - `tls`: how to be protected. By default any certificate will do: the mail would go out in clear text
 *   without one, so a bad one is no worse (RFC 7435). `{ verify: "full" }` insists on a good one, where
 *   STARTTLS is offered at all;
 * - `name`, `timeouts`: as in {@link SmtpClient.Options}.
 */
export interface Options extends Pick<SmtpClient.Options, "name" | "timeouts"> {
  readonly host: string
  readonly port?: number
  readonly tls?: Partial<Omit<Tls.ClientOptions, "_tag">>
}

/** The port where servers take mail for their users. */
export const port = 25

/** How a session with that host is protected. */
export const security = ({ host, tls }: Pick<Options, "host" | "tls">): Security.Security =>
  Security.Opportunistic({ tls: Tls.client({ serverName: host, verify: "none", ...tls }) })

/** Opens a session, like `SmtpClient.connect`. */
export const connect = (
  options: Options
): Effect.Effect<SmtpClient.Shape, SmtpError, Dialer.Dialer | Scope.Scope> =>
  SmtpClient.connect(Endpoint.Tcp({ host: options.host, port: options.port ?? port }), {
    ...options,
    security: security(options)
  })

/** Such a session for as long as the layer lives. */
export const layer = Ways.layer(connect)

/** The same, from a configuration. */
export const layerConfig = Ways.layerConfig(connect)

/** Opens a session, delivers one message, and says goodbye. */
export const sendmail = Ways.deliver(connect)
