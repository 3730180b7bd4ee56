/**
 * Progress: a bar on the terminal for whoever waits, gone when the waiting is over.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"

/** How to write to the terminal; none where standard error is not one. */
export class Screen extends Context.Tag("@effect-smtp/cli/Screen")<
  Screen,
  Option.Option<(text: string) => Effect.Effect<void>>
>() {}

const width = 30

/** `[##########....................] 33% 330 of 1000` */
export const print = (done: number, of: number): string => {
  const part = Math.min(1, done / of)
  const full = Math.floor(part * width)
  const bar = "#".repeat(full) + ".".repeat(width - full)
  return `[${bar}] ${Math.floor(part * 100)}% ${done} of ${of}`
}

/** To the start of the line, and what is behind there is cleared. */
const over = (text: string): string => `\r\u001b[K${text}`

/** Shows the line, as it is ten times a second, for as long as the scope is open. */
export const show = (
  line: Effect.Effect<string>
): Effect.Effect<void, never, Screen | Scope.Scope> =>
  Effect.flatMap(
    Screen,
    Option.match({
      onNone: () => Effect.void,
      onSome: (write) =>
        Effect.addFinalizer(() => write(over(""))).pipe(
          Effect.zipRight(
            Effect.flatMap(line, (text) => write(over(text))).pipe(
              Effect.repeat(Schedule.spaced("100 millis")),
              Effect.forkScoped
            )
          ),
          Effect.asVoid
        )
    })
  )
