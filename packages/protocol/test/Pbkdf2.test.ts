import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { pbkdf2Sync } from "node:crypto"
import type { Salting } from "../src/Pbkdf2.js"
import { Pbkdf2 } from "../src/Pbkdf2.js"

const pencil = new TextEncoder().encode("pencil")
const salt = Uint8Array.from({ length: 16 }, (_, index) => index)

const derive = (salting: Partial<Salting>) =>
  Effect.flatMap(
    Pbkdf2,
    (pbkdf2) =>
      pbkdf2({ hash: "SHA-256", salt, iterations: 4096, ...salting }, Redacted.make(pencil))
  )

describe("Pbkdf2", () => {
  for (const [hash, name, size] of [["SHA-1", "sha1", 20], ["SHA-256", "sha256", 32]] as const) {
    it.effect(`salts a password (${hash})`, () =>
      Effect.gen(function*() {
        const made = Redacted.value(yield* derive({ hash }))
        expect(Buffer.from(made)).toEqual(pbkdf2Sync(pencil, salt, 4096, size, name))
      }))
  }

  it.live("lets others go on meanwhile", () =>
    Effect.gen(function*() {
      const order: Array<string> = []
      const note = (what: string) => Effect.sync(() => void order.push(what))
      yield* Effect.all([
        Effect.zipLeft(derive({ iterations: 600_000 }), note("salted")),
        Effect.zipRight(Effect.sleep("1 millis"), note("others"))
      ], { concurrency: "unbounded" })
      expect(order).toEqual(["others", "salted"])
    }))

  it.effect("is what a program provides", () =>
    Effect.gen(function*() {
      const known = Redacted.make(salt)
      const made = yield* Effect.provideService(derive({}), Pbkdf2, () => Effect.succeed(known))
      expect(made).toBe(known)
    }))
})
