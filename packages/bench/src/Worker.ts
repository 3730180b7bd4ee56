/**
 * Worker: a process of its own, as seen by the one that started it. Nobody else's work is in what it
 * uses.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as ChildProcess from "node:child_process"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

/** The process ended, did not answer in time, or answered something else. Its own words are on stderr. */
export class WorkerFailed extends Data.TaggedError("WorkerFailed")<{
  readonly program: string
  readonly reason: string
}> {
  override get message(): string {
    return `${this.program} ${this.reason}`
  }
}

/** Asks a process, which answers one question at a time. */
export type Worker<Q, A> = (question: Q) => Effect.Effect<A, WorkerFailed>

/** The longest wait for an answer. */
const patience = "1 minute"

const here = fileURLToPath(import.meta.url)

/**
 * Starts a program of this package, named without its extension, that may collect its garbage when it
 * likes. Closing the scope kills it.
 */
export const start = <Q extends ChildProcess.Serializable, A, I>(
  program: string,
  answer: Schema.Schema<A, I>
): Effect.Effect<Worker<Q, A>, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      ChildProcess.fork(Path.join(Path.dirname(here), `${program}${Path.extname(here)}`), {
        execArgv: ["--expose-gc"]
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  ).pipe(Effect.map((child) => (question) => {
    const fail = (reason: string) => Effect.fail(new WorkerFailed({ program, reason }))
    return Effect.async<unknown, WorkerFailed>((resume) => {
      const stop = () => child.off("message", heard).off("exit", ended)
      const heard = (message: unknown) => {
        stop()
        resume(Effect.succeed(message))
      }
      const ended = () => {
        stop()
        resume(fail("has ended"))
      }
      child.on("message", heard).on("exit", ended)
      if (child.connected) child.send(question)
      else ended()
      return Effect.sync(stop)
    }).pipe(
      Effect.timeoutFail({
        duration: patience,
        onTimeout: () => new WorkerFailed({ program, reason: `did not answer for ${patience}` })
      }),
      Effect.flatMap(Schema.decodeUnknown(answer)),
      Effect.catchTag("ParseError", (error) => fail(`said what nobody asked for: ${error.message}`))
    )
  }))
