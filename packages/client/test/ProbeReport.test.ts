import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as ProbeReport from "../src/ProbeReport.js"

describe("ProbeReport", () => {
  describe("stages", () => {
    it("are in order", () => {
      expect(ProbeReport.isWithin("Connect", "Auth")).toBe(true)
      expect(ProbeReport.isWithin("Auth", "Auth")).toBe(true)
      expect(ProbeReport.isWithin("Mail", "Auth")).toBe(false)
    })

    it("are found by the phase of a session", () => {
      expect(ProbeReport.stageOf("StartTls")).toEqual(Option.some("Tls"))
      expect(ProbeReport.stageOf("Handshake")).toEqual(Option.some("Tls"))
      expect(ProbeReport.stageOf("Recipient")).toEqual(Option.some("Recipient"))
      expect(ProbeReport.stageOf("Quit")).toEqual(Option.none())
    })
  })
})
