/**
 * NodeIdentityFile: a certificate and its key in two files, as `Tls.ServerOptions` takes them. They are
 * looked at again with each handshake, so that a renewed certificate needs no restart.
 *
 * Files that have changed and cannot be used now (one of the two has not been replaced yet, say) are
 * logged, and what was read before is shown on.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { createPrivateKey, X509Certificate } from "node:crypto"
import { readFile, stat } from "node:fs/promises"
import type { Made } from "./NodeCertificate.js"

/** Where they are: the certificate chain (leaf first) and the private key of the leaf, both PEM. */
export interface Files {
  readonly certificate: string
  readonly key: string
}

/** A file that cannot be used as what it should be. `reason`: what the platform says, or what is wrong. */
export class IdentityFileError extends Data.TaggedError("IdentityFileError")<{
  readonly file: string
  readonly expected: "a certificate" | "a private key"
  readonly reason: string
}> {
  override get message(): string {
    return `cannot use ${this.file} as ${this.expected}: ${this.reason}`
  }
}

/**
 * What is in the files now. It fails unless both can be read and the key is the certificate's: the first
 * handshake would otherwise be the one to find out.
 */
export const load = Effect.fn("NodeIdentityFile.load")(function*(
  files: Files
): Effect.fn.Return<Made, IdentityFileError> {
  const certificate = yield* read(files.certificate, "a certificate")
  const leaf = yield* parse(
    files.certificate,
    "a certificate",
    () => new X509Certificate(certificate)
  )
  const pem = yield* read(files.key, "a private key")
  const key = yield* parse(files.key, "a private key", () => createPrivateKey(pem))
  if (!leaf.checkPrivateKey(key)) {
    return yield* new IdentityFileError({
      file: files.key,
      expected: "a private key",
      reason: `it is not the key of ${files.certificate}`
    })
  }
  return {
    identity: { certificate, key: Redacted.make(pem) },
    fingerprint: leaf.fingerprint256
  }
})

/**
 * What is in the files whenever one asks, for `Tls.ServerOptions`: the same value as long as they do not
 * change. They are read at once, so that what is wrong with them is known from the start.
 */
export const make = Effect.fn("NodeIdentityFile.make")(function*(
  files: Files
): Effect.fn.Return<Effect.Effect<Tls.Identity>, IdentityFileError> {
  const state = yield* inspect(files)
  const { identity } = yield* load(files)
  const known = yield* Ref.make({ state, identity })

  return Effect.gen(function*() {
    const before = yield* Ref.get(known)
    const state = yield* inspect(files)
    if (state === before.state) return before.identity
    const { identity } = yield* Effect.catchAll(
      load(files),
      (error) => Effect.as(Effect.logWarning("the certificate is not renewed", error), before)
    )
    yield* Ref.set(known, { state, identity })
    return identity
  })
})

/** Changes when one of the files does, or goes. */
const inspect = ({ certificate, key }: Files): Effect.Effect<string> =>
  Effect.map(Effect.all([stateOf(certificate), stateOf(key)]), (states) => states.join("\n"))

const stateOf = (file: string): Effect.Effect<string> =>
  Effect.match(Effect.tryPromise(() => stat(file)), {
    onSuccess: ({ ctimeMs, dev, ino, mtimeMs, size }) =>
      [dev, ino, size, mtimeMs, ctimeMs].join(" "),
    onFailure: () => ""
  })

const read = (
  file: string,
  expected: IdentityFileError["expected"]
): Effect.Effect<string, IdentityFileError> =>
  Effect.tryPromise({
    try: () => readFile(file, "utf8"),
    catch: (cause) => unusable(file, expected, cause)
  })

const parse = <A>(
  file: string,
  expected: IdentityFileError["expected"],
  attempt: () => A
): Effect.Effect<A, IdentityFileError> =>
  Effect.try({ try: attempt, catch: (cause) => unusable(file, expected, cause) })

const unusable = (file: string, expected: IdentityFileError["expected"], cause: unknown) =>
  new IdentityFileError({
    file,
    expected,
    reason: cause instanceof Error ? cause.message : String(cause)
  })
