import * as Keyboard from "@effect-smtp/cli/Keyboard"
import { Screen } from "@effect-smtp/cli/Progress"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { control, key, typing } from "./typing.js"

/** What was entered, and all that was shown meanwhile. */
const enter = (keys: Keyboard.Keys) =>
  Effect.gen(function*() {
    const shown: Array<string> = []
    const entered = yield* Effect.either(Keyboard.hidden(keys, "Password: ")).pipe(
      Effect.provideService(
        Screen,
        Option.some((text: string) => Effect.sync(() => void shown.push(text)))
      )
    )
    return { entered, shown: shown.join("") }
  })

describe("Keyboard", () => {
  describe("hidden", () => {
    it.effect("takes a line, and shows nothing of it", () =>
      Effect.gen(function*() {
        const { entered, shown } = yield* enter(typing("open sésame 🌍", key("return")))
        expect(entered).toMatchObject({ _tag: "Right" })
        expect(entered._tag === "Right" && Redacted.value(entered.right)).toBe("open sésame 🌍")
        expect(shown).toBe("Password: \n")
      }))

    it.effect("takes back what was mistyped", () =>
      Effect.gen(function*() {
        const { entered } = yield* enter(
          typing("wrong", control("u"), "se🌍", key("backspace"), "same", key("enter"))
        )
        expect(entered._tag === "Right" && Redacted.value(entered.right)).toBe("sesame")
      }))

    it.effect("passes over keys that are no characters", () =>
      Effect.gen(function*() {
        const { entered } = yield* enter(
          typing("a", key("up", "\u001b[A"), key("tab", "\t"), control("k"), "b", key("return"))
        )
        expect(entered._tag === "Right" && Redacted.value(entered.right)).toBe("ab")
      }))

    it.effect("is not more than half a line, where it is given up", () =>
      Effect.gen(function*() {
        const { entered, shown } = yield* enter(typing("sesa"))
        expect(entered).toMatchObject({
          left: { _tag: "WrongUse", reason: "nothing was entered" }
        })
        expect(shown).toBe("Password: \n")
      }))
  })
})
