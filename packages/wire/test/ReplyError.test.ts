import { describe, expect, it } from "@effect/vitest"
import * as ReplyError from "../src/ReplyError.js"

describe("ReplyError", () => {
  describe("message", () => {
    it("says in which line, and what was expected", () => {
      const messages = [
        ReplyError.BadCode({ found: "HTTP/1.1" }),
        ReplyError.CodeChanged({ first: 250, found: 251 }),
        ReplyError.LineTooLong({ limit: 512 }),
        ReplyError.TooManyLines({ limit: 128 }),
        ReplyError.TooLarge({ limit: 65536 }),
        ReplyError.Incomplete(),
        ReplyError.Trailing()
      ].map((reason) => new ReplyError.ReplyError({ reason, line: 2 }).message)
      expect(messages).toEqual([
        "reply, line 2: expected a code from 200 to 599, got \"HTTP/1.1\"",
        "reply, line 2: expected code 250 on every line, got 251",
        "reply, line 2: expected lines of at most 512 octets",
        "reply, line 2: expected at most 128 lines",
        "reply, line 2: expected at most 65536 octets",
        "reply, line 2: expected more lines",
        "reply, line 2: expected nothing after the last line"
      ])
    })
  })
})
