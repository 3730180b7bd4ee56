import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Made } from "../src/NodeCertificate.js"
import * as NodeIdentityFile from "../src/NodeIdentityFile.js"
import { good, other } from "./certificates.js"

/** Two files, and a way to replace what is in them. */
const store = Effect.gen(function*() {
  const directory = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "identity-"))),
    (made) => Effect.promise(() => rm(made, { recursive: true }))
  )
  const files = { certificate: join(directory, "cert.pem"), key: join(directory, "key.pem") }
  const replace = (file: string, text: string) =>
    Effect.promise(async () => {
      await writeFile(`${file}.new`, text)
      await rename(`${file}.new`, file)
    })
  return {
    files,
    putCertificate: ({ identity }: Made) => replace(files.certificate, identity.certificate),
    putKey: ({ identity }: Made) => replace(files.key, Redacted.value(identity.key)),
    remove: Effect.promise(() => rm(files.certificate))
  }
})

/** The messages that are logged meanwhile. */
const logged = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const lines: Array<unknown> = []
    const logger = Logger.make(({ message }) => {
      lines.push(message)
    })
    return Effect.map(
      Effect.provide(effect, Logger.replace(Logger.defaultLogger, logger)),
      (value) => ({ value, lines })
    )
  })

describe("NodeIdentityFile", () => {
  it.scopedLive("is the same value until the files change, and then another", () =>
    Effect.gen(function*() {
      const { files, putCertificate, putKey } = yield* store
      const [first, second] = [yield* good, yield* other]
      yield* putCertificate(first)
      yield* putKey(first)
      const identity = yield* NodeIdentityFile.make(files)
      const now = yield* identity
      expect(now).toEqual(first.identity)
      expect(yield* identity).toBe(now)
      yield* putCertificate(second)
      yield* putKey(second)
      expect(yield* identity).toEqual(second.identity)
    }))

  it.scopedLive("stays as it is while only one file is new, or one is gone, and says so once", () =>
    Effect.gen(function*() {
      const { files, putCertificate, putKey, remove } = yield* store
      const [first, second] = [yield* good, yield* other]
      yield* putCertificate(first)
      yield* putKey(first)
      const identity = yield* NodeIdentityFile.make(files)
      yield* putCertificate(second)
      const half = yield* logged(Effect.zipRight(identity, identity))
      expect(half.value).toEqual(first.identity)
      expect(half.lines).toHaveLength(1)
      yield* remove
      expect((yield* logged(identity)).value).toEqual(first.identity)
      yield* putCertificate(second)
      yield* putKey(second)
      expect(yield* identity).toEqual(second.identity)
    }))

  it.scopedLive("fails from the start where there is nothing to use", () =>
    Effect.gen(function*() {
      const { files, putCertificate, putKey } = yield* store
      const missing = yield* Effect.flip(NodeIdentityFile.make(files))
      expect(missing).toMatchObject({ file: files.certificate, expected: "a certificate" })
      yield* putCertificate(yield* good)
      yield* putKey(yield* other)
      const wrong = yield* Effect.flip(NodeIdentityFile.load(files))
      expect(wrong.message).toBe(
        `cannot use ${files.key} as a private key: it is not the key of ${files.certificate}`
      )
    }))
})
