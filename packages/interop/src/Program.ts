/**
 * Program: runs other people's programs, in the caller's scope. What is started is stopped.
 *
 * @module
 */
import * as Command from "@effect/platform/Command"
import type { CommandExecutor } from "@effect/platform/CommandExecutor"
import type { PlatformError } from "@effect/platform/Error"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/**
 * What to run: the program's name or path, its arguments, what it reads on its standard input (nothing
 * by default), and environment variables on top of ours.
 */
export interface Options {
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly input?: string
  readonly environment?: Record<string, string>
}

/** How a program ended, and what it wrote. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The program had not ended in time, and was stopped. */
export class TooSlow extends Data.TaggedError("TooSlow")<{ readonly program: string }> {
  override get message(): string {
    return `${this.program} did not end in time`
  }
}

const command = ({ args, environment = {}, input, program }: Options): Command.Command => {
  const plain = Command.env(Command.make(program, ...args), environment)
  return input === undefined ? plain : Command.feed(plain, input)
}

const text = (bytes: Stream.Stream<Uint8Array, PlatformError>) =>
  Stream.mkString(Stream.decodeText(bytes))

/** Runs a program to its end, for 15 seconds at most. Any exit code is a result. */
export const run = (
  options: Options
): Effect.Effect<Ran, PlatformError | TooSlow, CommandExecutor> =>
  Command.start(command(options)).pipe(
    Effect.flatMap(({ exitCode, stderr, stdout }) =>
      Effect.all(
        { code: Effect.map(exitCode, Number), stdout: text(stdout), stderr: text(stderr) },
        { concurrency: "unbounded" }
      )
    ),
    Effect.scoped,
    Effect.timeoutFail({
      duration: "15 seconds",
      onTimeout: () => new TooSlow({ program: options.program })
    })
  )

/**
 * Starts a program that runs, with whatever it starts itself, until the scope closes or this process dies.
 * `hear` gets each line that it writes.
 */
export const start = (
  { args, program, ...options }: Options,
  hear: (line: string) => Effect.Effect<unknown> = () => Effect.void
): Effect.Effect<void, PlatformError, CommandExecutor | Scope.Scope> =>
  Effect.flatMap(
    Command.start(command({
      ...options,
      program: "setpriv",
      args: ["--pdeathsig", "TERM", program, ...args]
    })),
    ({ stderr, stdout }) =>
      Stream.merge(lines(stdout), lines(stderr)).pipe(
        Stream.runForEach(hear),
        Effect.ignore,
        Effect.forkScoped
      )
  )

const lines = (bytes: Stream.Stream<Uint8Array, PlatformError>) =>
  Stream.splitLines(Stream.decodeText(bytes))
