import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Extensions from "@effect-smtp/server/Extensions"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Trust from "@effect-smtp/server/Trust"
import type { Domain } from "@effect-smtp/wire/Domain"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** Port 25 behind a load balancer in 10.0.0.0/8, for an application that sends notifications. */
export const server = (name: Domain, tls: Tls.ServerOptions) =>
  Effect.gen(function*() {
    const from = yield* Trust.peers(["10.0.0.0/8", "fd00::/8"])
    return yield* SmtpServer.serve({
      name,
      extensions: Extensions.make({ dsn: true }),
      places: [{
        endpoint: Endpoint.Tcp({ host: "::", port: 25 }),
        policy: Policy.exchange(tls),
        trust: Trust.make({ proxy: Option.some({ from, others: "Refused" }) })
      }]
    })
  })
