import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Ledger from "./soak/ledger.js"
import type { Letter } from "./soak/plan.js"
import * as Round from "./soak/round.js"

/** The short version of `npm run soak`. */

const letter: Letter = {
  from: "sender@client.example",
  to: ["ok@mx.example"],
  bytes: Uint8Array.of(1, 2)
}
const stored = { name: "1", from: letter.from, to: letter.to, bytes: letter.bytes }

describe("soak", () => {
  for (const seed of [0, 1, 2, 3, 5, 9]) {
    it.live(`N13: random sessions with random faults, seed ${seed}`, () =>
      Effect.map(Round.inMemory(seed), (report) => {
        expect(report.letters + report.stored).toBeGreaterThan(0)
        expect(report.wrong, Round.print(report)).toEqual([])
      }))
  }

  it("complains of what is stored and should not be, of what is not, and of what is not whole", () => {
    const told = { _tag: "Fate", fate: "NotDelivered" } as const
    const unknown = { _tag: "Fate", fate: "Unknown" } as const
    expect(Ledger.audit(letter, told, [])).toEqual([])
    expect(Ledger.audit(letter, told, [stored])).toHaveLength(1)
    expect(Ledger.audit(letter, unknown, [stored])).toEqual([])
    expect(Ledger.audit(letter, undefined, [stored, stored])).toHaveLength(1)
    expect(Ledger.audit(letter, unknown, [{ ...stored, bytes: Uint8Array.of(1) }])).toHaveLength(1)
  })
})
