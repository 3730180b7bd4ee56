import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as FastCheck from "effect/FastCheck"
import * as FaultPlan from "../src/FaultPlan.js"

const seed = FastCheck.integer()

describe("FaultPlan", () => {
  describe("fromSeed", () => {
    it.prop("makes the same of the same seed", [seed], ([seed]) => {
      expect(FaultPlan.fromSeed(seed)).toEqual(FaultPlan.fromSeed(seed))
    })

    it("makes different things of different seeds", () => {
      const plans = Array.from({ length: 100 }, (_, seed) => FaultPlan.fromSeed(seed))
      const printed = plans.map((plan) => FaultPlan.print(plan).replace(/^seed .*/, ""))
      expect(new Set(printed).size).toBeGreaterThan(95)
    })

    it("makes up every kind of fault in time, and connections without any", () => {
      const connections = Array.from(
        { length: 100 },
        (_, seed) => FaultPlan.fromSeed(seed).connections
      ).flat()
      const tags = new Set(connections.flat().map(({ _tag }) => _tag))
      expect([...tags].sort()).toEqual([...FaultPlan.kinds].sort())
      expect(connections.some((faults) => faults.length === 0)).toBe(true)
      expect(connections.some((faults) => faults.length === 2)).toBe(true)
    })

    it.prop("stays within the options", [seed], ([seed]) => {
      const plan = FaultPlan.fromSeed(seed, {
        connections: 5,
        faults: 3,
        bytes: 10,
        delay: "20 millis",
        kinds: ["Delay", "Reset", "BadCertificate"]
      })
      expect(plan.connections).toHaveLength(5)
      for (const faults of plan.connections) {
        expect(faults.length).toBeLessThanOrEqual(3)
        for (const fault of faults) {
          expect(["Delay", "Reset", "BadCertificate"]).toContain(fault._tag)
          if (fault._tag === "Reset") expect(fault.after).toBeLessThan(10)
          if (fault._tag === "Delay") expect(Duration.toMillis(fault.by)).toBeLessThanOrEqual(20)
        }
      }
    })

    it("can be told that nothing goes wrong", () => {
      expect(FaultPlan.fromSeed(1, { kinds: [] }).connections).toEqual([[], [], []])
      expect(FaultPlan.fromSeed(1, { faults: 0 }).connections).toEqual([[], [], []])
    })
  })

  it("gives connections their faults, and later ones none", () => {
    const plan = FaultPlan.fromSeed(7)
    const faults = FaultPlan.toFaults(plan)
    expect([0, 1, 2].map(faults)).toEqual(plan.connections)
    expect(faults(3)).toEqual([])
  })

  it("is printed with its seed, so that it can be run again, now and later", () => {
    expect(FaultPlan.print(FaultPlan.fromSeed(7)).split("\n")).toEqual([
      "seed 7",
      "connection 1: drip 7 bytes every 1s 454ms in, vanish after 1199 bytes in",
      "connection 2: garbage \"'\\tj\\u0098DÌÒÖ\" after 1212 bytes out",
      "connection 3: vanish after 239 bytes out"
    ])
  })
})
