import { describe, expect, it } from "@effect/vitest"
import * as Held from "../src/Held.js"

const before = { resident: 10, program: 8 }
const after = { resident: 30, program: 6 }

describe("Held", () => {
  it("takes the greater of each figure", () => {
    expect(Held.most(before, after)).toEqual({ resident: 30, program: 8 })
  })

  it("grows and shrinks, and is divided", () => {
    expect(Held.growth(before, after)).toEqual({ resident: 20, program: -2 })
    expect(Held.per(Held.growth(before, after), 4)).toEqual({ resident: 5, program: -0.5 })
  })

  it("counts the buffers of the program", () => {
    const { program } = Held.now()
    const buffer = new Uint8Array(64 * 1024 * 1024)
    expect(Held.now().program - program).toBeGreaterThan(buffer.length / 2)
  })
})
