import { describe, expect, it } from "@effect/vitest"
import { SaslError } from "../src/SaslError.js"

describe("SaslError", () => {
  describe("message", () => {
    it("says which mechanism, what was wrong and what was expected", () => {
      const error = new SaslError({
        mechanism: "PLAIN",
        reason: "Response",
        expected: "two NULs, around the user name"
      })
      expect(error.message).toBe("PLAIN: bad response: expected two NULs, around the user name")
    })
  })
})
