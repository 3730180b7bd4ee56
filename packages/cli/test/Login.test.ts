import * as Login from "@effect-smtp/cli/Login"
import * as Credentials from "@effect-smtp/client/Credentials"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { platform, workshop } from "./harness.js"

interface Given {
  readonly user?: string
  readonly passwordFile?: string
  readonly tokenFile?: string
  readonly clientCert?: string
  readonly clientKey?: string
  readonly auth?: Login.Mechanism
}

const flags = (given: Given): Login.Flags => ({
  user: Option.fromNullable(given.user),
  passwordFile: Option.fromNullable(given.passwordFile),
  tokenFile: Option.fromNullable(given.tokenFile),
  clientCert: Option.fromNullable(given.clientCert),
  clientKey: Option.fromNullable(given.clientKey),
  auth: Option.fromNullable(given.auth)
})

const credentials = (given: Given, variables: Readonly<Record<string, string>> = {}) =>
  Login.credentials(flags(given)).pipe(
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
    Effect.provide(platform)
  )

const both = { SMTP_PASSWORD: "sesame", SMTP_TOKEN: "t0ken" }

describe("Login", () => {
  describe("credentials", () => {
    it.effect("is nobody's without a user and a mechanism, whatever the variables say", () =>
      Effect.gen(function*() {
        expect(yield* credentials({}, both)).toEqual(Option.none())
      }))

    it.effect("takes a user's password before its token, for any mechanism", () =>
      Effect.gen(function*() {
        const name = { user: "alice" }
        expect(Option.getOrThrow(yield* credentials(name, both))).toMatchObject({
          _tag: "Password",
          username: "alice",
          mechanisms: Credentials.passwordMechanisms
        })
        expect(Option.getOrThrow(yield* credentials(name, { SMTP_TOKEN: "t" }))).toMatchObject({
          _tag: "Token",
          username: "alice",
          mechanisms: Credentials.tokenMechanisms
        })
      }))

    it.scoped("reads the token from its file, without the line end behind it", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const tokenFile = yield* fs.makeTempFileScoped()
        yield* fs.writeFileString(tokenFile, "from.the.file\n")
        const login = Option.getOrThrow(yield* credentials({ user: "alice", tokenFile }, both))
        if (login._tag !== "Token") return expect.unreachable()
        expect(Redacted.value(yield* login.tokens.get)).toBe("from.the.file")
      }).pipe(Effect.provide(platform)))

    it.effect("M19: allows only the mechanism that is named, whichever it is", () =>
      Effect.gen(function*() {
        for (const auth of Login.mechanisms) {
          const login = yield* credentials({ user: "alice", auth, clientCert: "cert.pem" }, both)
          expect(Credentials.mechanisms(Option.getOrThrow(login))).toEqual([auth])
        }
      }))

    it.effect("needs no user where the mechanism needs none, and passes one on", () =>
      Effect.gen(function*() {
        const given = { auth: "ANONYMOUS" } as const
        expect(Option.getOrThrow(yield* credentials(given))).toEqual(
          Credentials.Anonymous({ trace: Option.none() })
        )
        expect(
          Option.getOrThrow(
            yield* credentials({ auth: "EXTERNAL", user: "alice", clientCert: "cert.pem" })
          )
        ).toEqual(Credentials.External({ authzid: Option.some("alice") }))
      }))

    const wrong: ReadonlyArray<readonly [Given, string]> = [
      [{ auth: "SCRAM-SHA-256" }, "no --user"],
      [{ auth: "XOAUTH2" }, "no --user"],
      [{ auth: "XOAUTH2", user: "alice" }, "SMTP_TOKEN"],
      [{ auth: "PLAIN", user: "alice" }, "SMTP_PASSWORD"],
      [{ user: "alice" }, "SMTP_PASSWORD"],
      [{ passwordFile: "x" }, "no --user"],
      [{ user: "alice", passwordFile: "x", tokenFile: "y" }, "--token-file"],
      [{ auth: "PLAIN", user: "alice", tokenFile: "x" }, "--token-file"],
      [{ auth: "OAUTHBEARER", user: "alice", passwordFile: "x" }, "--password-file"],
      [{ auth: "ANONYMOUS", passwordFile: "x" }, "--password-file"],
      [{ auth: "EXTERNAL", user: "alice" }, "--client-cert"]
    ]
    it.effect.each(wrong)("is wrong use for %j", ([given, part]) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(credentials(given))
        expect(error._tag).toBe("WrongUse")
        expect(error.message).toContain(part)
      }))
  })

  describe("identity", () => {
    it.scoped("is a certificate with its own key, or none", () =>
      Effect.gen(function*() {
        const { cert, key } = yield* workshop
        const other = yield* workshop
        const of = (given: Given) => Login.identity(flags(given))
        expect(yield* of({})).toEqual(Option.none())
        expect(Option.isSome(yield* of({ clientCert: cert, clientKey: key }))).toBe(true)
        expect(yield* Effect.flip(of({ clientCert: cert }))).toMatchObject({ _tag: "WrongUse" })
        expect(yield* Effect.flip(of({ clientKey: key }))).toMatchObject({ _tag: "WrongUse" })
        expect(yield* Effect.flip(of({ clientCert: cert, clientKey: other.key }))).toMatchObject({
          _tag: "BadFile"
        })
      }).pipe(Effect.provide(platform)))
  })
})
