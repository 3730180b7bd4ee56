import * as Tls from "@effect-smtp/flow/Tls"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Script from "../src/Script.js"

describe("Script", () => {
  describe("pattern", () => {
    it("takes a text word for word", () => {
      const pattern = Script.pattern("QUIT")
      expect(Script.fits(pattern, "QUIT")).toBe(true)
      expect(Script.fits(pattern, "quit")).toBe(false)
      expect(Script.fits(pattern, "QUIT ")).toBe(false)
    })

    it("searches for an expression, the same way every time", () => {
      const pattern = Script.pattern(/^MAIL FROM:/g)
      for (let time = 0; time < 3; time++) {
        expect(Script.fits(pattern, "MAIL FROM:<a@b>")).toBe(true)
        expect(Script.fits(pattern, "RCPT TO:<a@b>")).toBe(false)
      }
    })

    it("takes a test with a name", () => {
      const long = Script.Pattern.Matching({ name: "a long line", test: (_) => _.length > 3 })
      expect(Script.pattern(long)).toBe(long)
      expect(Script.fits(long, "QUIT")).toBe(true)
      expect(Script.fits(Script.anything, "")).toBe(true)
    })
  })

  describe("printStep", () => {
    it("says every step in words, with nothing invisible", () => {
      const script: Script.Script = [
        Script.send("250-mx", "250 SIZE"),
        Script.sendBytes(Uint8Array.of(0, 97, 255, 127)),
        Script.expect("EHLO\tx"),
        Script.expect(/^MAIL/i),
        Script.expectBytes(new Uint8Array(201)),
        Script.skipBytes(7),
        Script.expectData(),
        Script.expectEnd,
        Script.startTls(Tls.client({ serverName: "mx" })),
        Script.pause("5 seconds"),
        Script.wait("the other client", Effect.void),
        Script.close,
        Script.reset
      ]
      expect(script.map(Script.printStep)).toEqual([
        "send \"250-mx\", \"250 SIZE\"",
        "send bytes \"\\u0000aÿ\\u007f\"",
        "expect \"EHLO\\tx\"",
        "expect /^MAIL/i",
        `expect bytes "${"\\u0000".repeat(200)}" and 1 bytes more`,
        "skip 7 bytes",
        "expect message data anything",
        "expect the end",
        "start TLS as the client",
        "wait for 5s",
        "wait for the other client",
        "close",
        "reset"
      ])
    })
  })
})
