/**
 * Bench: what every benchmark begins and ends with.
 *
 * @module
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Os from "node:os"
import * as Task from "./Task.js"
import * as Worker from "./Worker.js"

/** Starts a program of `senders/`. */
export const sender = (
  program: string
): Effect.Effect<Worker.Worker<Task.Delivery, Task.Delivered>, never, Scope.Scope> =>
  Worker.start<Task.Delivery, Task.Delivered, Task.Delivered>(
    `senders/${program}`,
    Task.Delivered
  )

/** Starts a program of `receivers/`. */
export const receiver = (
  program: string
): Effect.Effect<Worker.Worker<Task.Count, Task.Tally>, never, Scope.Scope> =>
  Worker.start<Task.Count, Task.Tally, Task.Tally>(`receivers/${program}`, Task.Tally)

/** Starts the program that holds connections. */
export const holder: Effect.Effect<Worker.Worker<Task.Hold, Task.Holding>, never, Scope.Scope> =
  Worker.start<Task.Hold, Task.Holding, Task.Holding>("senders/Holder", Task.Holding)

const machine = Effect.sync(() => `Node ${process.version}, ${Os.availableParallelism()} cores`)

/** Runs a benchmark to its end. Whatever goes wrong is logged, and is the exit status. */
export const run = <E>(benchmark: Effect.Effect<void, E>): void => {
  const program = Effect.flatMap(machine, Console.log).pipe(
    Effect.zipRight(benchmark),
    Effect.tapErrorCause((cause) => Effect.logError("no result", cause)),
    Effect.exit
  )
  Effect.runFork(Effect.map(program, (exit) => {
    process.exitCode = exit._tag === "Success" ? 0 : 1
  }))
}
