import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"

/** Does something within a span. */
export type Trace = <A, E, R>(
  span: {
    readonly name: string
    readonly attributes: () => { readonly [name: string]: unknown }
    readonly root?: boolean
  },
  what: () => Effect.Effect<A, E, R>
) => Effect.Effect<A, E, R>

const untraced: Trace = (_, what) => what()

const traced: Trace = ({ attributes, name, root = false }, what) =>
  Effect.suspend(() =>
    Effect.useSpan(
      name,
      { kind: "server", root, attributes: attributes(), captureStackTrace: false },
      (span) => Effect.mapInputContext(Effect.suspend(what), Context.add(Tracer.ParentSpan, span))
    )
  )

/** Spans cost time, and nobody sees those of the tracer that a program has by default. */
export const make: Effect.Effect<Trace> = Effect.map(
  Effect.tracer,
  (tracer) =>
    tracer === Context.get(DefaultServices.liveServices, Tracer.Tracer) ? untraced : traced
)
