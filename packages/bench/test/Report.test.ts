import { describe, expect, it } from "@effect/vitest"
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
})
