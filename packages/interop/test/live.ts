import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Machine from "../src/Machine.js"
import * as OurServer from "../src/OurServer.js"
import type * as Program from "../src/Program.js"

/** What a test may ask this machine for. */
type Needs = Effect.Effect.Context<ReturnType<typeof OurServer.make | typeof Program.run>>

/** A test on this machine, with a server of ours that is its own. */
export const live = <A, E>(
  title: string,
  test: (server: OurServer.OurServer) => Effect.Effect<A, E, Needs>
): void =>
  it.scopedLive(
    title,
    () => Effect.flatMap(OurServer.make(), test).pipe(Effect.provide(Machine.layer))
  )
