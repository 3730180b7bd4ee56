/**
 * Recorder: writes down what is said over each connection of a dialer or a listener, as transcripts
 * that can be read, kept, compared (`TranscriptDiff`) and played again
 * ({@link Transcript.toServerScript}). They are recorded by `Transcript` of the package `flow`, so they
 * hold no secrets, and of messages only the number of bytes.
 *
 * ```ts
 * const network = Recorder.dialer.pipe(Layer.provide(NodeDialer.layer()))
 * const [first] = yield* Recorder.transcripts
 * ```
 *
 * @module
 */
import * as Dialer from "@effect-smtp/flow/Dialer"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as Listener from "@effect-smtp/flow/Listener"
import * as Tap from "@effect-smtp/flow/Tap"
import * as Recorded from "@effect-smtp/flow/Transcript"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Transcript from "./Transcript.js"

/** `transcripts`: one for each connection so far, in the order they were opened, as far as they got. */
export interface Shape {
  readonly transcripts: Effect.Effect<ReadonlyArray<Transcript.Transcript>>
}

/** What was recorded. */
export class Recorder extends Context.Tag("@effect-smtp/testing/Recorder")<Recorder, Shape>() {}

/** What was recorded so far, of a recorder at hand. */
export const transcripts: Effect.Effect<
  ReadonlyArray<Transcript.Transcript>,
  never,
  Recorder
> = Effect.flatMap(Recorder, (recorder) => recorder.transcripts)

/** A recorder, and what makes it record one more connection. */
const make = (side: Recorded.Side) => {
  const collectors: Array<Recorded.Collector> = []
  const recorder: Shape = {
    transcripts: Effect.suspend(() =>
      Effect.forEach(collectors, ({ entries }) => Effect.map(entries, Transcript.fromRecorded))
    )
  }
  const record = (flow: Flow): Effect.Effect<Flow, never, Scope.Scope> =>
    Effect.flatMap(Recorded.collect(side), (collector) => {
      collectors.push(collector)
      return Tap.make(flow, collector.sink)
    })
  return { recorder, record }
}

/** The dialer at hand, recorded: it is the clients' side. */
export const dialer: Layer.Layer<Recorder | Dialer.Dialer, never, Dialer.Dialer> = Layer
  .effectContext(
    Effect.map(Dialer.Dialer, ({ dial }) => {
      const { record, recorder } = make("client")
      return Context.make(Recorder, recorder).pipe(
        Context.add(Dialer.Dialer, {
          dial: (endpoint) => Effect.flatMap(dial(endpoint), record)
        })
      )
    })
  )

/** The listener at hand, recorded: it is the servers' side. */
export const listener: Layer.Layer<Recorder | Listener.Listener, never, Listener.Listener> = Layer
  .effectContext(
    Effect.map(Listener.Listener, ({ listen }) => {
      const { record, recorder } = make("server")
      return Context.make(Recorder, recorder).pipe(
        Context.add(Listener.Listener, {
          listen: (endpoint) =>
            Effect.map(listen(endpoint), (bound) => ({
              endpoint: bound.endpoint,
              accept: Effect.flatMap(bound.accept, record)
            }))
        })
      )
    })
  )
