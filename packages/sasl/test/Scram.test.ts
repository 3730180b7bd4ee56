import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as ChannelBinding from "../src/ChannelBinding.js"
import * as Scram from "../src/Scram.js"
import type { Decoys } from "../src/ScramKeys.js"
import * as ScramKeys from "../src/ScramKeys.js"
import { scramServer } from "./scramServer.js"
import { bytes, serve, talk } from "./talk.js"

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

  describe("server", () => {
    const decoys: Decoys = {
      secret: Redacted.make(bytes("sixteen octets..")),
      iterations: 4096,
      saltLength: 12
    }
    const salts = { "SHA-1": "QSXCR+Q6sek8bf92", "SHA-256": "W22ZaJ0SNY7soEsUEjb6gQ==" }
    const nonces = { "SHA-1": "3rfcNHYJY1ZVvWVs7j", "SHA-256": "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0" }
    const made = (hash: ScramKeys.Hash) =>
      Either.getOrThrow(ScramKeys.fromPassword({
        hash,
        password: pencil,
        salt: Buffer.from(salts[hash], "base64"),
        iterations: 4096
      }))
    const keys = { "SHA-1": made("SHA-1"), "SHA-256": made("SHA-256") }
    const clients = { "SHA-1": sha1, "SHA-256": sha256 }

    const server = (hash: ScramKeys.Hash, options: Partial<Scram.ServerOptions> = {}) =>
      Scram.server({ hash, bound: false, bindings: [], nonce: nonces[hash], decoys, ...options })
    const run = (
      responses: ReadonlyArray<string | Uint8Array>,
      options: Partial<Scram.ServerOptions> = {}
    ) => serve(server("SHA-1", options), responses, { keys: { user: keys["SHA-1"] } })

    const [clientFirst, clientFinal] = [
      "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
      "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
    ]
    const rejected = { right: { at: { _tag: "Reject" } } }
    const malformed = { left: { mechanism: "SCRAM-SHA-1", reason: "Response" } }

    it("plays the example of RFC 5802 section 5", () => {
      for (const initial of [true, false]) {
        expect(
          serve(server("SHA-1"), [clientFirst, clientFinal, ""], {
            keys: { user: keys["SHA-1"] },
            initial
          })
        ).toMatchObject({
          right: {
            asked: [...(initial ? [] : [""]), first, final],
            at: {
              _tag: "Verify",
              credentials: { _tag: "Proved", authcid: "user", authzid: { _tag: "None" } },
              refusal: { _tag: "None" }
            }
          }
        })
      }
    })

    it("plays the example of RFC 7677 section 3", () => {
      const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
      expect(
        serve(server("SHA-256"), [
          "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
          `c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
          ""
        ], { keys: { user: keys["SHA-256"] } })
      ).toMatchObject({
        right: {
          asked: [
            `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
          ],
          at: { _tag: "Verify" }
        }
      })
    })

    /** A whole exchange of our client and our server. */
    const meet = (
      hash: ScramKeys.Hash,
      client: Partial<Scram.Options>,
      options: Partial<Scram.ServerOptions> = {}
    ) =>
      Either.gen(function*() {
        const mine = clients[hash](client)
        const users = { keys: { user: keys[hash] } }
        const opened = yield* talk(mine, [])
        const asked = yield* serve(server(hash, options), opened.said, users)
        if (asked.at._tag !== "Challenge") return asked.at
        const answered = yield* talk(mine, asked.asked)
        const judged = yield* serve(server(hash, options), answered.said, users)
        if (judged.at._tag !== "Challenge") return judged.at
        const done = yield* talk(mine, judged.asked)
        expect(done.success).toBe(true)
        return (yield* serve(server(hash, options), done.said, users)).at
      })

    const exporter = ChannelBinding.Bound({ type: "tls-exporter", data: Uint8Array.of(0, 1, 255) })
    const endPoint = ChannelBinding.Bound({ type: "tls-server-end-point", data: Uint8Array.of(7) })
    const bindings = [exporter, endPoint]
    const verified = { right: { _tag: "Verify" } }
    const refused = { right: { _tag: "Reject" } }

    for (const hash of ["SHA-1", "SHA-256"] as const) {
      describe(`channel binding of ${hash}`, () => {
        it("is taken of any type that the connection has", () => {
          for (const binding of bindings) {
            expect(meet(hash, { binding }, { bound: true, bindings })).toMatchObject(verified)
          }
        })

        it("is that of this connection, or the client talks to somebody else", () => {
          const elsewhere = ChannelBinding.Bound({ ...exporter, data: Uint8Array.of(9) })
          expect(meet(hash, { binding: elsewhere }, { bound: true, bindings }))
            .toMatchObject(refused)
          expect(meet(hash, { binding: exporter }, { bound: true, bindings: [endPoint] }))
            .toMatchObject(refused)
        })

        it("is what the name promises, no less and no more", () => {
          for (const binding of [ChannelBinding.Unsupported(), ChannelBinding.NotOffered()]) {
            expect(meet(hash, { binding }, { bound: true, bindings })).toMatchObject(refused)
          }
          expect(meet(hash, { binding: exporter }, { bound: false, bindings }))
            .toMatchObject(refused)
        })

        it("N15: was offered: who says that it was not has been lied to (RFC 5802 section 6)", () => {
          const binding = ChannelBinding.NotOffered()
          expect(meet(hash, { binding }, { bindings })).toMatchObject(refused)
          expect(meet(hash, { binding }, { bindings: [] })).toMatchObject(verified)
          expect(meet(hash, { binding: ChannelBinding.Unsupported() }, { bindings }))
            .toMatchObject(verified)
        })
      })

      it(`N15: ${hash} hands on whom to act as, quoted or not`, () => {
        expect(meet(hash, { authzid: "a,b=c" })).toMatchObject({
          right: {
            credentials: { _tag: "Proved", authcid: "user", authzid: Option.some("a,b=c") }
          }
        })
      })

      it(`N15: ${hash} does not show who is a user`, () => {
        const challenge = (username: string) =>
          Either.getOrThrow(
            serve(server(hash), [`n,,n=${username},r=sixteen-letters!`], {
              keys: { user: keys[hash] }
            })
          ).asked[0] ?? ""
        const like = (text: string) => text.replace(/s=[^,]+/, "s=").length
        expect(challenge("carol")).toMatch(
          /^r=sixteen-letters![^,]+,s=[A-Za-z0-9+/]{16},i=4096$/
        )
        expect(challenge("carol")).toBe(challenge("carol"))
        expect(challenge("carol")).not.toBe(challenge("dave"))
        expect(like(challenge("carol"))).toBe(like(challenge("user")))
        expect(meet(hash, { username: "carol" })).toMatchObject(refused)
      })

      it(`${hash} knows a wrong password`, () => {
        expect(meet(hash, { password: Redacted.make("pencils") })).toMatchObject(refused)
      })
    }

    it("does not take keys of another hash", () => {
      expect(
        serve(server("SHA-1"), [clientFirst, clientFinal], { keys: { user: keys["SHA-256"] } })
      ).toMatchObject(rejected)
    })

    it("looks up the prepared name", () => {
      expect(serve(server("SHA-1"), ["n,,n=us\u00ader,r=sixteen-letters!"])).toMatchObject({
        right: { at: { _tag: "Challenge" } }
      })
      const step = Either.getOrThrow(
        server("SHA-1").start(Option.some(bytes("n,,n=us\u00ader,r=sixteen-letters!")))
      )
      expect(step).toMatchObject({ _tag: "FindKeys", username: "user", hash: "SHA-1" })
    })

    for (
      const [what, message] of [
        ["another proof", clientFinal.replace("p=v0X8", "p=v1X8")],
        ["a short proof", clientFinal.replace("p=v0X8", "p=")],
        ["a longer proof", clientFinal.replace("p=v0X8", "p=AAAAv0X8")],
        ["another nonce", clientFinal.replace("3rfc", "4rfc")],
        ["the client's nonce alone", clientFinal.replace("3rfcNHYJY1ZVvWVs7j", "")],
        ["another header", clientFinal.replace("c=biws", "c=eSws")],
        ["no canonical header", clientFinal.replace("c=biws", "c=biwt")],
        ["an extension that was not signed", clientFinal.replace(",p=", ",x=y,p=")]
      ] as const
    ) {
      it(`rejects ${what}`, () => {
        expect(run([clientFirst, message])).toMatchObject(rejected)
      })
    }

    for (
      const [what, message] of [
        ["nothing", ""],
        ["no header", "n=user,r=sixteen-letters!"],
        ["half a header", "n,n=user,r=sixteen-letters!"],
        ["another flag", "x,,n=user,r=sixteen-letters!"],
        ["no type of binding", "p=,,n=user,r=sixteen-letters!"],
        ["no GS2 mechanism", "F,n,,n=user,r=sixteen-letters!"],
        ["a mandatory extension", "n,,m=new,n=user,r=sixteen-letters!"],
        ["another order", "n,,r=sixteen-letters!,n=user"],
        ["no name", "n,,n=,r=sixteen-letters!"],
        ["a name that is nothing once prepared", "n,,n=\u00ad,r=sixteen-letters!"],
        ["a name with a control", "n,,n=us\ner,r=sixteen-letters!"],
        ["a name with a bare equal sign", "n,,n=us=er,r=sixteen-letters!"],
        ["a name that is too long", `n,,n=${"x".repeat(1025)},r=sixteen-letters!`],
        ["an empty authzid", "n,a=,n=user,r=sixteen-letters!"],
        ["no nonce", "n,,n=user"],
        ["a nonce beyond ASCII", "n,,n=user,r=ä"],
        ["no UTF-8", Uint8Array.of(0x6e, 0x2c, 0x2c, 0xff)],
        ["too much", `n,,n=user,r=${"x".repeat(10_000)}`]
      ] as const
    ) {
      it(`does not begin with ${what}`, () => {
        expect(run([message])).toMatchObject(malformed)
      })
    }

    for (
      const message of [
        "",
        "c=biws",
        "c=biws,r=x",
        "p=AAAA",
        "c=biws,r=x,p=*",
        "c=biws,r=x,p=AA==,x=y"
      ]
    ) {
      it(`does not go on with ${JSON.stringify(message)}`, () => {
        expect(run([clientFirst, message])).toMatchObject(malformed)
      })
    }

    it("has no use for more behind its own proof", () => {
      expect(run([clientFirst, clientFinal, "x"])).toMatchObject(malformed)
    })

    it("passes over extensions that are optional", () => {
      expect(run(["n,,n=user,r=sixteen-letters!,x=more"])).toMatchObject({
        right: { at: { _tag: "Challenge" } }
      })
    })

    it.prop(
      "of any bytes is a step or an error, never a defect",
      [FastCheck.uint8Array({ maxLength: 60 }), FastCheck.boolean()],
      ([message, later]) => {
        expect(run(later ? [clientFirst, message] : [message])).toMatchObject(malformed)
      }
    )

    it("N19: shows no key when printed", () => {
      const printed = JSON.stringify([server("SHA-1"), run([clientFirst])])
      expect(printed).not.toContain("sixteen octets")
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
