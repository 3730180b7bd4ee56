import { describe, expect, it } from "@effect/vitest"
import * as Strength from "../src/Strength.js"

describe("Strength", () => {
  it("M14, M19: chooses among what is offered, the strongest first", () => {
    const offered = ["LOGIN", "PLAIN", "GSSAPI", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"]
    expect(Strength.choose(Strength.order, offered)).toEqual(
      ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"]
    )
    expect(Strength.choose(["LOGIN", "PLAIN", "XOAUTH2"], offered)).toEqual(["PLAIN", "LOGIN"])
    expect(Strength.choose(["PLAIN"], ["plain", "PLAINER"])).toEqual([])
  })

  it("prefers to be bound to the connection", () => {
    expect(Strength.choose(Strength.order, ["SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"])).toEqual(
      ["SCRAM-SHA-1-PLUS", "SCRAM-SHA-256"]
    )
  })
})
