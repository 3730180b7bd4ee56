import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import type { Item } from "../../src/internal/agenda.js"
import { Agenda } from "../../src/internal/agenda.js"

describe("Agenda", () => {
  it("has the earliest first, whatever is added and removed", () => {
    const steps = FastCheck.array(
      FastCheck.record({ due: FastCheck.integer({ min: 0, max: 20 }), removes: FastCheck.nat(9) }),
      { maxLength: 200 }
    )
    FastCheck.assert(FastCheck.property(steps, (all) => {
      const agenda = new Agenda<Item>()
      const there: Array<Item> = []
      for (const { due, removes } of all) {
        const [gone] = removes < there.length ? there.splice(removes, 1) : []
        if (gone === undefined) {
          const item = { due, place: -1 }
          agenda.add(item)
          there.push(item)
        } else {
          agenda.remove(gone)
          agenda.remove(gone)
          expect(gone.place).toBe(-1)
        }
        expect(agenda.isEmpty()).toBe(there.length === 0)
        expect(Option.map(agenda.first(), (first) => first.due)).toEqual(
          there.length === 0 ? Option.none() : Option.some(Math.min(...there.map((_) => _.due)))
        )
      }
    }))
  })
})
