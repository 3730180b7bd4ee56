/**
 * Descriptors: how many files and sockets a process may have open.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as ChildProcess from "node:child_process"

/** Node has raised it as far as the system lets it, and what it starts inherits that. */
export const limit: Effect.Effect<number, Error> = Effect.async((resume) => {
  ChildProcess.execFile("sh", ["-c", "ulimit -n"], (error, stdout) => {
    const text = stdout.trim()
    resume(
      error === null
        ? Effect.succeed(text === "unlimited" ? Infinity : Number(text))
        : Effect.fail(error)
    )
  })
})
