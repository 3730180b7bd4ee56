import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Reply from "../src/Reply.js"
import * as ReplyCode from "../src/ReplyCode.js"

describe("ReplyCode", () => {
  describe("meanings", () => {
    it("Y1: the codes of RFC 5321 have names, any other is a number", () => {
      const known = [
        ...[211, 214, 220, 221, 250, 251, 252, 354, 421, 450, 451, 452, 455],
        ...[500, 501, 502, 503, 504, 550, 551, 552, 553, 554, 555]
      ]
      expect(known.filter((code) => !ReplyCode.meanings.has(code))).toEqual([])
      expect(Either.map(Reply.parse("299 what\r\n"), ({ code }) => code)).toEqual(
        Either.right(299)
      )
    })

    it("Y9: the codes of AUTH, STARTTLS and null MX are named too", () => {
      const known = [235, 334, 432, 454, 521, 530, 534, 535, 538, 556]
      expect(known.filter((code) => !ReplyCode.meanings.has(code))).toEqual([])
      expect([ReplyCode.badCredentials, ReplyCode.authContinue]).toEqual([535, 334])
    })

    it("has a row for every name, and each is a reply's text as it is", () => {
      const named = Object.values(ReplyCode).filter((value) => typeof value === "number")
      expect([...ReplyCode.meanings.keys()].sort()).toEqual(named.sort())
      for (const [code, text] of ReplyCode.meanings) {
        expect(Reply.make({ code, text })).toMatchObject({ code, lines: [text] })
      }
    })
  })
})
