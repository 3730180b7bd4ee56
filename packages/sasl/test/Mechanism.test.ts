import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type { ClientMechanism } from "../src/Mechanism.js"
import { ClientStep, isClientFirst, succeed, withoutInitialResponse } from "../src/Mechanism.js"
import { SaslError } from "../src/SaslError.js"
import { salted } from "./talk.js"

const bytes = (text: string) => Redacted.make(new TextEncoder().encode(text))

/** A mechanism in which the server, too, has to prove itself before its success counts. */
const mutual: ClientMechanism = {
  name: "MUTUAL",
  needsEncryption: false,
  start: ClientStep.Respond({
    bytes: bytes("client first"),
    next: (challenge) =>
      challenge.length === 1
        ? Either.right(ClientStep.Conclude({ bytes: bytes(""), next: refuse }))
        : refuse()
  })
}

const refuse = () =>
  Either.left(
    new SaslError({ mechanism: "MUTUAL", reason: "Challenge", expected: "the server's proof" })
  )

describe("Mechanism", () => {
  describe("succeed", () => {
    it("is an error before the mechanism is through", () => {
      expect(succeed(mutual, mutual.start)).toMatchObject({
        left: { _tag: "SaslError", mechanism: "MUTUAL", reason: "Success" }
      })
    })

    it("is fine once it is", () => {
      const last = Either.getOrThrow(mutual.start.next(Uint8Array.of(1)))
      expect(succeed(mutual, salted(last))).toEqual(Either.void)
    })
  })

  describe("withoutInitialResponse", () => {
    it("puts one challenge in front and leaves the rest as it was", () => {
      const later = withoutInitialResponse(mutual)
      expect(isClientFirst(later)).toBe(false)
      expect(Either.getOrThrow(later.start.next(new Uint8Array()))).toBe(mutual.start)
      expect(succeed(later, later.start)).toMatchObject({ left: { reason: "Success" } })
    })
  })
})
