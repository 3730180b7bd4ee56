import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Timeouts from "../src/Timeouts.js"

const minutes = (duration: Duration.DurationInput) => Duration.toMillis(duration) / 60_000

describe("Timeouts", () => {
  describe("defaults", () => {
    /** RFC 5321 section 4.5.3.2, paragraph by paragraph, in minutes. */
    const asked = [
      ["4.5.3.2.1", "Greeting", 5],
      ["4.5.3.2.2", "Mail", 5],
      ["4.5.3.2.3", "Recipient", 5],
      ["4.5.3.2.4", "Data", 2],
      ["4.5.3.2.5", "Content", 3],
      ["4.5.3.2.6", "Verdict", 10],
      ["4.5.3.2.7", "Command", 5]
    ] as const

    for (const [section, phase, value] of asked) {
      it(`section ${section}: ${phase} may take ${value} minutes`, () => {
        expect(minutes(Timeouts.defaults[phase])).toBe(value)
      })
    }

    it("give every phase an end", () => {
      for (const timeout of Object.values(Timeouts.defaults)) {
        expect(minutes(timeout)).toBeGreaterThan(0)
        expect(minutes(timeout)).toBeLessThanOrEqual(10)
      }
    })

    it("let a handler decide before the client gives up", () => {
      expect(minutes(Timeouts.defaults.Handler)).toBeLessThan(minutes(Timeouts.defaults.Verdict))
    })
  })

  describe("make", () => {
    it("replaces what is given and keeps the rest", () => {
      expect(Timeouts.make({})).toEqual(Timeouts.defaults)
      expect(Timeouts.make({ Quit: "1 second" }))
        .toEqual({ ...Timeouts.defaults, Quit: "1 second" })
    })
  })
})
