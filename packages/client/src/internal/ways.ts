import type * as Dialer from "@effect-smtp/flow/Dialer"
import type * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Job } from "../Deliveries.js"
import type { Outcome } from "../Outcome.js"
import * as SmtpClient from "../SmtpClient.js"
import type { SmtpError } from "../SmtpError.js"

/** A way to open sessions. */
type Connect<Options> = (
  options: Options
) => Effect.Effect<SmtpClient.Shape, SmtpError, Dialer.Dialer | Scope.Scope>

/** A session for as long as the layer lives. */
export const layer = <Options>(connect: Connect<Options>) =>
(
  options: Options
): Layer.Layer<SmtpClient.SmtpClient, SmtpError, Dialer.Dialer> =>
  Layer.scoped(SmtpClient.SmtpClient, connect(options))

/** The same, from a configuration. */
export const layerConfig = <Options>(connect: Connect<Options>) =>
(
  config: Config.Config<Options>
): Layer.Layer<SmtpClient.SmtpClient, ConfigError | SmtpError, Dialer.Dialer> =>
  Layer.unwrapEffect(Effect.map(config, layer(connect)))

/** A session for one message. */
export const deliver = <Options>(connect: Connect<Options>) =>
(
  options: Options,
  job: Job
): Effect.Effect<Outcome, SmtpError, Dialer.Dialer> =>
  Effect.scoped(
    Effect.flatMap(
      connect(options),
      (client) => client.deliver(job.envelope, job.body, job.options)
    )
  )
