import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as OAuthBearer from "../src/OAuthBearer.js"
import { serve, talk } from "./talk.js"

const token = Redacted.make("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")
const decoded = (base64: string) => Either.getOrThrow(Encoding.decodeBase64String(base64))

const alice = (options: Partial<OAuthBearer.Options> = {}) =>
  OAuthBearer.client({ authzid: "user@example.com", token, ...options })

describe("OAuthBearer", () => {
  it("M19: sends the message of RFC 7628 section 4.1", () => {
    const host = "server.example.com"
    const imap =
      "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9" +
      "QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
    const smtp =
      "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9" +
      "QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
    expect(decoded(imap)).toContain("port=143\x01auth=Bearer ")
    const rfcToken = Redacted.make(/Bearer ([^\x01]*)/.exec(decoded(smtp))?.[1] ?? "")
    for (const [port, message] of [[143, imap], [587, smtp]] as const) {
      expect(talk(alice({ host, port, token: rfcToken }), [])).toMatchObject({
        right: { said: [decoded(message)], success: true }
      })
    }
  })

  it("leaves out what is not given, and quotes names", () => {
    expect(talk(OAuthBearer.client({ token: Redacted.make("abc") }), [])).toMatchObject({
      right: { said: ["n,,\x01auth=Bearer abc\x01\x01"] }
    })
    expect(talk(alice({ authzid: "a,b=c", token: Redacted.make("abc") }), [])).toMatchObject({
      right: { said: ["n,a=a=2Cb=3Dc,\x01auth=Bearer abc\x01\x01"] }
    })
  })

  it("M19: reads the errors of RFC 7628 sections 4.3 and 4.4, and answers as told there", () => {
    const imap =
      "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NvcGUiOiJleGFtcGxlX3Njb3BlIiwib3BlbmlkLWNv" +
      "bmZpZ3VyYXRpb24iOiJodHRwczovL2V4YW1wbGUuY29tLy53ZWxsLWtub3duL29wZW5pZC1jb25maWd1cmF0aW9uIn0="
    expect(talk(alice(), [decoded(imap)])).toMatchObject({
      right: {
        at: {
          _tag: "Concede",
          refusal: {
            _tag: "OAuth",
            status: "invalid_token",
            scope: Option.some("example_scope"),
            openidConfiguration: Option.some(
              "https://example.com/.well-known/openid-configuration"
            )
          }
        },
        success: false
      }
    })
    const smtp =
      "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NoZW1lcyI6ImJlYXJlciBtYWMiLCJzY29wZSI6Imh0" +
      "dHBzOi8vbWFpbC5leGFtcGxlLmNvbS8ifQ=="
    expect(Either.map(talk(alice(), [decoded(smtp)]), ({ said }) => said[1])).toEqual(
      Either.right("\x01")
    )
  })

  it("has no answer to what is no error, or to a second challenge", () => {
    for (const challenges of [[""], ["[]"], ["{"], [`{"status":"x"}`, `{"status":"x"}`]]) {
      expect(talk(alice(), challenges)).toMatchObject({
        left: { mechanism: "OAUTHBEARER", reason: "Challenge" }
      })
    }
  })

  it("N15: refuses what cannot be sent, as the caller's fault", () => {
    const wrong: ReadonlyArray<Partial<OAuthBearer.Options>> = [
      { authzid: "" },
      { authzid: "a\x01b" },
      { host: "a\x01auth=Bearer x" },
      { port: 0 },
      { port: 1.5 },
      { port: 65_536 },
      ...["", "a b", "a\x01", "a\r\nb", "=a", "é", "x".repeat(8193)].map((text) => ({
        token: Redacted.make(text)
      }))
    ]
    for (const options of wrong) {
      expect(alice(options)).toMatchObject({ left: { reason: "Credentials" } })
    }
  })

  it("N19: belongs on encrypted connections, and shows no token when printed", () => {
    expect(alice()).toMatchObject({ right: { needsEncryption: true } })
    expect(JSON.stringify(alice())).not.toContain("vF9dft4")
  })

  describe("server", () => {
    const read = (message: string | Uint8Array) => serve(OAuthBearer.server({}), [message])

    it("reads the message of RFC 7628 section 4.1", () => {
      const { at } = Either.getOrThrow(read(decoded(
        "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9" +
          "QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
      )))
      if (at._tag !== "Verify" || at.credentials._tag !== "Token") return expect.unreachable()
      expect(at.credentials.authzid).toEqual(Option.some("user@example.com"))
      expect(Redacted.value(at.credentials.token)).toMatch(/^vF9dft4qmTc2N.*==$/)
    })

    it("reads names with commas and equal signs, and none", () => {
      for (const authzid of ["a,b=c", "=2C", undefined]) {
        const made = alice({ ...(authzid === undefined ? {} : { authzid }) })
        const own = authzid === undefined ? OAuthBearer.client({ token }) : made
        const [message = ""] = Either.getOrThrow(talk(own, [])).said
        expect(read(message)).toMatchObject({
          right: { at: { credentials: { authzid: Option.fromNullable(authzid) } } }
        })
      }
    })

    it("tells the reason of a refusal so that the client understands it (section 3.2.2)", () => {
      const said = { scope: "mail", openidConfiguration: "https://example.com/.well-known/x" }
      const { at } = Either.getOrThrow(
        serve(OAuthBearer.server(said), ["n,,\x01auth=Bearer x\x01\x01"])
      )
      if (at._tag !== "Verify" || at.refusal._tag !== "Some") return expect.unreachable()
      expect(JSON.parse(new TextDecoder().decode(at.refusal.value))).toEqual({
        status: "invalid_token",
        scope: said.scope,
        "openid-configuration": said.openidConfiguration
      })
      expect(talk(alice(), [at.refusal.value])).toMatchObject({
        right: { said: [expect.anything(), "\x01"], at: { refusal: { status: "invalid_token" } } }
      })
    })

    it("N15: refuses what is not of the mechanism", () => {
      for (
        const message of [
          "",
          "n,,",
          "n,\x01auth=Bearer x\x01\x01",
          "n,,auth=Bearer x\x01\x01",
          "p=tls-exporter,,\x01auth=Bearer x\x01\x01",
          "x,,\x01auth=Bearer x\x01\x01",
          "F,n,,\x01auth=Bearer x\x01\x01",
          "n,a=,\x01auth=Bearer x\x01\x01",
          "n,a==,\x01auth=Bearer x\x01\x01",
          "n,b=x,\x01auth=Bearer x\x01\x01",
          "n,a=x\ny,\x01auth=Bearer x\x01\x01",
          "n,,\x01host=x\x01\x01",
          "n,,\x01auth=Bearer x\x01auth=Bearer x\x01\x01",
          "n,,\x01auth=x\x01\x01"
        ]
      ) {
        expect(read(message)).toMatchObject({
          left: { mechanism: "OAUTHBEARER", reason: "Response" }
        })
      }
    })
  })
})
