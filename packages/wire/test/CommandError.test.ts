import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { AddressError } from "../src/AddressError.js"
import * as CommandError from "../src/CommandError.js"

describe("CommandError", () => {
  describe("message", () => {
    it("says which command, and what was expected where", () => {
      const error = new AddressError({
        part: "path",
        reason: "Syntax",
        offset: 9,
        expected: "a local part"
      })
      const messages = [
        CommandError.UnknownVerb(),
        CommandError.Syntax({ expected: "no argument", offset: 5 }),
        CommandError.Address({ error }),
        CommandError.Forbidden({ code: 0x1b, offset: 5 }),
        CommandError.EightBit({ offset: 5 }),
        CommandError.TooLong({ limit: 512 }),
        CommandError.BareLineFeed(),
        CommandError.NotUtf8()
      ].map((reason) =>
        new CommandError.CommandError({ reason, verb: Option.some("RCPT") }).message
      )
      expect(messages).toEqual([
        "RCPT: expected a known verb",
        "RCPT: expected no argument at offset 5",
        "RCPT: path: expected a local part at offset 9",
        "RCPT: expected no control character, got U+001b at offset 5",
        "RCPT: expected ASCII (no SMTPUTF8 was asked for) at offset 5",
        "RCPT: expected at most 512 octets",
        "RCPT: expected CR LF, got LF alone",
        "RCPT: expected UTF-8"
      ])
    })

    it("names no command where there was none", () => {
      const error = new CommandError.CommandError({
        reason: CommandError.UnknownVerb(),
        verb: Option.none()
      })
      expect(error.message).toBe("command: expected a known verb")
    })
  })
})
