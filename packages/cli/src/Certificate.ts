/**
 * Certificate: what is shown in TLS handshakes, from files or made on the spot.
 *
 * @module
 */
import type { Made } from "@effect-smtp/node/NodeCertificate"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createPrivateKey, X509Certificate } from "node:crypto"
import { BadFile } from "./CliError.js"
import { readText } from "./internal/readText.js"

/**
 * The certificate chain (leaf first) and its key, both PEM. `BadFile` unless both can be read and the
 * key is the certificate's: the first handshake would otherwise be the one to find out.
 */
export const fromFiles = (files: {
  readonly certificate: string
  readonly key: string
}): Effect.Effect<Made, BadFile, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const certificate = yield* readText("a certificate", files.certificate)
    const leaf = yield* parse("a certificate", files.certificate, () =>
      new X509Certificate(certificate))
    const pem = yield* readText("a private key", files.key)
    const key = yield* parse("a private key", files.key, () =>
      createPrivateKey(pem))
    if (!leaf.checkPrivateKey(key)) {
      return yield* new BadFile({
        what: "a private key",
        file: files.key,
        reason: `it is not the key of ${files.certificate}`
      })
    }
    return {
      identity: { certificate, key: Redacted.make(pem) },
      fingerprint: leaf.fingerprint256
    }
  })

const parse = <A>(what: string, file: string, attempt: () => A): Effect.Effect<A, BadFile> =>
  Effect.try({
    try: attempt,
    catch: (cause) =>
      new BadFile({ what, file, reason: cause instanceof Error ? cause.message : String(cause) })
  })

/** One that vouches for itself, under these names and those of the loopback. */
export const selfSigned = (names: ReadonlyArray<string>): Effect.Effect<Made> =>
  NodeCertificate.selfSigned({
    names: [
      "localhost",
      ...new Set(["127.0.0.1", "::1", ...names.filter((name) => name !== "localhost")])
    ]
  })
