/**
 * Paths of Unix sockets, which Node silently cuts off where the system's `sun_path` ends, or at a NUL: it
 * would listen on, or connect to, another socket than it was told of.
 *
 * @module
 */
import type { During } from "@effect-smtp/flow/FlowError"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** The most octets of a path, without the NUL behind it. On Windows the paths are those of named pipes. */
const longest: Option.Option<number> = process.platform === "win32"
  ? Option.none()
  : Option.some(process.platform === "linux" ? 107 : 103)

const wrong = (path: string): Option.Option<string> => {
  const octets = Buffer.byteLength(path)
  if (octets === 0) return Option.some("is empty")
  // On Linux, a NUL in front means a name outside of the file system.
  if (path.includes("\0", process.platform === "linux" ? 1 : 0)) {
    return Option.some("has a NUL in it")
  }
  return Option.map(
    Option.filter(longest, (most) => octets > most),
    (most) => `has ${octets} octets, and at most ${most} fit here`
  )
}

/** The path, if the system can have it whole; else `Unsupported`. */
export const check = (path: string, during: During): Effect.Effect<string, FlowError> =>
  Option.match(wrong(path), {
    onNone: () => Effect.succeed(path),
    onSome: (what) =>
      Effect.fail(
        new FlowError({
          reason: "Unsupported",
          during,
          detail: `the path of the Unix socket ${what}`
        })
      )
  })
