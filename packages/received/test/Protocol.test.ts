import { describe, expect, it } from "@effect/vitest"
import * as Protocol from "../src/Protocol.js"

/** RFC 5321, RFC 3848 and RFC 6531. */
const registered = [
  "SMTP ESMTP ESMTPA ESMTPS ESMTPSA LMTP LMTPA LMTPS LMTPSA",
  "UTF8SMTP UTF8SMTPA UTF8SMTPS UTF8SMTPSA UTF8LMTP UTF8LMTPA UTF8LMTPS UTF8LMTPSA"
].join(" ").split(" ")

describe("Protocol", () => {
  it("V8: knows every name of RFC 3848 and RFC 6531, whatever its case", () => {
    for (const name of registered) {
      for (const text of [name, name.toLowerCase()]) {
        const protocol = Protocol.fromText(text)
        expect(Protocol.is("Known")(protocol)).toBe(true)
        expect(Protocol.print(protocol)).toBe(name)
      }
    }
  })

  it("tells what the letters say", () => {
    expect(Protocol.fromText("utf8lmtpsa"))
      .toEqual(Protocol.known("UTF8LMTP", { secure: true, authenticated: true }))
    expect(Protocol.fromText("ESMTPA")).toEqual(Protocol.known("ESMTP", { authenticated: true }))
    expect(
      ["SMTPs", "ESMTPS", "ESMTPSA", "ESMTPA", "SMTP", "HTTPS"].map((name) =>
        Protocol.isSecure(Protocol.fromText(name))
      )
    ).toEqual([true, true, true, false, false, false])
  })

  it("V8: keeps any other as it was written", () => {
    for (const name of ["Microsoft SMTP Server", "local", "ESMTPX", "ESMTPAS", "", "SMTP SMTP"]) {
      expect(Protocol.is("Other")(Protocol.fromText(name))).toBe(true)
      expect(Protocol.print(Protocol.fromText(name))).toBe(name)
    }
  })

  it("takes the spelling of Exim for that of the RFC", () => {
    expect(Protocol.print(Protocol.fromText("utf8esmtpsa"))).toBe("UTF8SMTPSA")
  })

  it("does not tell names apart by their case", () => {
    const { Equivalence, fromText } = Protocol
    expect(Equivalence(fromText("http"), fromText("HTTP"))).toBe(true)
    expect(Equivalence(fromText("esmtp"), fromText("ESMTP"))).toBe(true)
    expect(Equivalence(fromText("esmtps"), fromText("ESMTPA"))).toBe(false)
  })
})
