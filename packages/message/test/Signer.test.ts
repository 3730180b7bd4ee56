import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Crypto from "node:crypto"
import * as Signer from "../src/Signer.js"

const name = (text: string) =>
  Either.getOrThrow(Domain.parse(text, AddressMode.withUtf8(AddressMode.strict)))

const rsaPem = (bits: number, type: "pkcs1" | "pkcs8") =>
  Crypto.generateKeyPairSync("rsa", { modulusLength: bits }).privateKey
    .export({ format: "pem", type }).toString()

const settings = (key: string, more: Partial<Signer.Settings> = {}): Signer.Settings => ({
  domain: name("example.org"),
  selector: name("s1"),
  key: Redacted.make(key),
  ...more
})

const edPem = Crypto.generateKeyPairSync("ed25519").privateKey
  .export({ format: "pem", type: "pkcs8" }).toString()

describe("Signer", () => {
  describe("key", () => {
    it.effect("is RSA, in either of its PEM forms, or Ed25519", () =>
      Effect.gen(function*() {
        for (const type of ["pkcs1", "pkcs8"] as const) {
          const { algorithm } = yield* Signer.make(settings(rsaPem(1024, type)))
          expect(algorithm).toEqual({ _tag: "Rsa", bits: 1024 })
        }
        const { algorithm } = yield* Signer.make(settings(edPem))
        expect(algorithm).toEqual({ _tag: "Ed25519" })
      }))

    const badKey = (key: string) =>
      Effect.map(
        Effect.flip(Signer.make(settings(key))),
        (error) => error._tag === "BadKey" ? [error.reason, error.message] : [error._tag]
      )

    it.effect("is refused if it is weak, of another type, or not readable", () =>
      Effect.gen(function*() {
        expect(yield* badKey(rsaPem(768, "pkcs1")))
          .toEqual(["TooShort", "expected an RSA key of at least 1024 bits, and got one of 768"])
        const curve = Crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
        expect(yield* badKey(curve.export({ format: "pem", type: "pkcs8" }).toString()))
          .toEqual(["WrongType", "expected an RSA or an Ed25519 key, and got ec"])
        const locked = Crypto.generateKeyPairSync("ed25519").privateKey
          .export({ format: "pem", type: "pkcs8", cipher: "aes-128-cbc", passphrase: "x" })
        for (const text of ["", "x".repeat(32), locked.toString()]) {
          expect((yield* badKey(text))[0]).toBe("NotPem")
        }
      }))

    it.effect("is never shown", () =>
      Effect.map(Signer.make(settings(edPem)), (signer) => {
        expect(JSON.stringify(signer)).not.toContain(edPem.split("\n")[1])
      }))
  })

  describe("names", () => {
    it.effect("are in their ASCII form", () =>
      Effect.gen(function*() {
        const signer = yield* Signer.make(
          settings(edPem, { domain: name("bücher.example"), selector: name("2026.mail") })
        )
        expect(signer).toMatchObject({ domain: "xn--bcher-kva.example", selector: "2026.mail" })
      }))

    const badSetting = (more: Partial<Signer.Settings>) =>
      Effect.map(
        Effect.flip(Signer.make(settings(edPem, more))),
        (error) => error._tag === "BadSetting" ? error.setting : error._tag
      )

    it.effect("N10: are names and nothing else", () =>
      Effect.gen(function*() {
        expect(yield* badSetting({ domain: name("[192.0.2.1]") })).toBe("domain")
        expect(yield* badSetting({ selector: name("[192.0.2.1]") })).toBe("selector")
        for (const field of ["", "Sub ject", "From:To", "From;l=0", "X\r\nBcc", "Ünicode", "b="]) {
          expect(yield* badSetting({ fields: [field] })).toBe("fields")
          expect(yield* badSetting({ sealed: [field] })).toBe("sealed")
        }
      }))

    it.effect("are not those of fields that change on their way", () =>
      Effect.gen(function*() {
        for (const field of ["Return-Path", "received", "DKIM-Signature", "Bcc"]) {
          expect(yield* badSetting({ fields: [field] })).toBe("fields")
        }
      }))
  })

  describe("expiry", () => {
    it.effect("has an end, and not at once", () =>
      Effect.gen(function*() {
        for (const expiry of ["0 seconds", "999 millis", Infinity] as const) {
          const error = yield* Effect.flip(Signer.make(settings(edPem, { expiry })))
          expect(error).toMatchObject({ _tag: "BadSetting", setting: "expiry" })
        }
      }))
  })
})
