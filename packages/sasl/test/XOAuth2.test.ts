import { describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as XOAuth2 from "../src/XOAuth2.js"
import { talk } from "./talk.js"

const client = (username: string, token = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg") =>
  XOAuth2.client({ username, token: Redacted.make(token) })

describe("XOAuth2", () => {
  it("M19: sends the user and the token", () => {
    expect(talk(client("someuser@example.com"), [])).toMatchObject({
      right: {
        said: [
          "user=someuser@example.com\x01" +
          "auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01"
        ],
        success: true
      }
    })
  })

  it("M19: reads the error and answers it with nothing", () => {
    const error = `{"status":"401","schemes":"bearer","scope":"https://mail.google.com/"}`
    expect(talk(client("someuser@example.com"), [error])).toMatchObject({
      right: {
        said: [expect.anything(), ""],
        at: { _tag: "Concede", refusal: { status: "401" } },
        success: false
      }
    })
  })

  it("has no answer to what is no error, or to a second challenge", () => {
    for (const challenges of [["hello"], [`{"status":"401"}`, ""]]) {
      expect(talk(client("alice"), challenges)).toMatchObject({
        left: { mechanism: "XOAUTH2", reason: "Challenge" }
      })
    }
  })

  it("N15: refuses what cannot be sent, as the caller's fault", () => {
    const wrong = [client(""), client("a\x01b"), client("alice", ""), client("alice", "a\x01b")]
    for (const made of wrong) expect(made).toMatchObject({ left: { reason: "Credentials" } })
  })

  it("N19: belongs on encrypted connections, and shows no token when printed", () => {
    expect(client("alice")).toMatchObject({ right: { needsEncryption: true } })
    expect(JSON.stringify(client("alice", "ya29.secret"))).not.toContain("secret")
  })
})
