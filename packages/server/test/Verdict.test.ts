import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Verdict from "../src/Verdict.js"

const said = (verdict: Verdict.Verdict) => Reply.print(verdict.reply).trimEnd()
const reason = { subject: 7, detail: 1, text: "Words" }

describe("Verdict", () => {
  describe("accept and reject", () => {
    it("X3: the class of the status follows from the code", () => {
      for (const code of [250, 251, 252] as const) {
        expect(said(Verdict.accept(code, reason))).toBe(`${code} 2.7.1 Words`)
        expect(Verdict.is("Accept")(Verdict.accept(code, reason))).toBe(true)
      }
      for (const code of [421, 450, 451, 452, 455] as const) {
        expect(said(Verdict.reject(code, reason))).toBe(`${code} 4.7.1 Words`)
      }
      for (const code of [550, 551, 552, 553, 554, 555] as const) {
        expect(said(Verdict.reject(code, reason))).toBe(`${code} 5.7.1 Words`)
        expect(Verdict.is("Reject")(Verdict.reject(code, reason))).toBe(true)
      }
    })

    it("N7: text cannot add a reply", () => {
      expect(said(Verdict.reject(550, { ...reason, text: "no\r\n250 2.0.0 yes" })))
        .toBe("550-5.7.1 no\r\n550 5.7.1 250 2.0.0 yes")
    })
  })

  describe("match", () => {
    it("tells the two apart", () => {
      const tell = Verdict.match({
        Accept: () => "yes",
        Reject: ({ reply }) => `no: ${reply.code}`
      })
      expect(tell(Verdict.ok)).toBe("yes")
      expect(tell(Verdict.localError)).toBe("no: 451")
    })
  })

  describe("the usual ones", () => {
    const table: ReadonlyArray<readonly [Verdict.Verdict, string]> = [
      [Verdict.ok, "250 2.0.0 OK"],
      [Verdict.senderOk, "250 2.1.0 Sender OK"],
      [Verdict.recipientOk, "250 2.1.5 Recipient OK"],
      [Verdict.queued("4FqK1z"), "250 2.0.0 Queued as 4FqK1z"],
      [Verdict.cannotVerify, "252 2.5.2 Cannot verify the user, but will try to deliver"],
      [Verdict.noSuchMailbox, "550 5.1.1 No such mailbox"],
      [Verdict.relayDenied, "550 5.7.1 Relaying is not allowed"],
      [Verdict.localError, "451 4.3.0 Local error in processing"],
      [Verdict.insufficientStorage, "452 4.3.1 Insufficient system storage"]
    ]

    for (const [verdict, text] of table) {
      it(`X3: ${text}`, () => {
        expect(said(verdict)).toBe(text)
        expect(verdict._tag).toBe(text.startsWith("2") ? "Accept" : "Reject")
      })
    }
  })
})
