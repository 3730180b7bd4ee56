import * as Settings from "@effect-smtp/cli/Settings"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { platform, workshop } from "./harness.js"

/** What variables there are with a file of this text, in this environment. */
const reading = (text: string, environment: ReadonlyArray<readonly [string, string]> = []) =>
  Effect.gen(function*() {
    const { directory } = yield* workshop
    const fs = yield* FileSystem.FileSystem
    const file = `${directory}/settings`
    yield* fs.writeFileString(file, text)
    const read = Effect.all([
      Settings.orVariable(Option.none(), "SMTP_SENDER"),
      Effect.orDie(Config.option(Config.redacted("SMTP_PASSWORD")))
    ])
    const [sender, password] = yield* Settings.within(Option.some(file))(read).pipe(
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(environment)))
    )
    return { sender: Option.getOrNull(sender), hasPassword: Option.isSome(password) }
  }).pipe(Effect.scoped, Effect.provide(platform))

describe("Settings", () => {
  describe("within", () => {
    it.effect("reads lines and JSON alike", () =>
      Effect.gen(function*() {
        const lines = yield* reading(
          "# mine\nSMTP_SENDER=a@b.example\nexport SMTP_PASSWORD='p q'\n"
        )
        const json = yield* reading(
          "\n{\"SMTP_SENDER\": \"a@b.example\", \"SMTP_PASSWORD\": 12345, \"SMTP_OTHER\": true}"
        )
        for (const found of [lines, json]) {
          expect(found).toEqual({ sender: "a@b.example", hasPassword: true })
        }
      }))

    it.effect("lets the file decide over the environment, variable by variable", () =>
      Effect.gen(function*() {
        const environment = [["SMTP_SENDER", "e@b.example"], ["SMTP_PASSWORD", "x"]] as const
        expect(yield* reading("SMTP_SENDER=f@b.example", environment))
          .toEqual({ sender: "f@b.example", hasPassword: true })
        expect(yield* reading("", environment)).toMatchObject({ sender: "e@b.example" })
      }))

    it.effect("does not tell what is in a file that cannot be read", () =>
      Effect.gen(function*() {
        for (const text of ["{\"SMTP_PASSWORD\": sesame}", "{\"SMTP_PASSWORD\": [\"sesame\"]}"]) {
          const error = yield* Effect.flip(reading(text))
          expect(error._tag).toBe("BadFile")
          expect(error.message).not.toContain("sesame")
          expect(error.message).toContain("expected lines of NAME=VALUE, or a JSON object")
        }
      }))
  })

  describe("orVariable", () => {
    it.effect("prefers the flag", () =>
      Effect.gen(function*() {
        const sender = yield* Settings.orVariable(Option.some("flag"), "SMTP_SENDER").pipe(
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["SMTP_SENDER", "variable"]])))
        )
        expect(sender).toEqual(Option.some("flag"))
      }))

    it.effect("finds none in an empty variable, and so the null sender only in the flag", () =>
      Effect.gen(function*() {
        for (const [flag, found] of [[Option.none(), null], [Option.some(""), ""]] as const) {
          const sender = yield* Settings.orVariable(flag, "SMTP_SENDER").pipe(
            Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["SMTP_SENDER", ""]])))
          )
          expect(Option.getOrNull(sender)).toBe(found)
        }
      }))
  })
})
