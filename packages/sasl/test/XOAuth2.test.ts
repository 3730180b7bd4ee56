import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as XOAuth2 from "../src/XOAuth2.js"
import { serve, talk } from "./talk.js"

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

  describe("server", () => {
    const read = (message: string | Uint8Array) => serve(XOAuth2.server({}), [message])

    it("reads what the client sends", () => {
      const [message = ""] = Either.getOrThrow(talk(client("someuser@example.com"), [])).said
      const { at } = Either.getOrThrow(serve(XOAuth2.server({}), [message], { initial: false }))
      if (at._tag !== "Verify" || at.credentials._tag !== "Token") return expect.unreachable()
      expect(at.credentials.authzid).toMatchObject({ value: "someuser@example.com" })
      expect(Redacted.value(at.credentials.token))
        .toBe("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
    })

    it("tells the reason of a refusal so that the client understands it", () => {
      const scope = "https://mail.example/"
      const { at } = Either.getOrThrow(
        serve(XOAuth2.server({ scope }), ["user=a\x01auth=Bearer x\x01\x01"])
      )
      if (at._tag !== "Verify" || at.refusal._tag !== "Some") return expect.unreachable()
      expect(talk(client("a"), [at.refusal.value])).toMatchObject({
        right: { at: { _tag: "Concede", refusal: { status: "401", scope: { value: scope } } } }
      })
    })

    it("takes the word Bearer in any case, and keys it does not know", () => {
      expect(read("auth=bearer abc\x01user=a\x01new=\x01\x01")).toMatchObject({
        right: { at: { _tag: "Verify" } }
      })
    })

    it("N15: refuses what is not of the mechanism", () => {
      for (
        const message of [
          "",
          "\x01\x01",
          "user=a\x01\x01",
          "auth=Bearer abc\x01\x01",
          "user=\x01auth=Bearer abc\x01\x01",
          "user=a\nb\x01auth=Bearer abc\x01\x01",
          "user=a\x01auth=Bearer abc\x01",
          "user=a\x01user=b\x01auth=Bearer abc\x01\x01",
          "user=a\x01auth=Basic abc\x01\x01",
          "user=a\x01auth=Bearer \x01\x01",
          "user=a\x01auth=Bearer a b\x01\x01",
          `user=a\x01auth=Bearer ${"x".repeat(8193)}\x01\x01`,
          "user=a\x01=\x01auth=Bearer abc\x01\x01",
          "x".repeat(20_000),
          Uint8Array.of(0xff)
        ]
      ) {
        expect(read(message)).toMatchObject({ left: { mechanism: "XOAUTH2", reason: "Response" } })
      }
    })

    it.prop(
      "of any bytes is an error, never a defect",
      [FastCheck.uint8Array()],
      ([message]) => {
        expect(read(message)).toMatchObject({ left: { reason: "Response" } })
      }
    )
  })
})
