import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Outcome from "../src/Outcome.js"

const verdict = (code: number): Outcome.Verdict => ({
  recipient: Either.getOrThrow(ForwardPath.parse(`<user${code}@mx.example>`)),
  reply: Reply.make({ code, text: "so it is" })
})

const outcome = (...rejected: ReadonlyArray<number>): Outcome.Outcome => ({
  accepted: [verdict(250)],
  rejected: rejected.map(verdict),
  reply: Option.some(Reply.make({ code: 250, text: "ok" }))
})

describe("Outcome", () => {
  it("isComplete: nobody was refused", () => {
    expect(Outcome.isComplete(outcome())).toBe(true)
    expect(Outcome.isComplete(outcome(450))).toBe(false)
  })

  it("M7: worthRetrying: those refused for now, in order", () => {
    expect(Outcome.worthRetrying(outcome())).toEqual([])
    expect(Outcome.worthRetrying(outcome(550, 452, 553, 450)))
      .toEqual([verdict(452), verdict(450)])
  })
})
