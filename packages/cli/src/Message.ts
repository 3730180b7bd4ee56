/**
 * Message: the message to be sent, from a file or from standard input.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import type { Envelope } from "@effect-smtp/client/Envelope"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import type { BadFile } from "./CliError.js"
import { unreadable } from "./internal/unreadable.js"

/** Standard input. */
export class Stdin
  extends Context.Tag("@effect-smtp/cli/Stdin")<Stdin, Stream.Stream<Uint8Array, PlatformError>>()
{}

/** A file, or for `-` standard input, once and piece by piece. */
export const read = (
  file: string
): Stream.Stream<Uint8Array, BadFile, FileSystem.FileSystem | Stdin> =>
  file === "-"
    ? Stream.mapError(Stream.unwrap(Stdin), unreadable("a message", "standard input"))
    : fileStream(file)

const fileStream = (file: string): Stream.Stream<Uint8Array, BadFile, FileSystem.FileSystem> =>
  Stream.mapError(
    Stream.unwrap(Effect.map(FileSystem.FileSystem, (fs) => fs.stream(file))),
    unreadable("a message", file)
  )

/** A file, read each time it is sent and never held as a whole. */
export const fromFile = (
  file: string
): Effect.Effect<Body.Body, BadFile, FileSystem.FileSystem> => Body.fromMeasured(fileStream(file))

/** A file, held in memory, for whoever sends it often. */
export const fromFileAtOnce = (
  file: string
): Effect.Effect<Body.Body, BadFile, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFile(file)).pipe(
    Effect.mapBoth({
      onFailure: unreadable("a message", file),
      onSuccess: (bytes) => Body.fromBytes(bytes)
    })
  )

/** All of standard input, held in memory, since it cannot be read twice. */
export const fromStdin: Effect.Effect<Body.Body, BadFile, Stdin> = Effect.gen(function*() {
  const chunks = yield* Stream.runCollect(yield* Stdin)
  return yield* Body.fromMeasured(Stream.fromChunk(chunks))
}).pipe(
  Effect.mapError(unreadable("a message", "standard input"))
)

/**
 * A few words from the sender of the envelope (for the null sender from whoever gets them) that ask for
 * nothing to be done.
 */
export const forTest = ({ from, to }: Envelope): Effect.Effect<Body.Body> =>
  Effect.gen(function*() {
    const now = new Date(yield* Clock.currentTimeMillis).toUTCString().replace("GMT", "+0000")
    const unique = (yield* Random.nextIntBetween(0, 2 ** 48)).toString(16).padStart(12, "0")
    const people = to.map(({ path }) => ForwardPath.print(path))
    return Body.fromString([
      `Date: ${now}`,
      `From: ${from._tag === "Null" ? people[0] : ReversePath.print(from)}`,
      `To: ${people.join(",\n ")}`,
      `Message-ID: <${unique}@smtp-probe.invalid>`,
      "Subject: A test of the mail system",
      "",
      "This message shows that mail gets through. There is nothing to be done about it.",
      ""
    ].join("\n"))
  })
