import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { platform, smtp, workshop } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

const dry = (stdin: string, ...args: ReadonlyArray<string>) =>
  smtp(
    ["send", "--dry-run", "--from", "a@client.example", "--to", "b@mx.example", ...args],
    { stdin }
  )

describe("DryRun", () => {
  it.effect("F7: shows the message, and beside it the envelope, without a connection", () =>
    on(Effect.gen(function*() {
      const { code, err, out } = yield* dry("Subject: x\n\n.one\r\n\ntwo", "--host", "192.0.2.1")
      expect(out).toEqual(["Subject: x", "", ".one", "", "two"])
      expect(err).toEqual(["from <a@client.example>", "to <b@mx.example>", "27 octets"])
      expect(code).toBe(0)
    })))

  it.effect("tells what the server has to offer", () =>
    on(Effect.gen(function*() {
      const { err } = yield* dry("Subject: x\n\né\n", "--to", "jörg@mx.example")
      expect(err.at(-1)).toBe("18 octets, 8BITMIME, SMTPUTF8")
    })))

  it.effect("takes - for standard input, as it takes no file at all", () =>
    on(Effect.gen(function*() {
      expect((yield* dry("Subject: x\n\ntext\n", "-")).out).toEqual(["Subject: x", "", "text"])
    })))

  it.effect("asks for no password, and needs no server", () =>
    on(Effect.gen(function*() {
      expect((yield* dry("Subject: x\n\n", "--user", "alice")).code).toBe(0)
    })))

  it.effect("goes out as JSON", () =>
    on(Effect.gen(function*() {
      const { err, out } = yield* dry("Subject: ä\n\ntext\n", "--json")
      expect(JSON.parse(out.join("\n"))).toEqual({
        from: "<a@client.example>",
        to: ["<b@mx.example>"],
        size: 21,
        needs: ["8BITMIME", "SMTPUTF8"],
        message: "Subject: ä\n\ntext"
      })
      expect(err).toEqual([])
    })))

  it.scoped("reads a file while it shows it", () =>
    on(Effect.gen(function*() {
      const { directory } = yield* workshop
      const fs = yield* FileSystem.FileSystem
      const lines = Array.from({ length: 20_000 }, (_, at) => `line ${at}`)
      yield* fs.writeFileString(`${directory}/long.eml`, `Subject: x\n\n${lines.join("\n")}\n`)
      const { out } = yield* dry("", `${directory}/long.eml`)
      expect(out.slice(2)).toEqual(lines)
    })))
})
