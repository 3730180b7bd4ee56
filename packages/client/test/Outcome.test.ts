import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Outcome from "../src/Outcome.js"
import type { Fate, SmtpError } from "../src/SmtpError.js"
import { Refused, SessionSpent } from "../src/SmtpError.js"

const verdict = (code: number): Outcome.Verdict => ({
  recipient: Either.getOrThrow(ForwardPath.parse(`<user${code}@mx.example>`)),
  reply: Reply.make({ code, text: "so it is" })
})

const outcome = (...rejected: ReadonlyArray<number>): Outcome.Outcome => ({
  accepted: [verdict(250)],
  rejected: rejected.map(verdict),
  failed: [],
  reply: Option.some(Reply.make({ code: 250, text: "ok" }))
})

describe("Outcome", () => {
  it("isComplete: nobody was refused", () => {
    expect(Outcome.isComplete(outcome())).toBe(true)
    expect(Outcome.isComplete(outcome(450))).toBe(false)
  })

  const failure = (fate: Fate, error: SmtpError): Outcome.Failure => ({
    recipient: verdict(250).recipient,
    error,
    fate
  })
  const spent = new SessionSpent({ limit: 5 })
  const refused = new Refused({ phase: "Verdict", reply: verdict(554).reply })

  it("isComplete: nobody was left out", () => {
    expect(Outcome.isComplete({ ...outcome(), failed: [failure("NotDelivered", spent)] }))
      .toBe(false)
  })

  it("M7: worthRetrying: those refused for now, in order", () => {
    expect(Outcome.worthRetrying(outcome())).toEqual([])
    expect(Outcome.worthRetrying(outcome(550, 452, 553, 450)))
      .toEqual([verdict(452).recipient, verdict(450).recipient])
  })

  it("M7: worthRetrying: those left out, unless they may have the message or never will", () => {
    const failed = [
      failure("NotDelivered", refused),
      failure("Unknown", spent),
      failure("NotDelivered", spent)
    ]
    expect(Outcome.worthRetrying({ ...outcome(), failed })).toEqual([failed[2]?.recipient])
  })

  describe("M17: queueIds", () => {
    const told = (text: string): Outcome.Verdict => ({
      recipient: verdict(250).recipient,
      reply: Reply.make({ code: 250, text })
    })

    it("has the one in the answer to the message", () => {
      const { reply } = told("Ok: queued as 1")
      expect(
        Outcome.queueIds({ ...outcome(), accepted: [told("id=2")], reply: Option.some(reply) })
      )
        .toEqual(["1"])
    })

    it("has those in the answers to each recipient, each once", () => {
      const accepted = [told("id=1"), told("id=2"), told("ok"), told("id=1")]
      expect(Outcome.queueIds({ ...outcome(), accepted, reply: Option.none() }))
        .toEqual(["1", "2"])
    })
  })
})
