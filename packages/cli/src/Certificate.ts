/**
 * Certificate: what is shown in TLS handshakes, from files or made on the spot.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import type { Made } from "@effect-smtp/node/NodeCertificate"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeIdentityFile from "@effect-smtp/node/NodeIdentityFile"
import * as Effect from "effect/Effect"
import { BadFile } from "./CliError.js"

/** What there is to show, perhaps another in each handshake, and the fingerprint of now. */
export interface Shown {
  readonly identity: Tls.ServerOptions["identity"]
  readonly fingerprint: string
}

const badFile = ({ expected, file, reason }: NodeIdentityFile.IdentityFileError) =>
  new BadFile({ what: expected, file, reason })

/**
 * The certificate chain (leaf first) and its key, both PEM, as they are now. `BadFile` unless both can
 * be read and the key is the certificate's.
 */
export const fromFiles = (files: NodeIdentityFile.Files): Effect.Effect<Made, BadFile> =>
  Effect.mapError(NodeIdentityFile.load(files), badFile)

/** The same as they are whenever one looks, so that they can be renewed. */
export const watchFiles = (files: NodeIdentityFile.Files): Effect.Effect<Shown, BadFile> =>
  Effect.gen(function*() {
    const { fingerprint } = yield* NodeIdentityFile.load(files)
    return { identity: yield* NodeIdentityFile.make(files), fingerprint }
  }).pipe(Effect.mapError(badFile))

/** One that vouches for itself, under these names and those of the loopback. */
export const selfSigned = (names: ReadonlyArray<string>): Effect.Effect<Made> =>
  NodeCertificate.selfSigned({
    names: [
      "localhost",
      ...new Set(["127.0.0.1", "::1", ...names.filter((name) => name !== "localhost")])
    ]
  })
