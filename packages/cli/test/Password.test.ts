import { Keyboard } from "@effect-smtp/cli/Keyboard"
import * as Password from "@effect-smtp/cli/Password"
import { Screen } from "@effect-smtp/cli/Progress"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { platform } from "./harness.js"
import { key, typing } from "./typing.js"

const login = (user: string | null, file: string | null, variable: string | null) =>
  Password.login({
    user: Option.fromNullable(user),
    passwordFile: Option.fromNullable(file)
  }).pipe(
    Effect.map(Option.map(({ password, user }) => [user, Redacted.value(password)])),
    Effect.withConfigProvider(
      ConfigProvider.fromMap(new Map(variable === null ? [] : [["SMTP_PASSWORD", variable]]))
    )
  )

describe("Password", () => {
  describe("loginOrAsk", () => {
    const ask = (user: string | null, variable: string | null, ...typed: ReadonlyArray<string>) =>
      Effect.gen(function*() {
        const shown: Array<string> = []
        const found = yield* Password.loginOrAsk({
          user: Option.fromNullable(user),
          passwordFile: Option.none()
        }).pipe(
          Effect.map(Option.map(({ password, user }) => [user, Redacted.value(password)])),
          Effect.provideService(Keyboard, Option.some(typing(...typed, key("return", "\r")))),
          Effect.provideService(
            Screen,
            Option.some((text) => Effect.sync(() => void shown.push(text)))
          ),
          Effect.withConfigProvider(
            ConfigProvider.fromMap(new Map(variable === null ? [] : [["SMTP_PASSWORD", variable]]))
          ),
          Effect.provide(platform)
        )
        return { found, shown: shown.join("") }
      })

    it.effect("F1: asks for the password of a user that comes from nowhere, and hides it", () =>
      Effect.gen(function*() {
        const { found, shown } = yield* ask("alice", null, "sesame")
        expect(found).toEqual(Option.some(["alice", "sesame"]))
        expect(shown).toBe("Password of alice: \n")
      }))

    it.effect("does not ask for one that is there, or is nobody's", () =>
      Effect.gen(function*() {
        expect(yield* ask("alice", "variable", "sesame"))
          .toEqual({ found: Option.some(["alice", "variable"]), shown: "" })
        expect(yield* ask(null, null, "sesame")).toEqual({ found: Option.none(), shown: "" })
      }))

    it.effect("wants one", () =>
      Effect.gen(function*() {
        expect(yield* Effect.flip(ask("alice", null))).toMatchObject({
          _tag: "WrongUse",
          reason: "the password is empty"
        })
      }))
  })

  describe("login", () => {
    it.scoped("takes the file, without the line end behind it, over the variable", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const file = yield* fs.makeTempFileScoped()
        for (const end of ["", "\n", "\r\n"]) {
          yield* fs.writeFileString(file, ` open sesame ${end}`)
          expect(yield* login("alice", file, "other")).toEqual(
            Option.some(["alice", " open sesame "])
          )
        }
        yield* fs.writeFileString(file, "\n")
        expect(yield* Effect.flip(login("alice", file, "other"))).toMatchObject({
          _tag: "WrongUse"
        })
      }).pipe(Effect.provide(platform)))

    it.effect("takes the variable where there is no file", () =>
      Effect.gen(function*() {
        expect(yield* login("alice", null, "x")).toEqual(Option.some(["alice", "x"]))
        expect(yield* login(null, null, "x")).toEqual(Option.none())
        expect(yield* login(null, null, null)).toEqual(Option.none())
      }).pipe(Effect.provide(platform)))

    it.effect("fails for a user without a password, and a password without a user", () =>
      Effect.gen(function*() {
        const rows = [["alice", null, null], ["alice", null, ""], ["", null, "x"], [
          null,
          "f",
          null
        ]]
        for (const [user, file, variable] of rows) {
          expect(yield* Effect.flip(login(user, file, variable))).toMatchObject({
            _tag: "WrongUse"
          })
        }
      }).pipe(Effect.provide(platform)))
  })
})
