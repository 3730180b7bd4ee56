/**
 * FlowDuplex: a Flow as a Node stream, for Node's TLS to run over. Back-pressure holds both ways: the
 * flow is read only when the stream is asked for more, and a write is done when the flow took it.
 *
 * @module
 */
import * as Closing from "@effect-smtp/flow/Closing"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { Duplex } from "node:stream"

/**
 * The stream over the flow. A flow cannot finish writing alone, so finishing the stream does nothing
 * to it. Destroying the stream, or closing the scope, stops what is under way; the flow's own scope
 * closes the flow.
 */
export const make = (flow: Flow): Effect.Effect<Duplex, never, Scope.Scope> =>
  Effect.flatMap(Effect.runtime<never>(), (runtime) => {
    const fork = Runtime.runFork(runtime)
    const acquire = Effect.sync(() => {
      const running = new Set<Fiber.RuntimeFiber<unknown, unknown>>()

      /** Runs the effect until the stream is destroyed. It may be done before this returns. */
      const run = <A, E>(effect: Effect.Effect<A, E>, then: (exit: Exit.Exit<A, E>) => void) => {
        const fiber = fork(effect)
        running.add(fiber)
        fiber.addObserver((exit) => {
          running.delete(fiber)
          then(exit)
        })
      }

      const reason = (exit: Exit.Failure<unknown, unknown>): Error => {
        const failure = Option.getOrUndefined(Exit.causeOption(exit))
        return failure !== undefined && failure._tag === "Fail" && failure.error instanceof Error
          ? failure.error
          : new Error(String(failure))
      }

      const duplex: Duplex = new Duplex({
        allowHalfOpen: true,
        read: () =>
          run(flow.read, (exit) => {
            if (Exit.isFailure(exit)) {
              duplex.destroy(reason(exit))
            } else {
              duplex.push(Option.getOrNull(exit.value))
            }
          }),
        write: (chunk: Uint8Array, _encoding, done) =>
          run(flow.write(chunk), (exit) => done(Exit.isFailure(exit) ? reason(exit) : null)),
        destroy: (cause, done) => {
          for (const fiber of Array.from(running)) {
            fiber.unsafeInterruptAsFork(FiberId.none)
          }
          done(cause)
        }
      })
      duplex.on("error", () => {})
      return duplex
    })
    return Effect.tap(acquire, (duplex) => {
      const destroy = Effect.sync(() => duplex.destroy())
      return Closing.withScope({ close: destroy, cut: destroy })
    })
  })
