/**
 * Program: the inside of a `Worker`: it answers questions until whoever asks is gone.
 *
 * @module
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Held from "./Held.js"
import * as Task from "./Task.js"

/** Runs a program that answers what `start` makes of it. A failure ends the process. */
const answering = <Q, I>(
  question: Schema.Schema<Q, I>,
  start: Effect.Effect<(question: Q) => Effect.Effect<unknown, unknown>, unknown, Scope.Scope>
): void => {
  const program = Effect.gen(function*() {
    const questions = yield* Queue.unbounded<unknown>()
    process.on("message", (message) => questions.unsafeOffer(message))
    const answer = yield* start
    return yield* Queue.take(questions).pipe(
      Effect.flatMap(Schema.decodeUnknown(question)),
      Effect.flatMap(answer),
      Effect.flatMap((given) => Effect.sync(() => process.send?.(given))),
      Effect.forever
    )
  })
  process.once("disconnect", () => process.exit())
  Effect.runFork(
    Effect.scoped(program).pipe(
      Effect.catchAllCause((cause) => Effect.logError("the program failed", cause)),
      Effect.ensuring(Effect.sync(() => process.exit(1)))
    )
  )
}

const cpuMicros = Effect.sync(() => {
  const { system, user } = process.cpuUsage()
  return user + system
})

/**
 * A receiver: it is given what to call for each message it has taken, with the octets of it, and tells
 * the port it listens on.
 */
export const receiver = (
  listen: (
    received: (octets: number) => void
  ) => Effect.Effect<number, unknown, Scope.Scope>
): void =>
  answering(
    Task.Count,
    Effect.gen(function*() {
      const total = { messages: 0, octets: 0 }
      const port = yield* listen((octets) => {
        total.messages++
        total.octets += octets
      })
      const watch = yield* Held.watch
      return (question) =>
        Effect.gen(function*() {
          const used = yield* cpuMicros
          if (question === "Settle") yield* watch.settle
          const tally: Task.Tally = {
            port,
            ...total,
            cpuMicros: used,
            held: Held.now(),
            most: yield* watch.most
          }
          return tally
        })
    })
  )

/** A proxy: it is told where to lead to, and tells the port it listens on. */
export const proxy = (
  listen: (port: number) => Effect.Effect<number, unknown, Scope.Scope>
): void =>
  answering(
    Task.Way,
    Effect.map(
      Effect.scope,
      (scope) => ({ port }) =>
        Effect.map(Scope.extend(listen(port), scope), (own): Task.Way => ({ port: own }))
    )
  )

/** A holder: it opens connections there and keeps them, and tells how many of all are open. */
export const holder = (
  open: (port: number, more: number) => Effect.Effect<number, unknown>
): void =>
  answering(
    Task.Hold,
    Effect.succeed(({ more, port }) =>
      Effect.map(open(port, more), (all): Task.Holding => ({ open: all }))
    )
  )

/** A sender: it delivers what it is told to, connecting included. */
export const sender = (
  deliver: (delivery: Task.Delivery) => Effect.Effect<void, unknown>
): void =>
  answering(
    Task.Delivery,
    Effect.succeed((delivery) =>
      Effect.gen(function*() {
        const began = yield* Clock.currentTimeNanos
        const before = yield* cpuMicros
        yield* deliver(delivery)
        const after = yield* cpuMicros
        const ended = yield* Clock.currentTimeNanos
        return { seconds: Number(ended - began) / 1e9, cpuMicros: after - before }
      })
    )
  )
