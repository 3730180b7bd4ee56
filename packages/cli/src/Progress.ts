/**
 * Progress: a bar on the terminal for whoever waits, gone when the waiting is over.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

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

/** Octets from which on a message is worth a bar. */
const long = 1024 * 1024

/**
 * The message, which shows how far it has been read by whoever sends it, for as long as the scope is open;
 * if it is long, and read while it is sent.
 */
export const watch = (body: Body.Body): Effect.Effect<Body.Body, never, Screen | Scope.Scope> =>
  body._tag === "Bytes" || !Option.exists(body.size, (size) => size >= long)
    ? Effect.succeed(body)
    : Effect.gen(function*() {
      const size = Option.getOrElse(body.size, () => 0)
      const done = MutableRef.make(0)
      yield* show(Effect.sync(() => print(done.current, size)))
      const { binary, eightBit, utf8Header } = body
      const stream = Stream.suspend(() => {
        MutableRef.set(done, 0)
        return Stream.tap(
          body.stream,
          ({ length }) => Effect.sync(() => MutableRef.update(done, (before) => before + length))
        )
      })
      return Body.fromStream(stream, { size, binary, eightBit, utf8Header })
    })
