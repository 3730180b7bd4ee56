/**
 * NodeCertificate: a certificate made on the spot, for tests and first steps. It is vouched for by
 * nobody but itself.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { X509Certificate } from "node:crypto"
import * as Net from "node:net"
import * as Selfsigned from "selfsigned"

/**
 * - `names`: the host names and addresses the certificate is for; the first is its common name.
 * - `days`: how long it is good for, from `notBefore` on. Default 365.
 * - `notBefore`: milliseconds since the epoch. Default: now.
 */
export interface Options {
  readonly names: readonly [string, ...Array<string>]
  readonly days?: number
  readonly notBefore?: number
}

/** A certificate, its key (both PEM), and its SHA-256 fingerprint as `Tls.Certificate` has it. */
export interface Made {
  readonly identity: Tls.Identity
  readonly fingerprint: string
}

/** A self-signed certificate over a new P-256 key, for servers and clients. */
export const selfSigned = Effect.fn("NodeCertificate.selfSigned")(function*(options: Options) {
  const start = options.notBefore ?? (yield* Clock.currentTimeMillis)
  const made = yield* Effect.promise(() =>
    Selfsigned.generate([{ name: "commonName", value: options.names[0] }], {
      keyType: "ec",
      curve: "P-256",
      algorithm: "sha256",
      notBeforeDate: new Date(start),
      notAfterDate: new Date(start + (options.days ?? 365) * 86_400_000),
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
        { name: "extKeyUsage", serverAuth: true, clientAuth: true },
        {
          name: "subjectAltName",
          altNames: options.names.map((name) =>
            Net.isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }
          )
        }
      ]
    })
  )
  const result: Made = {
    identity: { certificate: made.cert, key: Redacted.make(made.private) },
    fingerprint: new X509Certificate(made.cert).fingerprint256
  }
  return result
})
