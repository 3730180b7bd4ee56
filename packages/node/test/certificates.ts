import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as Effect from "effect/Effect"

const day = 86_400_000

const make = (name: string, notBefore: number) =>
  Effect.runSync(Effect.cached(
    NodeCertificate.selfSigned({ names: [name, "127.0.0.1", "::1"], days: 30, notBefore })
  ))

/** For `mx.example` and the loopback addresses. Made once for each test file. */
export const good = make("mx.example", Date.now() - day)

/** Another server's. */
export const other = make("other.example", Date.now() - day)

/** Was good until a month ago. */
export const expired = make("mx.example", Date.now() - 60 * day)
