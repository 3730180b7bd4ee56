import * as Command from "@effect-smtp/wire/Command"
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Limits from "../src/Limits.js"

describe("Limits", () => {
  describe("defaults", () => {
    it("N12: bound everything, and not below what the RFCs ask for", () => {
      const { minimumRate, sessionTime, unauthenticatedTime, ...counts } = Limits.defaults
      for (const limit of [...Object.values(counts), minimumRate.octetsPerSecond]) {
        expect(Number.isSafeInteger(limit) && limit > 0).toBe(true)
      }
      for (const limit of [minimumRate.grace, sessionTime, unauthenticatedTime]) {
        expect(Duration.isFinite(Duration.decode(limit))).toBe(true)
      }
      expect(Limits.defaults.commandLine).toBeGreaterThanOrEqual(512)
      expect(Limits.defaults.saslLine).toBeGreaterThanOrEqual(12_288)
      expect(Limits.defaults.recipients).toBeGreaterThanOrEqual(100)
      expect(Limits.defaults.dataLine).toBeGreaterThanOrEqual(1000)
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
