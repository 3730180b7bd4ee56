import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Verdict from "../../src/Verdict.js"
import type { Setup } from "../talk.js"
import { shout } from "../talk.js"

const setup: Setup = {
  limits: { badCommands: 2 },
  handler: {
    mail: (_client, { parameters }) =>
      Effect.succeed(parameters.smtpUtf8 ? Verdict.greylisted : Verdict.senderOk),
    recipient: () => Effect.succeed(Verdict.noSuchMailbox)
  }
}

/** The codes of the replies to this, and whether the session went on. */
const codes = (said: ReadonlyArray<string>) =>
  Effect.map(
    shout(setup, ["EHLO c.example", ...said, "NOOP", ""].join("\r\n")),
    ({ heard }) =>
      heard.slice(heard.findIndex((line) => line.startsWith("250 ")) + 1).map((line) =>
        line.slice(0, 3)
      )
  )

const times = (count: number, group: ReadonlyArray<string>) =>
  Array.from({ length: count }, () => group).flat()

const recipients = ["RCPT TO:<b@mx.example>", "RCPT TO:<c@mx.example>"]
const refused = ["RSET", "MAIL FROM:<a@b.example> SMTPUTF8", ...recipients]
const nobody = ["RSET", "MAIL FROM:<a@b.example>", ...recipients]
const chunk = "BDAT 6 LAST\r\nQUIT"

describe("leftover", () => {
  describe("a pipelined transaction that was refused at its beginning (RFC 2920)", () => {
    it.effect("makes no bad commands where MAIL was refused", () =>
      Effect.gen(function*() {
        expect(yield* codes(times(5, [...refused, "DATA"])))
          .toEqual([...times(5, ["250", "450", "503", "503", "503"]), "250"])
        expect(yield* codes(times(5, [...refused, chunk])))
          .toEqual([...times(5, ["250", "450", "503", "503", "503"]), "250"])
      }))

    it.effect("makes none where all recipients were refused", () =>
      Effect.gen(function*() {
        expect(yield* codes(times(5, [...nobody, "DATA"])))
          .toEqual([...times(5, ["250", "250", "550", "550", "554"]), "250"])
        expect(yield* codes(times(5, [...nobody, chunk])))
          .toEqual([...times(5, ["250", "250", "550", "550", "554"]), "250"])
      }))

    it.effect("makes one where MAIL was malformed, and none of what follows", () =>
      Effect.gen(function*() {
        const malformed = ["RSET", "MAIL FROM:<a@@b>", ...recipients, "DATA"]
        expect(yield* codes(times(2, malformed)))
          .toEqual([...times(2, ["250", "501", "503", "503", "503"]), "250"])
        expect((yield* codes(times(3, malformed))).slice(-2)).toEqual(["250", "421"])
      }))
  })

  describe("is not", () => {
    it.effect("what comes without any MAIL, or after the transaction was given up", () =>
      Effect.gen(function*() {
        expect(yield* codes(recipients.concat("DATA"))).toEqual(["503", "503", "421"])
        expect(yield* codes([...refused, "RSET", ...recipients, "DATA"]))
          .toEqual(["250", "450", "503", "503", "250", "503", "503", "421"])
      }))

    it.effect("a message for recipients that were never named", () =>
      Effect.gen(function*() {
        expect(yield* codes(["MAIL FROM:<a@b.example>", "DATA", "DATA", "DATA"]))
          .toEqual(["250", "554", "554", "421"])
      }))

    it.effect("any other command", () =>
      Effect.gen(function*() {
        expect(yield* codes([...refused, "WHAT", "WHAT", "WHAT"]))
          .toEqual(["250", "450", "503", "503", "500", "500", "421"])
      }))
  })
})
