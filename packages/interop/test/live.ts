import { it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Machine from "../src/Machine.js"
import * as OurServer from "../src/OurServer.js"
import type * as Program from "../src/Program.js"
import * as RefusingServer from "../src/RefusingServer.js"

/** What a test may ask this machine for. */
type Needs = Effect.Effect.Context<
  ReturnType<typeof OurServer.make | typeof RefusingServer.make | typeof Program.run>
>

/** A test of a suite against one `smtp serve`. */
type Live = <A, E>(
  title: string,
  test: (server: OurServer.OurServer) => Effect.Effect<A, E, Needs>
) => void

const Serving = Context.GenericTag<OurServer.OurServer>("@effect-smtp/interop/test/Serving")

/** A suite against one process `smtp serve`; each test finds its spool empty. */
export const served = (name: string, suite: (live: Live) => void): void =>
  layer(Layer.provideMerge(Layer.scoped(Serving, OurServer.make()), Machine.layer), {
    excludeTestServices: true,
    timeout: "1 minute"
  })(name, (it) =>
    suite((title, test) =>
      it.scoped(title, () =>
        Effect.gen(function*() {
          const server = yield* Serving
          yield* server.kept
          return yield* test(server)
        }))
    ))

/** A test on this machine, with a server of its own that says no. */
export const refused = <A, E>(
  title: string,
  test: (server: RefusingServer.RefusingServer) => Effect.Effect<A, E, Needs>
): void =>
  it.scopedLive(
    title,
    () => Effect.flatMap(RefusingServer.make(), test).pipe(Effect.provide(Machine.layer))
  )
