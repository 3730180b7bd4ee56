import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import type { Limits } from "@effect-smtp/protocol/Limits"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import type { Conversation } from "../Conversation.js"
import type { Stats } from "../Stats.js"
import * as Networks from "./networks.js"
import type { Tally } from "./tally.js"

/** The conversations of a server, and how they come to an end. */
export interface Guests {
  /** Accepts as long as there is room, until the endpoint is closed. */
  readonly welcome: (
    accept: Effect.Effect<Flow, FlowError, Scope.Scope>,
    converse: (flow: Flow) => Effect.Effect<Conversation>
  ) => Effect.Effect<void>
  readonly draining: () => boolean
  /** Counts a connection until the scope closes, unless there are too many from there. */
  readonly admit: (remote: Endpoint) => Effect.Effect<boolean, never, Scope.Scope>
  /** What goes on, and has happened. */
  readonly stats: Effect.Effect<Stats>
  /** Sends the idle away, lets the others finish their transactions within the time, then cuts. */
  readonly drain: (grace: Duration.DurationInput) => Effect.Effect<void>
}

/** Room for so many at once, and for so many from one network. */
export const make = (
  { connections, connectionsPerAddress }: Limits,
  tally: Tally
): Effect.Effect<Guests> =>
  Effect.gen(function*() {
    const seats = yield* Effect.makeSemaphore(connections)
    const perNetwork = new Map<string, number>()
    const leaving = MutableRef.make(false)
    const present = new Map<Fiber.RuntimeFiber<void>, Conversation>()

    /** What surrounds the fork the fiber inherits; what is within it stays on its stack. */
    const seat = (scope: Scope.CloseableScope, conversation: Conversation) =>
      Effect.flatMap(tally.session, (leave) => {
        const end = (exit: Exit.Exit<void>) =>
          Effect.all([leave, Scope.close(scope, exit), seats.release(1)], { discard: true })
        return conversation.run.pipe(
          Effect.matchCauseEffect({
            onFailure: (cause) => end(Exit.failCause(cause)),
            onSuccess: () => end(Exit.void)
          }),
          Effect.forkDaemon,
          Scope.extend(scope),
          Effect.annotateLogs(conversation.annotations),
          Effect.map((fiber) => {
            present.set(fiber, conversation)
            fiber.addObserver(() => present.delete(fiber))
          })
        )
      })

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
          yield* seat(scope, yield* converse(flow))
        })
      ).pipe(Effect.forever, Effect.ignore)

    const count = (network: string, more: number) => {
      const counted = (perNetwork.get(network) ?? 0) + more
      if (counted === 0) perNetwork.delete(network)
      else perNetwork.set(network, counted)
    }

    const admit: Guests["admit"] = (remote) =>
      Effect.scopeWith((scope) => {
        const network = Networks.ofEndpoint(remote)
        const may = Option.isNone(network) ||
          (perNetwork.get(network.value) ?? 0) < connectionsPerAddress
        const stay = Effect.suspend(() => {
          if (Option.isNone(network)) return Effect.void
          count(network.value, 1)
          return Scope.addFinalizer(scope, Effect.sync(() => count(network.value, -1)))
        })
        return Effect.as(Effect.zipRight(tally.admitted(may), may ? stay : Effect.void), may)
      })

    const stats = Effect.suspend(() =>
      Effect.map(
        Effect.forEach([...present.values()], ({ phase }) => phase),
        tally.stats
      )
    )

    const drain = (grace: Duration.DurationInput) =>
      Effect.gen(function*() {
        leaving.current = true
        for (const [fiber, conversation] of present) {
          if (yield* conversation.isIdle) yield* Fiber.interruptFork(fiber)
        }
        yield* Fiber.awaitAll(present.keys()).pipe(
          Effect.interruptible,
          Effect.timeoutOption(grace)
        )
        yield* Fiber.interruptAll(present.keys())
      })

    return { welcome, drain, admit, stats, draining: () => leaving.current }
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
