import { describe, expect, it } from "@effect/vitest"
import * as Finding from "../src/Finding.js"

const at: Finding.Place = { line: 7, offset: 121 }

const finding = (rule: Finding.Rule, severity: Finding.Severity, times = 1): Finding.Finding => ({
  rule,
  severity,
  at,
  times
})

describe("Finding", () => {
  describe("print", () => {
    it("says how bad it is, where, what, how often, and who says so", () => {
      expect(Finding.print(finding(Finding.Rule.FieldRepeated({ name: "Subject" }), "Error", 2)))
        .toBe(
          "error at line 7, octet 121: another Subject field; one is allowed, 2 times " +
            "(FieldRepeated, RFC 5322 section 3.6)"
        )
    })
  })

  describe("explain", () => {
    it("knows whether a server was asked", () => {
      const rule = Finding.Rule.NeedsEightBitMime()
      expect(Finding.explain(finding(rule, "Error")))
        .toBe("8-bit content, and the server does not offer 8BITMIME")
      expect(Finding.explain(finding(rule, "Advice")))
        .toBe("8-bit content: the server has to offer 8BITMIME")
    })

    it("tells numbers", () => {
      const { LineTooLong, LineWide, SenderMissing, TooBig } = Finding.Rule
      expect(
        [
          LineTooLong({ octets: 999 }),
          LineWide({ characters: 79 }),
          SenderMissing({ authors: 2 }),
          TooBig({ octets: 11, limit: 10 })
        ].map((rule) => Finding.explain(finding(rule, "Error")))
      ).toEqual([
        "a line of 999 octets; at most 998 may stand before its end",
        "a line of 79 characters; 78 can be read everywhere",
        "2 authors in From, and no Sender to be the one who sends",
        "11 octets; the server takes 10"
      ])
    })
  })

  describe("isError", () => {
    it("is for what must not be sent so", () => {
      expect(
        (["Error", "Warning", "Advice"] as const)
          .map((severity) => Finding.isError(finding(Finding.Rule.BccKept(), severity)))
      ).toEqual([true, false, false])
    })
  })
})
