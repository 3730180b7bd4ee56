import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Selfsigned from "selfsigned"

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

/** Is going to be good tomorrow. */
export const notYet = make("mx.example", Date.now() + day)

/** An authority's own certificate, and one that it vouches for: shown with it, and alone. */
export const issued = Effect.runSync(Effect.cached(Effect.promise(async () => {
  const ec = { keyType: "ec", curve: "P-256", algorithm: "sha256" } as const
  const authority = await Selfsigned.generate([{ name: "commonName", value: "an authority" }], {
    ...ec,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true }
    ]
  })
  const leaf = await Selfsigned.generate([{ name: "commonName", value: "mx.example" }], {
    ...ec,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "subjectAltName", altNames: [{ type: 2, value: "mx.example" }] }
    ]
  })
  const key = Redacted.make(leaf.private)
  return {
    root: authority.cert,
    whole: { certificate: `${leaf.cert}\n${authority.cert}`, key },
    alone: { certificate: leaf.cert, key }
  }
})))
