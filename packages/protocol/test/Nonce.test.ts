import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Nonce } from "../src/Nonce.js"

const draw = Effect.flatten(Nonce)

describe("Nonce", () => {
  it.effect("is fresh each time, printable, and without commas", () =>
    Effect.gen(function*() {
      const drawn = yield* Effect.replicateEffect(draw, 100)
      expect(new Set(drawn).size).toBe(100)
      for (const nonce of drawn) expect(nonce).toMatch(/^[A-Za-z0-9+/]{24}$/)
    }))

  it.effect("is what a program provides", () =>
    Effect.gen(function*() {
      const drawn = yield* Effect.provideService(draw, Nonce, Effect.succeed("known"))
      expect(drawn).toBe("known")
    }))
})
