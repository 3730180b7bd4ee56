/**
 * Tap: watches a flow. Every event goes to a sink, as a value, in the order things happened: bytes
 * read after they were read, bytes written before they are handed on.
 *
 * Events hold bytes as they are, passwords and all; `Transcript` is the sink that shows neither. The
 * arrays are those of the flow's user: a sink that keeps bytes copies them.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Closing from "./Closing.js"
import type * as Dialer from "./Dialer.js"
import type { Endpoint } from "./Endpoint.js"
import type { Flow } from "./Flow.js"
import type { FlowError } from "./FlowError.js"

/** `in` was read, `out` was written, by the side that is watched. */
export type Direction = "in" | "out"

/**
 * What happened; `at` is in milliseconds of the `Clock`.
 *
 * - `Bytes`: some were read, or are about to be written;
 * - `Ended`: a read gave none; the peer has finished writing;
 * - `Failed`: a read, a write or an upgrade did not work;
 * - `Upgraded`: TLS is on; all that follows is its clear text;
 * - `Closed`: the scope of the tap was closed.
 */
export type Event = Data.TaggedEnum<{
  Bytes: { readonly at: number; readonly direction: Direction; readonly bytes: Uint8Array }
  Ended: { readonly at: number }
  Failed: { readonly at: number; readonly error: FlowError }
  Upgraded: { readonly at: number }
  Closed: { readonly at: number }
}>

/** Constructors and matchers of {@link Event}. */
export const { Bytes, Closed, Ended, Failed, Upgraded, $is: is, $match: match } = Data.taggedEnum<
  Event
>()

/** Takes events, one after the other. The watched flow waits for it. */
export type Sink = (event: Event) => Effect.Effect<void>

const watch = (flow: Flow, sink: Sink): Flow => {
  const emit = (event: (at: number) => Event) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => sink(event(at)))
  const emitError = (error: FlowError) => emit((at) => Failed({ at, error }))
  return {
    // What was read must be seen and handed on, or an interruption would lose it.
    read: Effect.uninterruptibleMask((restore) =>
      restore(flow.read).pipe(
        Effect.tapError(emitError),
        Effect.tap(Option.match({
          onNone: () => emit((at) => Ended({ at })),
          onSome: (bytes) => emit((at) => Bytes({ at, direction: "in", bytes }))
        }))
      )
    ),
    write: (bytes) =>
      Effect.zipRight(
        emit((at) => Bytes({ at, direction: "out", bytes })),
        Effect.tapError(flow.write(bytes), emitError)
      ),
    upgrade: (tls, received) =>
      flow.upgrade(tls, received).pipe(
        Effect.tapError(emitError),
        Effect.tap(() => emit((at) => Upgraded({ at }))),
        Effect.map((secure) => watch(secure, sink))
      ),
    peer: flow.peer
  }
}

/** The same flow, watched; in the secure flow after an upgrade, too. `Closed` is the scope's end. */
export const make = (flow: Flow, sink: Sink): Effect.Effect<Flow, never, Scope.Scope> => {
  const closed = Effect.flatMap(Clock.currentTimeMillis, (at) => sink(Closed({ at })))
  return Effect.as(
    Closing.withScope({ close: closed, cut: closed }),
    watch(flow, sink)
  )
}

/** The same dialer, with each connection watched by a sink of its own. */
export const dialer = (
  self: Dialer.Shape,
  sink: (endpoint: Endpoint) => Effect.Effect<Sink>
): Dialer.Shape => ({
  dial: (endpoint) =>
    Effect.flatMap(
      self.dial(endpoint),
      (flow) => Effect.flatMap(sink(endpoint), (events) => make(flow, events))
    )
})

/** A sink that keeps a copy of each event, and what it has kept. */
export interface Collector {
  readonly sink: Sink
  readonly events: Effect.Effect<ReadonlyArray<Event>>
}

/** A new collector, without a bound: for tests and short connections. */
export const collect: Effect.Effect<Collector> = Effect.sync(() => {
  const kept: Array<Event> = []
  return {
    sink: (event) =>
      Effect.sync(() => {
        kept.push(
          event._tag === "Bytes" ? Bytes({ ...event, bytes: new Uint8Array(event.bytes) }) : event
        )
      }),
    events: Effect.sync(() => kept.slice())
  }
})
