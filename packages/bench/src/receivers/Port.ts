/**
 * Port: a Node server on a free port of the loopback.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Net from "node:net"

/** Listens until the scope closes, and gives the port. */
export const listen = (server: Net.Server): Effect.Effect<number, Error, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<number, Error>((resume) => {
      server.once("error", (error) => resume(Effect.fail(error)))
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(
          address !== null && typeof address === "object"
            ? Effect.succeed(address.port)
            : Effect.fail(new Error("the server has no port"))
        )
      })
    }),
    () => Effect.sync(() => server.close())
  )
