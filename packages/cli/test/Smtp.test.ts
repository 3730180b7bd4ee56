import * as Smtp from "@effect-smtp/cli/Smtp"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { platform, smtp } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

const commands = ["serve", "send", "lint", "probe", "trace", "hash-password"]

describe("Smtp", () => {
  it.effect("says its version, which is the package's", () =>
    on(Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const manifest = new URL("../package.json", import.meta.url).pathname
      const { code, out } = yield* smtp(["--version"])
      expect(code).toBe(0)
      expect(out).toContain(Smtp.version)
      expect(JSON.parse(yield* fs.readFileString(manifest)).version).toBe(Smtp.version)
    })))

  it.effect.each([[], ...commands.map((name) => [name])])(
    "explains itself: %j --help",
    (words) =>
      on(Effect.gen(function*() {
        const { code, err, out } = yield* smtp([...words, "--help"])
        const text = out.join("\n")
        expect(code).toBe(0)
        expect(err).toEqual([])
        expect(text).toContain("EXIT CODES")
        expect(text).toContain(["$", words[0] ?? "smtp"].join(" "))
      }))
  )

  it.effect.each(["bash", "zsh", "fish"])(
    "completes every command and its flags in %s",
    (shell) =>
      on(Effect.gen(function*() {
        const { code, err, out } = yield* smtp(["--completions", shell])
        const script = out.join("\n")
        expect(code).toBe(0)
        expect(err).toEqual([])
        for (const name of commands) {
          expect(script).toContain(name)
          const help = (yield* smtp([name, "--help"])).out.join("\n")
          const flags = help.match(/--[a-z-]+/g) ?? []
          for (const flag of flags) {
            expect(script).toContain(shell === "fish" ? `-l ${flag.slice(2)}` : flag)
          }
        }
      }))
  )

  it.effect("N20: says that it accepts every recipient, and relays nothing", () =>
    on(Effect.gen(function*() {
      const { out } = yield* smtp(["serve", "--help"])
      expect(out.join(" ")).toContain("Every recipient is accepted, and nothing is ever sent on")
    })))

  it.effect.each([[], ["receive"], ["--frobnicate"]])(
    "is 2 for %j, with a reason",
    (words) =>
      on(Effect.gen(function*() {
        const { code, err, out } = yield* smtp(words)
        expect(code).toBe(2)
        expect(err.join("")).not.toBe("")
        expect(out).toEqual([])
      }))
  )

  it.effect.each([
    ["send", "--from", "a@client.example", "--to", "b@mx.example", "--frobnicate"],
    ["lint", "--frobnicate"],
    ["trace", "--frobnicate"],
    ["probe", "--frobnicate"],
    ["hash-password", "--frobnicate"]
  ])(
    "is 2 for a flag that nobody knows, which is no file and no host: %j",
    (words) =>
      on(Effect.gen(function*() {
        const { code, err, out } = yield* smtp(words)
        expect(code).toBe(2)
        expect(err.join("")).toContain("--frobnicate")
        expect(out).toEqual([])
      }))
  )
})
