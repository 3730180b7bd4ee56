/**
 * Message: the message to be sent, from a file or from standard input.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import type { Envelope } from "@effect-smtp/client/Envelope"
import * as Header from "@effect-smtp/message/Header"
import * as DateTime from "@effect-smtp/wire/DateTime"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import type { BadFile } from "./CliError.js"
import { unreadable } from "./internal/unreadable.js"

/** Standard input. */
export class Stdin
  extends Context.Tag("@effect-smtp/cli/Stdin")<Stdin, Stream.Stream<Uint8Array, PlatformError>>()
{}

/** What to call the file in an error. */
export const nameOf = (file: string): string => file === "-" ? "standard input" : file

const bad = (file: string) => unreadable("a message", nameOf(file))

/** Whether it can be read piece by piece and again: a pipe, such as `<(...)` of a shell, cannot. */
const isFile = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.stat(file)).pipe(
    Effect.mapBoth({ onFailure: bad(file), onSuccess: ({ type }) => type === "File" })
  )

const readFile = (file: string): Effect.Effect<Uint8Array, BadFile, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFile(file)).pipe(Effect.mapError(bad(file)))

const fileStream = (file: string): Stream.Stream<Uint8Array, BadFile, FileSystem.FileSystem> =>
  Stream.mapError(
    Stream.unwrap(Effect.map(FileSystem.FileSystem, (fs) => fs.stream(file))),
    bad(file)
  )

/** A file, or for `-` standard input, once and, if it is a file, piece by piece. */
export const read = (
  file: string
): Stream.Stream<Uint8Array, BadFile, FileSystem.FileSystem | Stdin> =>
  file === "-"
    ? Stream.mapError(Stream.unwrap(Stdin), bad(file))
    : Stream.unwrap(
      Effect.map(isFile(file), (seekable) => seekable ? fileStream(file) : readFile(file))
    )

/** The body, which says whether its header is in UTF-8. */
const withHeader = (
  body: Body.Body,
  header: Either.Either<Header.Header, unknown>
): Body.Body => ({
  ...body,
  utf8Header: Option.exists(Either.getRight(header), ({ utf8 }) => utf8)
})

const measured = <E, R>(stream: Stream.Stream<Uint8Array, E, R>): Effect.Effect<Body.Body, E, R> =>
  Effect.zipWith(Body.fromMeasured(stream), Effect.either(Header.fromStream(stream)), withHeader)

/**
 * A file, read each time it is sent and never held as a whole; but for what can be read only once: `-`,
 * which is standard input, and pipes.
 */
export const fromFile = (
  file: string
): Effect.Effect<Body.Body, BadFile, FileSystem.FileSystem | Stdin> =>
  file === "-" ? fromStdin : Effect.flatMap(
    isFile(file),
    (seekable) => seekable ? measured(fileStream(file)) : fromFileAtOnce(file)
  )

/** A file, or `-`, held in memory, for whoever sends it often. */
export const fromFileAtOnce = (
  file: string
): Effect.Effect<Body.Body, BadFile, FileSystem.FileSystem | Stdin> =>
  file === "-" ? fromStdin : Effect.map(
    readFile(file),
    (bytes) => withHeader(Body.fromBytes(bytes), Header.decode(bytes))
  )

/** All of standard input, held in memory, since it cannot be read twice. */
const fromStdin: Effect.Effect<Body.Body, BadFile, Stdin> = Effect.flatMap(
  Effect.mapError(Effect.flatMap(Stdin, Stream.runCollect), bad("-")),
  (chunks) => measured(Stream.fromChunk(chunks))
)

/**
 * A few words from the sender of the envelope (for the null sender from whoever gets them) that ask for
 * nothing to be done.
 */
export const forTest = ({ from, to }: Envelope): Effect.Effect<Body.Body> =>
  Effect.gen(function*() {
    const now = DateTime.print(DateTime.utc(yield* Clock.currentTimeMillis))
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
