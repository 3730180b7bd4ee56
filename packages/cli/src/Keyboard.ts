/**
 * Keyboard: what somebody types at the terminal, without showing it.
 *
 * @module
 */
import type * as Terminal from "@effect/platform/Terminal"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { WrongUse } from "./CliError.js"
import { Screen } from "./Progress.js"

/** The keys that are pressed, which no terminal echoes; it ends with Control-C and Control-D. */
export type Keys = Effect.Effect<Mailbox.ReadonlyMailbox<Terminal.UserInput>, never, Scope.Scope>

/** The keyboard; none where standard input is not a terminal. */
export class Keyboard
  extends Context.Tag("@effect-smtp/cli/Keyboard")<Keyboard, Option.Option<Keys>>()
{}

/** A line, asked for in these words. `WrongUse` where it does not come to its end. */
export const hidden = (
  keys: Keys,
  words: string
): Effect.Effect<Redacted.Redacted<string>, WrongUse, Screen> =>
  Effect.gen(function*() {
    const screen = yield* Screen
    const show = (text: string) =>
      Option.match(screen, { onNone: () => Effect.void, onSome: (write) => write(text) })
    const pressed = yield* keys
    yield* show(words)
    const typed: Array<string> = []
    for (;;) {
      const { input, key } = yield* Effect.mapError(
        pressed.take,
        () => new WrongUse({ reason: "nothing was entered" })
      )
      if (key.name === "return" || key.name === "enter") break
      if (key.name === "backspace") typed.pop()
      else if (key.ctrl && key.name === "u") typed.length = 0
      else if (Option.isSome(input) && !key.ctrl && !/^\p{Cc}/u.test(input.value)) {
        typed.push(input.value)
      }
    }
    return Redacted.make(typed.join(""))
  }).pipe(
    Effect.ensuring(
      Effect.flatMap(
        Screen,
        Option.match({ onNone: () => Effect.void, onSome: (write) => write("\n") })
      )
    ),
    Effect.scoped
  )
