import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as ChannelBinding from "../src/ChannelBinding.js"
import * as Scram from "../src/Scram.js"
import { scramServer } from "./scramServer.js"
import { bytes, talk } from "./talk.js"

const pencil = Redacted.make("pencil")

const sha1 = (options: Partial<Scram.Options> = {}) =>
  Scram.client({
    hash: "SHA-1",
    username: "user",
    password: pencil,
    nonce: "fyko+d2lbbFgONRv9qkxdawL",
    binding: ChannelBinding.Unsupported(),
    ...options
  })

const sha256 = (options: Partial<Scram.Options> = {}) =>
  sha1({ hash: "SHA-256", nonce: "rOprNGfwEbeRWgbNEkqO", ...options })

const first = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"
const final = "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="

const challengeError = { left: { _tag: "SaslError", reason: "Challenge" } }
const credentialsError = { left: { _tag: "SaslError", reason: "Credentials" } }

describe("Scram", () => {
  describe("vectors", () => {
    it("M19: plays the example of RFC 5802 section 5", () => {
      expect(talk(sha1(), [first, final])).toMatchObject({
        right: {
          said: [
            "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            ""
          ],
          at: { _tag: "Conclude" },
          success: true
        }
      })
    })

    it("M19: plays the example of RFC 7677 section 3", () => {
      const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
      expect(
        talk(sha256(), [
          `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
          "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        ])
      ).toMatchObject({
        right: {
          said: [
            "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
            `c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
            ""
          ],
          success: true
        }
      })
    })
  })

  describe("the server's proof", () => {
    it("is waited for: a success before it is none", () => {
      expect(talk(sha1(), [])).toMatchObject({ right: { success: false } })
      expect(talk(sha1(), [first])).toMatchObject({ right: { success: false } })
    })

    for (
      const [what, message] of [
        ["another signature", "v=AAAAqV8S7suAoZWja4dJRkFsKQAAAA="],
        ["one bit off", "v=rmF9pqV8S7suAoZWja4dJRkFsKU="],
        ["a part of it", "v=rmF9pqV8"],
        ["nothing", ""],
        ["an empty signature", "v="],
        ["no base64", "v=***"],
        ["the client's first again", first],
        ["no UTF-8", Uint8Array.of(0x76, 0x3d, 0xff)]
      ] as const
    ) {
      it(`is not ${what}`, () => {
        expect(talk(sha1(), [first, message])).toMatchObject(challengeError)
      })
    }

    it("may be followed by extensions", () => {
      expect(talk(sha1(), [first, `${final},x=more`])).toMatchObject({ right: { success: true } })
    })

    it("is the end", () => {
      expect(talk(sha1(), [first, final, final])).toMatchObject(challengeError)
    })
  })

  describe("a refusal", () => {
    it("is kept, answered with nothing, and no success", () => {
      expect(talk(sha1(), [first, "e=invalid-proof"])).toMatchObject({
        right: {
          at: { _tag: "Concede", refusal: { _tag: "Scram", error: "invalid-proof" } },
          success: false
        }
      })
      expect(talk(sha1(), [first, "e=a\u001b[2Jb"])).toMatchObject({
        right: { at: { refusal: { error: "other-error" } } }
      })
    })
  })

  describe("the server's first message", () => {
    const nonce = "fyko+d2lbbFgONRv9qkxdawL"
    for (
      const [what, message] of [
        ["a nonce of its own", "r=3rfcNHYJY1ZVvWVs7jfyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6,i=4096"],
        ["the client's nonce alone", `r=${nonce},s=QSXCR+Q6,i=4096`],
        ["a nonce with a space", `r=${nonce} x,s=QSXCR+Q6,i=4096`],
        ["4095 iterations", `r=${nonce}x,s=QSXCR+Q6,i=4095`],
        ["600001 iterations", `r=${nonce}x,s=QSXCR+Q6,i=600001`],
        ["iterations without end", `r=${nonce}x,s=QSXCR+Q6,i=99999999999999999999`],
        ["iterations with a sign", `r=${nonce}x,s=QSXCR+Q6,i=+4096`],
        ["no iterations", `r=${nonce}x,s=QSXCR+Q6`],
        ["no salt", `r=${nonce}x,i=4096`],
        ["an empty salt", `r=${nonce}x,s=,i=4096`],
        ["a salt that is no base64", `r=${nonce}x,s=!!!!,i=4096`],
        ["another order", `s=QSXCR+Q6,r=${nonce}x,i=4096`],
        ["a mandatory extension", `m=new,r=${nonce}x,s=QSXCR+Q6,i=4096`],
        ["what is no attribute", `r=${nonce}x,s=QSXCR+Q6,i=4096,extension`],
        ["nothing", ""]
      ] as const
    ) {
      it(`has not ${what}`, () => {
        expect(talk(sha1(), [message])).toMatchObject(challengeError)
      })
    }

    it("may have optional extensions", () => {
      const message = `r=${nonce}x,s=QSXCR+Q6,i=4096,t=anything=at all`
      expect(talk(sha1(), [message])).toMatchObject({ right: { at: { _tag: "Respond" } } })
    })

    it.prop(
      "of any bytes is an answer or an error, never a defect",
      [FastCheck.uint8Array({ maxLength: 60 })],
      ([message]) => {
        expect(talk(sha1(), [message])).toMatchObject(challengeError)
      }
    )
  })

  describe("channel binding", () => {
    const server = scramServer({
      hash: "sha256",
      password: "pencil",
      salt: Buffer.from("salt of sixteen."),
      iterations: 4096
    })
    const data = Uint8Array.from([0, 1, 2, 255])

    /** What an independent server makes of the client, seeing that channel. */
    const judge = (binding: ChannelBinding.ChannelBinding, channel: Uint8Array) => {
      const opening = Either.getOrThrow(talk(sha256({ binding }), [])).said[0] ?? ""
      const started = server.first(opening, "server")
      const { said } = Either.getOrThrow(talk(sha256({ binding }), [started.text]))
      const header = /^[^,]*,[^,]*,/.exec(opening)?.[0] ?? ""
      const channelBinding = Buffer.concat([Buffer.from(header), channel])
      const proof = server.final(started, said[1] ?? "", channelBinding)
      const outcome = proof === undefined
        ? undefined
        : Either.getOrThrow(talk(sha256({ binding }), [started.text, proof])).success
      return { header, outcome }
    }

    for (const type of ["tls-exporter", "tls-server-end-point"] as const) {
      it(`M19: ${type} is named, and its data signed`, () => {
        const binding = ChannelBinding.Bound({ type, data })
        expect(judge(binding, data)).toEqual({ header: `p=${type},,`, outcome: true })
        expect(judge(binding, Uint8Array.of(1)).outcome).toBe(undefined)
      })
    }

    it("says that it could be, or not", () => {
      const none = new Uint8Array()
      expect(judge(ChannelBinding.NotOffered(), none)).toEqual({ header: "y,,", outcome: true })
      expect(judge(ChannelBinding.Unsupported(), none)).toEqual({ header: "n,,", outcome: true })
    })

    it("is in the name", () => {
      const bound = ChannelBinding.Bound({ type: "tls-exporter", data })
      expect(sha1({ binding: bound })).toMatchObject({ right: { name: "SCRAM-SHA-1-PLUS" } })
      expect(sha256({ binding: bound })).toMatchObject({ right: { name: "SCRAM-SHA-256-PLUS" } })
      expect(sha256()).toMatchObject({ right: { name: "SCRAM-SHA-256", needsEncryption: false } })
    })
  })

  describe("credentials", () => {
    it("quotes commas and equal signs", () => {
      expect(talk(sha1({ username: "a,b=c", authzid: "=," }), [])).toMatchObject({
        right: { said: ["n,a==3D=2C,n=a=2Cb=3Dc,r=fyko+d2lbbFgONRv9qkxdawL"] }
      })
    })

    it("prepares names and passwords (RFC 4013 section 3)", () => {
      const name = (username: string) => Either.map(talk(sha1({ username }), []), (_) => _.said[0])
      const sent = (username: string) => Either.right(`n,,n=${username},r=fyko+d2lbbFgONRv9qkxdawL`)
      expect(name("I\u00adX")).toEqual(sent("IX"))
      expect(name("USER")).toEqual(sent("USER"))
      expect(name("\u00aa")).toEqual(sent("a"))
      expect(name("\u2168")).toEqual(sent("IX"))
      expect(name("\u0007")).toMatchObject(credentialsError)
      expect(name("\u0627\u0031")).toMatchObject(credentialsError)

      const withPassword = (password: string) =>
        talk(sha1({ password: Redacted.make(password) }), [first, final])
      expect(withPassword("pen\u00adcil")).toMatchObject({ right: { success: true } })
      expect(withPassword("\u0007")).toMatchObject(credentialsError)
    })

    it("N15: refuses what cannot be sent, as the caller's fault", () => {
      const wrong: ReadonlyArray<Partial<Scram.Options>> = [
        { username: "" },
        { username: "\u00ad" },
        { username: "us\0er" },
        { username: "x".repeat(1025) },
        { username: "\ud800" },
        { password: Redacted.make("") },
        { password: Redacted.make("\u00ad") },
        { password: Redacted.make("x".repeat(1025)) },
        { authzid: "" },
        { authzid: "a\nb" },
        { nonce: "" },
        { nonce: "fifteen-letters" },
        { nonce: "sixteen,letters!" },
        { nonce: "sixteen letters!" }
      ]
      for (const options of wrong) expect(sha1(options)).toMatchObject(credentialsError)
    })

    it("N19: shows no secret when printed", () => {
      const made = sha1({ password: Redacted.make("hunter2") })
      const talked = talk(made, [first])
      expect(JSON.stringify([made, Either.map(talked, (_) => _.at)])).not.toContain("hunter2")
    })
  })

  it.prop(
    "an independent server accepts the client, and the client it",
    [
      FastCheck.constantFrom("sha1" as const, "sha256" as const),
      FastCheck.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 20 }),
      FastCheck.uint8Array({ minLength: 1, maxLength: 24 })
    ],
    ([hash, password, salt]) => {
      const server = scramServer({ hash, password, salt: Buffer.from(salt), iterations: 4096 })
      const made = sha1({
        hash: hash === "sha1" ? "SHA-1" : "SHA-256",
        password: Redacted.make(password)
      })
      const opening = Either.getOrThrow(talk(made, [])).said[0] ?? ""
      const started = server.first(opening, "abc")
      const { said } = Either.getOrThrow(talk(made, [started.text]))
      const proof = server.final(started, said[1] ?? "", Buffer.from("n,,"))
      expect(talk(made, [started.text, bytes(proof ?? "")])).toMatchObject({
        right: { success: true }
      })
    },
    { fastCheck: { numRuns: 10 } }
  )
})
