import * as Command from "@effect-smtp/wire/Command"
import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../src/Limits.js"

describe("Limits", () => {
  describe("defaults", () => {
    it("N12: bound everything, and not below what the RFCs ask for", () => {
      for (const limit of Object.values(Limits.defaults)) {
        expect(Number.isSafeInteger(limit) && limit > 0).toBe(true)
      }
      expect(Limits.defaults.commandLine).toBeGreaterThanOrEqual(512)
      expect(Limits.defaults.saslLine).toBeGreaterThanOrEqual(12_288)
      expect(Limits.defaults.recipients).toBeGreaterThanOrEqual(100)
      expect(Limits.defaults.messageSize).toBeGreaterThanOrEqual(65_536)
    })

    it("are those of the codec", () => {
      expect(Limits.defaults).toMatchObject({
        commandLine: Command.limits.line,
        saslLine: Command.limits.auth,
        discardedLine: Command.limits.discard
      })
    })
  })

  describe("make", () => {
    it("replaces what is given and keeps the rest", () => {
      expect(Limits.make({})).toEqual(Limits.defaults)
      expect(Limits.make({ recipients: 3 })).toEqual({ ...Limits.defaults, recipients: 3 })
    })
  })
})
