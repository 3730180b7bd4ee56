import * as Log from "@effect-smtp/cli/Log"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"

/** The lines that are logged, where the process logs as it does unless told otherwise. */
const lines = (format: "logfmt" | "json") =>
  Effect.gen(function*() {
    const heard: Array<string> = []
    yield* Effect.consoleWith((console) =>
      Effect.withConsole(
        Effect.logWarning("a handler failed", new Error("line\r\nlevel=FATAL message=forged")).pipe(
          Effect.annotateLogs({ session: "00aa", name: "evil\nname \u001b[2J" }),
          Log.as(format),
          Effect.provide(Logger.replace(Logger.defaultLogger, Log.logfmt))
        ),
        {
          ...console,
          unsafe: { ...console.unsafe, error: (...args) => heard.push(args.join(" ")) }
        }
      )
    )
    return heard
  })

describe("Log", () => {
  it.effect("N14, N21: fields of logfmt, each entry in one line", () =>
    Effect.gen(function*() {
      const [line, ...more] = yield* lines("logfmt")
      expect(more).toEqual([])
      expect(line).toContain("session=00aa")
      expect(line).not.toMatch(/\p{Cc}/u)
    }))

  it.effect("N14, N21: JSON, each entry in one line", () =>
    Effect.gen(function*() {
      const [line, ...more] = yield* lines("json")
      expect(more).toEqual([])
      expect(line).not.toMatch(/\p{Cc}/u)
      expect(JSON.parse(line ?? "")).toMatchObject({
        logLevel: "WARN",
        annotations: { session: "00aa", name: "evil\nname \u001b[2J" }
      })
    }))
})
