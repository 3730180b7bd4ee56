/**
 * Parts: a message that is read part by part while it comes (RFC 2045, RFC 2046): where each part begins,
 * the pieces of its body, where it ends. Nothing of a body is held, so a message may be of any size; what
 * is held is one header at a time, the lines that may be boundaries, and what the parts around are called.
 *
 * Nothing a message may hold makes reading fail, but limits do. How a message is cut into chunks makes no
 * difference but to how its bodies are cut into pieces. For a message that fits into memory there is
 * `Message`, which reads charsets, too.
 *
 * @module
 */
import * as Chunk from "effect/Chunk"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Header } from "./Header.js"
import * as Headers from "./Header.js"
import * as Multipart from "./internal/multipart.js"
import * as Transfer from "./internal/transfer.js"
import type { ReadError } from "./ReadError.js"

/** What a body is in: base64, quoted-printable, or nothing: 7bit, 8bit, binary and what is unknown. */
export type Encoding = "Base64" | "QuotedPrintable" | "Identity"

/**
 * A part of a message, or the message itself.
 *
 * - `path`: the way to it: none for the message itself, `[2]` for the second part in it, `[2, 1]` for the
 *   first one in that;
 * - `kind`: whether it has a body, or parts in it, or a message, which is its part 1. A multipart without a
 *   boundary is a `Leaf`, and so is a message that is not entered;
 * - `header`: its own fields, to be asked by the functions of `Header`. Their offsets are from its start;
 * - `type`: its media type, in lower case, without parameters. Where none is said it is `text/plain`, or
 *   `message/rfc822` in a digest (RFC 2046 section 5.1.5);
 * - `parameters`: those of the media type, by their names in lower case (RFC 2231);
 * - `encoding`: what its body came in;
 * - `disposition`: what is to be done with it, where that is said (RFC 2183), in lower case;
 * - `fileName`: as the sender has it, in any script: it may hold a path, or anything else;
 * - `contentId`: what others name it by, without angle brackets.
 */
export interface Part {
  readonly path: ReadonlyArray<number>
  readonly kind: "Leaf" | "Multipart" | "Message"
  readonly header: Header
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly encoding: Encoding
  readonly disposition: Option.Option<string>
  readonly fileName: Option.Option<string>
  readonly contentId: Option.Option<string>
}

/**
 * - `Begin`: the header of a part has been read;
 * - `Piece`: the next octets of the body of a leaf, at least one;
 * - `End`: of a part and all in it. Every part has one, even if the message ends before its time.
 *
 * What is before the first boundary of a multipart and after its last is no part, and passed over.
 */
export type Event = Data.TaggedEnum<{
  Begin: { readonly part: Part }
  Piece: { readonly part: Part; readonly bytes: Uint8Array }
  End: { readonly part: Part }
}>

/** Constructors and matchers of {@link Event}. */
export const Event = Data.taggedEnum<Event>()

/**
 * - `headerOctets`: of the headers of all parts together. Default 1 MiB.
 * - `depth`: of parts within parts. Default 32.
 * - `parts`: on all levels. Default 10 000.
 */
export interface Limits {
  readonly headerOctets: number
  readonly depth: number
  readonly parts: number
}

/** Room for what people send. */
export const defaultLimits: Limits = {
  headerOctets: Headers.defaultLimit,
  depth: 32,
  parts: 10_000
}

/**
 * - `content`: bodies out of their transfer encoding, `Decoded`, which is the default, or `Raw`. Line ends
 *   are as they came, and so is text in its charset. What is wrong in base64 is passed over, what is wrong
 *   in quoted-printable is left as it is;
 * - `messages`: whether a message in the message (RFC 2046 section 5.2.1) is a body as it is, `Whole`,
 *   which is the default, or is read as well, `Entered`. One in a transfer encoding is never entered.
 */
export interface Options {
  readonly content?: "Decoded" | "Raw"
  readonly messages?: "Whole" | "Entered"
  readonly limits?: Partial<Limits>
}

/** Takes a message piece by piece, and gives its events: all of them, and then why there are no more. */
interface Reader {
  readonly more: (bytes: Uint8Array) => Read
  readonly end: () => Read
}

interface Read {
  readonly events: ReadonlyArray<Event>
  readonly outcome: Either.Either<void, ReadError>
}

