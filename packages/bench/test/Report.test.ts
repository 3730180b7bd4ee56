import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Report from "../src/Report.js"

const result = {
  title: "1 KB",
  ours: { name: "a", perSecond: 400, cpuMicros: 10 },
  theirs: { name: "b", perSecond: 100, cpuMicros: 100 }
}

describe("Report", () => {
  describe("printTarget", () => {
    it("wants more messages in a second", () => {
      expect(Report.printTarget(result, { figure: "perSecond", ratio: 4 }))
        .toBe("  target: messages/s at least 4.00 times theirs: reached, 4.00")
      expect(Report.printTarget(result, { figure: "perSecond", ratio: 4.1 }))
        .toBe("  target: messages/s at least 4.10 times theirs: missed, 4.00")
    })

    it("wants less processor time", () => {
      expect(Report.printTarget(result, { figure: "cpuMicros", ratio: 0.1 }))
        .toBe("  target: CPU at most 0.10 times theirs: reached, 0.10")
      expect(Report.printTarget(result, { figure: "cpuMicros", ratio: 0.09 }))
        .toBe("  target: CPU at most 0.09 times theirs: missed, 0.10")
    })
  })

  describe("printGrowth", () => {
    const growth = {
      title: "idle",
      unit: "KiB each",
      ours: { name: "a", resident: 6, program: 2.25 },
      theirs: { name: "b", resident: 9, program: 4.5 }
    }

    it("has the figures of both, and ours divided by theirs", () => {
      const report = Report.printGrowth(growth, Option.some(6))
      expect(report.split("\n").map((line) => line.trim().split(/ {2,}/)))
        .toEqual([
          ["idle"],
          ["resident KiB each", "program KiB each"],
          ["a", "6.0", "2.3"],
          ["b", "9.0", "4.5"],
          ["ours / theirs", "0.67", "0.50"],
          ["target: resident at most 6.00 KiB each: reached, 6.00"]
        ])
    })

    it("wants no more than it is told", () => {
      expect(Report.printGrowth(growth, Option.some(5.9)).split("\n").at(-1))
        .toBe("  target: resident at most 5.90 KiB each: missed, 6.00")
    })
  })
})
