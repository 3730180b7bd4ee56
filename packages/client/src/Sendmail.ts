/**
 * Sendmail: mail to a server that takes it from anybody, for its own users (RFC 5321 section 2.1): TLS
 * where it is offered, and no credentials.
 *
 * Which server that is for a domain, its MX records say; looking them up is not done here.
 *
 * @module
 */
import type * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import type * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Job } from "./Deliveries.js"
import type { Outcome } from "./Outcome.js"
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

/** Opens a session, like `SmtpClient.connect`. */
export const connect = (
  { host, port, tls, ...session }: Options
): Effect.Effect<SmtpClient.Shape, SmtpError, Dialer.Dialer | Scope.Scope> =>
  SmtpClient.connect(Endpoint.Tcp({ host, port: port ?? 25 }), {
    ...session,
    security: Security.Opportunistic({
      tls: Tls.client({ serverName: host, verify: "none", ...tls })
    })
  })

/** Such a session for as long as the layer lives. */
export const layer = (
  options: Options
): Layer.Layer<SmtpClient.SmtpClient, SmtpError, Dialer.Dialer> =>
  Layer.scoped(SmtpClient.SmtpClient, connect(options))

/** The same, from a configuration. */
export const layerConfig = (
  config: Config.Config<Options>
): Layer.Layer<SmtpClient.SmtpClient, ConfigError.ConfigError | SmtpError, Dialer.Dialer> =>
  Layer.unwrapEffect(Effect.map(config, layer))

/** Opens a session, delivers one message, and says goodbye. */
export const sendmail = (
  options: Options,
  job: Job
): Effect.Effect<Outcome, SmtpError, Dialer.Dialer> =>
  Effect.scoped(
    Effect.flatMap(
      connect(options),
      (client) => client.deliver(job.envelope, job.body, job.options)
    )
  )
