import * as Verdict from "@effect-smtp/server/Verdict"
import { describe, expect, it } from "@effect/vitest"
import * as Refusal from "../src/Refusal.js"

const verdict = Verdict.localError
const phases = ["Connect", "Hello", "Mail", "Recipient", "Message"] as const
const moment = (phase: Refusal.Refusal["_tag"], from: string, ...to: ReadonlyArray<string>) => ({
  phase,
  from,
  to
})

describe("Refusal", () => {
  it("is for its own phase, and there for everybody unless it says so", () => {
    for (const refusal of phases) {
      for (const phase of phases) {
        expect(
          Refusal.isFor({ _tag: refusal, verdict }, moment(phase, "a@x.example", "b@y.example"))
        )
          .toBe(refusal === phase)
      }
    }
  })

  it("is for a sender, by text or by expression", () => {
    const exact = Refusal.Mail({ verdict, from: "a@x.example" })
    const domain = Refusal.Mail({ verdict, from: /@x\.example$/ })
    const bounces = Refusal.Mail({ verdict, from: "" })
    const fitting = (from: string) =>
      [exact, domain, bounces].map((refusal) => Refusal.isFor(refusal, moment("Mail", from)))
    expect(fitting("a@x.example")).toEqual([true, true, false])
    expect(fitting("b@x.example")).toEqual([false, true, false])
    expect(fitting("")).toEqual([false, false, true])
  })

  it("is for a recipient, or for a message that has it among others", () => {
    const both = { verdict, from: "a@x.example", to: "b@y.example" }
    expect(Refusal.isFor(Refusal.Recipient(both), moment("Recipient", both.from, both.to))).toBe(
      true
    )
    expect(Refusal.isFor(Refusal.Recipient(both), moment("Recipient", "", both.to))).toBe(false)
    expect(Refusal.isFor(Refusal.Message(both), moment("Message", both.from, "c", both.to)))
      .toBe(true)
    expect(Refusal.isFor(Refusal.Message(both), moment("Message", both.from, "c"))).toBe(false)
  })
})
