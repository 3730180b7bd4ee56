/**
 * Message: the message to be sent, from a file or from standard input.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { BadFile } from "./CliError.js"

/** Standard input. */
export class Stdin
  extends Context.Tag("@effect-smtp/cli/Stdin")<Stdin, Stream.Stream<Uint8Array, PlatformError>>()
{}

const CR = 13
const LF = 10

/** What is known of a message so far: its octets with CR LF line ends, and whether one is over 127. */
interface Facts {
  readonly size: number
  readonly eightBit: boolean
  readonly last: number
}

const nothing: Facts = { size: 0, eightBit: false, last: LF }

const measure = (before: Facts, bytes: Uint8Array): Facts => {
  let { last, size } = before
  let bits = 0
  for (const byte of bytes) {
    bits |= byte
    size += (byte === LF ? last !== CR : last === CR) ? 2 : 1
    last = byte
  }
  return { size, eightBit: before.eightBit || bits > 127, last }
}

/** The line end that is still missing. */
const closed = ({ eightBit, last, size }: Facts) => ({
  size: last === LF ? size : size + (last === CR ? 1 : 2),
  eightBit
})

/**
 * A body that runs the stream when it is sent, after one run to measure it, so that the server can be
 * told its size and whether it needs 8BITMIME.
 */
const fromStream = <E>(stream: Stream.Stream<Uint8Array, E>): Effect.Effect<Body.Body, E> =>
  Effect.map(
    Stream.runFold(stream, nothing, measure),
    (facts) => Body.fromStream(stream, closed(facts))
  )

/** A file, read each time it is sent and never held as a whole. */
export const fromFile = (
  file: string
): Effect.Effect<Body.Body, BadFile, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => {
    const content = Stream.mapError(
      fs.stream(file),
      ({ message }) => new BadFile({ what: "a message", file, reason: message })
    )
    return fromStream(content)
  })

/** All of standard input, held in memory, since it cannot be read twice. */
export const fromStdin: Effect.Effect<Body.Body, BadFile, Stdin> = Effect.gen(function*() {
  const chunks = yield* Stream.runCollect(yield* Stdin)
  return yield* fromStream(Stream.fromChunk(chunks))
}).pipe(
  Effect.mapError(({ message }) =>
    new BadFile({ what: "a message", file: "standard input", reason: message })
  )
)
