import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createPrivateKey, X509Certificate } from "node:crypto"

const start = Date.UTC(2026, 0, 1)

describe("NodeCertificate", () => {
  describe("selfSigned", () => {
    it.effect("is for all its names, for as long as asked, over a P-256 key of its own", () =>
      Effect.gen(function*() {
        const { fingerprint, identity } = yield* NodeCertificate.selfSigned({
          names: ["mx.example", "localhost", "127.0.0.1", "::1"],
          days: 2,
          notBefore: start
        })
        const x509 = new X509Certificate(identity.certificate)
        const key = createPrivateKey(Redacted.value(identity.key))
        expect(x509.checkHost("mx.example")).toBe("mx.example")
        expect(x509.checkHost("localhost")).toBe("localhost")
        expect(x509.checkIP("127.0.0.1")).toBe("127.0.0.1")
        expect(x509.checkIP("::1")).toBe("::1")
        expect(Date.parse(x509.validTo) - Date.parse(x509.validFrom)).toBe(2 * 86_400_000)
        expect(x509.fingerprint256).toBe(fingerprint)
        expect(x509.checkPrivateKey(key)).toBe(true)
        expect(x509.verify(x509.publicKey)).toBe(true)
        expect(key.asymmetricKeyDetails).toMatchObject({ namedCurve: "prime256v1" })
      }))

    it.effect("starts now, by the Clock", () =>
      Effect.gen(function*() {
        const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
        expect(Date.parse(new X509Certificate(identity.certificate).validFrom)).toBe(0)
      }))
  })
})
