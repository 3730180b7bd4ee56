import type { Flow } from "@effect-smtp/flow/Flow"
import { FlowError } from "@effect-smtp/flow/FlowError"
import type { Identity } from "@effect-smtp/flow/Tls"
import * as Effect from "effect/Effect"

/** The same flow, but the peer's certificate is no good. */
export const distrusted = (flow: Flow): Flow => ({
  ...flow,
  upgrade: () =>
    Effect.fail(
      new FlowError({
        reason: "Certificate",
        during: "upgrade",
        detail: "a fault made the peer's certificate one not to be trusted"
      })
    )
})

/** The same flow, but as a server it shows this certificate, whatever name it is asked for. */
export const showing = (identity: Identity) => (flow: Flow): Flow => ({
  ...flow,
  upgrade: (tls, received) => {
    if (tls._tag === "Client") return flow.upgrade(tls, received)
    const { select: _, ...options } = tls
    return flow.upgrade({ ...options, identity }, received)
  }
})
