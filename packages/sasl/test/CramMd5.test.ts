import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Crypto from "node:crypto"
import * as CramMd5 from "../src/CramMd5.js"
import { serve, talk } from "./talk.js"

const client = (username: string, password: string) =>
  CramMd5.client({ username, password: Redacted.make(password) })

describe("CramMd5", () => {
  it("M19: plays the example of RFC 2195 section 2", () => {
    const challenge = "<1896.697170952@postoffice.reston.mci.net>"
    expect(talk(client("tim", "tanstaaftanstaaf"), [challenge])).toMatchObject({
      right: {
        said: ["tim b913a602c7eda7a495b4e6e7334d3890"],
        at: { _tag: "Conclude" },
        success: true
      }
    })
  })

  it.prop(
    "answers with the HMAC-MD5 of the challenge",
    [FastCheck.stringMatching(/^[a-z]{1,100}$/), FastCheck.uint8Array({ minLength: 1 })],
    ([password, challenge]) => {
      const digest = Crypto.createHmac("md5", password).update(challenge).digest("hex")
      expect(talk(client("tim", password), [challenge])).toMatchObject({
        right: { said: [`tim ${digest}`] }
      })
    }
  )

  it("waits for the challenge: a success before it is none", () => {
    expect(talk(client("tim", "secret"), [])).toMatchObject({ right: { said: [], success: false } })
  })

  it("has no answer to an empty challenge, or to a second one", () => {
    for (const challenges of [[""], ["<1@x>", "<2@x>"]]) {
      expect(talk(client("tim", "secret"), challenges)).toMatchObject({
        left: { mechanism: "CRAM-MD5", reason: "Challenge" }
      })
    }
  })

  it("N15: refuses what cannot be sent, as the caller's fault", () => {
    for (const [name, word] of [["", "x"], ["t\nim", "x"], ["tim", ""], ["tim", "a\0b"]] as const) {
      expect(client(name, word)).toMatchObject({ left: { reason: "Credentials" } })
    }
  })

  it("does not show the secret to who listens, nor when printed", () => {
    const made = client("tim", "hunter2")
    expect(made).toMatchObject({ right: { needsEncryption: false } })
    expect(JSON.stringify([made, talk(made, ["<1@x>"])])).not.toContain("hunter2")
  })

  describe("server", () => {
    const challenge = "<1896.697170952@postoffice.reston.mci.net>"
    const passwords = { tim: "tanstaaftanstaaf", "two words": "x", nobody: "" }
    const answered = (response: string | Uint8Array, rest: ReadonlyArray<string> = []) =>
      serve(CramMd5.server(challenge), [response, ...rest], { passwords, initial: false })
    const digest = (password: string) =>
      Crypto.createHmac("md5", password).update(challenge).digest("hex")

    it("plays the example of RFC 2195 section 2", () => {
      expect(answered("tim b913a602c7eda7a495b4e6e7334d3890")).toMatchObject({
        right: {
          asked: [challenge],
          at: {
            _tag: "Verify",
            credentials: { _tag: "Proved", authcid: "tim", authzid: { _tag: "None" } },
            refusal: { _tag: "None" }
          }
        }
      })
    })

    it("takes names with spaces, and digits of either case", () => {
      expect(answered(`two words ${digest("x").toUpperCase()}`)).toMatchObject({
        right: { at: { _tag: "Verify", credentials: { authcid: "two words" } } }
      })
    })

    it("N15: says the same of a wrong password, another's, and no user at all", () => {
      for (
        const response of [
          `tim ${digest("Tanstaaftanstaaf")}`,
          `tim ${digest("x")}`,
          `tim ${"0".repeat(32)}`,
          `carol ${digest("x")}`,
          `carol ${digest("")}`,
          `nobody ${digest("")}`
        ]
      ) {
        expect(answered(response)).toMatchObject({ right: { at: { _tag: "Reject" } } })
      }
    })

    it("N15: refuses what is no answer", () => {
      for (
        const response of [
          "",
          "tim",
          ` ${digest("x")}`,
          digest("x"),
          `tim${digest("x")}`,
          `tim ${digest("x")} `,
          `tim ${digest("x").slice(1)}`,
          `tim ${digest("x")}0`,
          `t\nim ${digest("x")}`,
          `t\0im ${digest("x")}`,
          `${"t".repeat(1025)} ${digest("x")}`,
          Uint8Array.of(0xff, 0x20)
        ]
      ) {
        expect(answered(response)).toMatchObject({
          left: { mechanism: "CRAM-MD5", reason: "Response" }
        })
      }
      expect(serve(CramMd5.server(challenge), [`tim ${digest("x")}`], { passwords }))
        .toMatchObject({ left: { reason: "Response", expected: "no initial response" } })
    })

    it.prop(
      "of any bytes is a step or an error, never a defect",
      [FastCheck.uint8Array()],
      ([response]) => {
        expect(answered(response)).not.toMatchObject({ right: { at: { _tag: "Verify" } } })
      }
    )
  })
})
