import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import type { Conversation } from "../Conversation.js"

/** The conversations of a server, and how they come to an end. */
export interface Guests {
  /** Accepts as long as there is room, until the endpoint is closed. */
  readonly welcome: (
    accept: Effect.Effect<Flow, FlowError, Scope.Scope>,
    converse: (flow: Flow) => Effect.Effect<Conversation>
  ) => Effect.Effect<void>
  readonly draining: Effect.Effect<boolean>
  /** Sends the idle away, lets the others finish their transactions within the time, then cuts. */
  readonly drain: (grace: Duration.DurationInput) => Effect.Effect<void>
}

/** Room for this many at once. */
export const make = (room: number): Effect.Effect<Guests> =>
  Effect.gen(function*() {
    const seats = yield* Effect.makeSemaphore(room)
    const leaving = yield* Ref.make(false)
    const present = new Map<Fiber.RuntimeFiber<void>, Conversation>()

    const admit = (flow: Flow, scope: Scope.CloseableScope, conversation: Conversation) =>
      Effect.interruptible(conversation.run).pipe(
        Effect.annotateLogs("peer", Endpoint.print(flow.peer.remote)),
        Scope.extend(scope),
        Effect.onExit((exit) => Effect.zipRight(Scope.close(scope, exit), seats.release(1))),
        Effect.forkDaemon,
        Effect.tap((fiber) =>
          Effect.sync(() => {
            present.set(fiber, conversation)
            fiber.addObserver(() => present.delete(fiber))
          })
        )
      )

    const welcome: Guests["welcome"] = (accept, converse) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          yield* restore(seats.take(1))
          const scope = yield* Scope.make()
          const flow = yield* restore(Scope.extend(patient(accept), scope)).pipe(
            Effect.onError((cause) =>
              Effect.zipRight(Scope.close(scope, Exit.failCause(cause)), seats.release(1))
            )
          )
          yield* admit(flow, scope, yield* converse(flow))
        })
      ).pipe(Effect.forever, Effect.ignore)

    const drain = (grace: Duration.DurationInput) =>
      Effect.gen(function*() {
        yield* Ref.set(leaving, true)
        for (const [fiber, conversation] of present) {
          if (yield* conversation.isIdle) yield* Fiber.interruptFork(fiber)
        }
        yield* Fiber.awaitAll(present.keys()).pipe(
          Effect.interruptible,
          Effect.timeoutOption(grace)
        )
        yield* Fiber.interruptAll(present.keys())
      })

    return { welcome, drain, draining: Ref.get(leaving) }
  })

/** A connection that could not be accepted is no reason to accept no other. */
const patient = (
  accept: Effect.Effect<Flow, FlowError, Scope.Scope>
): Effect.Effect<Flow, FlowError, Scope.Scope> =>
  Effect.tapError(
    accept,
    (error) => error.reason === "Closed" ? Effect.void : Effect.logWarning("cannot accept", error)
  ).pipe(
    Effect.retry({
      while: (error) => error.reason !== "Closed",
      schedule: Schedule.spaced("100 millis")
    })
  )