const reader = ({ content = "Decoded", limits, messages = "Whole" }: Options): Reader => {
  let events: Array<Event> = []
  let decoder = Transfer.decoder("Identity")

  const piece = (part: Part, bytes: Uint8Array): void => {
    if (bytes.length > 0) events.push(Event.Piece({ part, bytes }))
  }

  const finder = Multipart.finder({ messages, limits: { ...defaultLimits, ...limits } }, {
    begin: (part) => {
      decoder = Transfer.decoder(content === "Raw" ? "Identity" : part.encoding)
      events.push(Event.Begin({ part }))
    },
    piece: (part, bytes) => piece(part, decoder.more(bytes)),
    end: (part) => {
      if (part.kind === "Leaf") piece(part, decoder.end())
      events.push(Event.End({ part }))
    }
  })

  const read = (outcome: Either.Either<void, ReadError>): Read => {
    const found = events
    events = []
    return { events: found, outcome }
  }

  return {
    more: (bytes) => read(finder.more(bytes)),
    end: () => read(finder.end())
  }
}

const toStream = ({ events, outcome }: Read): Stream.Stream<Event, ReadError> =>
  Either.match(outcome, {
    onLeft: (error) => Stream.concat(Stream.fromIterable(events), Stream.fail(error)),
    onRight: () => Stream.fromIterable(events)
  })

/** All that a message in memory is made of. */
export const decode = (
  bytes: Uint8Array,
  options: Options = {}
): Either.Either<ReadonlyArray<Event>, ReadError> => {
  const { end, more } = reader(options)
  const [first, last] = [more(bytes), end()]
  return Either.map(Either.all([first.outcome, last.outcome]), () => [
    ...first.events,
    ...last.events
  ])
}

/** What a message is made of, while it comes. `ReadError` comes after all that was within the limits. */
export const fromStream = <E, R>(
  message: Stream.Stream<Uint8Array, E, R>,
  options: Options = {}
): Stream.Stream<Event, E | ReadError, R> =>
  Stream.suspend(() => {
    const { end, more } = reader(options)
    return Stream.concat(
      Stream.flatMap(message, (bytes) => toStream(more(bytes))),
      Stream.suspend(() => toStream(end()))
    )
  })

/**
 * Does something with each leaf of a message while it comes, one after the other. The body is there to be
 * read once, within that time; what is not read of it is passed over. Where the message fails, all of it
 * does, whatever was done about that.
 */
export const forEach = <E, R, E2, R2>(
  message: Stream.Stream<Uint8Array, E, R>,
  f: (
    part: Part,
    body: Stream.Stream<Uint8Array, E | ReadError, R>
  ) => Effect.Effect<void, E2, R2>,
  options: Options = {}
): Effect.Effect<void, E | E2 | ReadError, R | R2> =>
  Effect.gen(function*() {
    const pull = yield* Stream.toPull(Stream.rechunk(fromStream(message, options), 1))
    /** Why the message is over, if it is. */
    let over: Option.Option<Option.Option<E | ReadError>> = Option.none()
    const next = Effect.suspend(() =>
      Option.match(over, {
        onSome: (why) => Effect.fail(why),
        onNone: () =>
          pull.pipe(
            Effect.map(Chunk.unsafeHead),
            Effect.tapError((why) => Effect.sync(() => over = Option.some(why)))
          )
      })
    )

    const leaf = (part: Part) => {
      let isOpen = true
      const close = Effect.sync(() => {
        isOpen = false
      })
      const piece = Effect.flatMap(
        next,
        (event) =>
          event._tag === "Piece"
            ? Effect.succeed(event.bytes)
            : Effect.zipRight(close, Effect.fail(Option.none()))
      )
      const body = Stream.repeatEffectOption(
        Effect.suspend(() => isOpen ? piece : Effect.fail(Option.none()))
      )
      return Effect.ensuring(f(part, body), close)
    }

    const visit = (event: Event): Effect.Effect<void, Option.Option<E2>, R2> =>
      event._tag === "Begin" && event.part.kind === "Leaf"
        ? Effect.mapError(leaf(event.part), Option.some)
        : Effect.void

    const all: Effect.Effect<never, Option.Option<E | E2 | ReadError>, R | R2> = Effect.forever(
      Effect.flatMap(next, visit)
    )
    yield* Effect.catchAll(
      all,
      Option.match({ onNone: () => Effect.void, onSome: (error) => Effect.fail(error) })
    )
  }).pipe(Effect.scoped, Effect.withSpan("Parts.forEach"))
