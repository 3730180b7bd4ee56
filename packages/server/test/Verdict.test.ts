import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
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

  describe("foremost", () => {
    it("refuses for now before it refuses for good, and accepts only if all do", () => {
      const { denied, localError, mailboxFull, ok, queued } = Verdict
      expect(said(Verdict.foremost([queued("1"), ok]))).toBe("250 2.0.0 Queued as 1")
      expect(Verdict.foremost([ok, denied("No"), mailboxFull, localError])).toBe(mailboxFull)
      expect(said(Verdict.foremost([ok, denied("No"), denied("Nor that")]))).toBe("554 5.7.1 No")
    })
  })

  describe("the usual ones", () => {
    const table: ReadonlyArray<readonly [Verdict.Verdict, string]> = [
      [Verdict.ok, "250 2.0.0 OK"],
      [Verdict.senderOk, "250 2.1.0 Sender OK"],
      [Verdict.recipientOk, "250 2.1.5 Recipient OK"],
      [Verdict.queued("4FqK1z"), "250 2.0.0 Queued as 4FqK1z"],
      [Verdict.mailboxes(["Ann <ann@mx.example>"]), "250 2.1.5 Ann <ann@mx.example>"],
      [
        Verdict.mailboxes(["ann@mx.example", "bob@mx.example"]),
        "250-2.1.5 ann@mx.example\r\n250 2.1.5 bob@mx.example"
      ],
      [Verdict.unavailable, "421 4.3.2 Service not available"],
      [Verdict.rateExceeded, "421 4.7.0 Too much at once, try again later"],
      [Verdict.greylisted, "450 4.7.1 Greylisted, try again later"],
      [Verdict.mailboxBusy, "450 4.2.1 Mailbox not available now"],
      [Verdict.mailboxFull, "452 4.2.2 Mailbox full"],
      [Verdict.tooManyRecipients, "452 4.5.3 Too many recipients"],
      [Verdict.authRequired, "530 5.7.0 Authentication required"],
      [Verdict.badCredentials, "535 5.7.8 Authentication credentials invalid"],
      [Verdict.badSenderDomain, "550 5.1.8 Sender's domain does not take mail"],
      [Verdict.mailboxDisabled, "550 5.2.1 Mailbox disabled"],
      [
        Verdict.movedTo(Either.getOrThrow(Mailbox.parse("ann@new.example"))),
        "551 5.1.6 User not local; please try <ann@new.example>"
      ],
      [Verdict.tooLarge, "552 5.3.4 Message size exceeds the fixed limit"],
      [Verdict.notYourAddress, "553 5.7.1 Sender address is not yours"],
      [Verdict.denied("No macros"), "554 5.7.1 No macros"],
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
