/**
 * ScriptedPeer: plays a script over a connection, and says readably where the other side left it.
 *
 * @module
 */
import * as Dialer from "@effect-smtp/flow/Dialer"
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import { Flow } from "@effect-smtp/flow/Flow"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import * as Listener from "@effect-smtp/flow/Listener"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import * as Reader from "./internal/reader.js"
import type { Pattern, Script, Step } from "./Script.js"
import { fits, printStep } from "./Script.js"

/** What came instead of what a script expected. */
export type Received = Reader.Received

/**
 * The other side did not do what the script expected, or the script cannot be played on.
 *
 * - `script`, `step`: the script, and which of its steps failed, from 0;
 * - `received`: what came instead.
 *
 * The message shows the step, what came, and the steps before it.
 */
export class ScriptError extends Data.TaggedError("ScriptError")<{
  readonly script: Script
  readonly step: number
  readonly received: Received
}> {
  override get message(): string {
    return [
      `at step ${this.step + 1} of ${this.script.length}:`,
      ...this.script.slice(Math.max(0, this.step - 3), this.step).map((_) => `    ${printStep(_)}`),
      `  - ${printStep(this.script[this.step])}`,
      `  + ${Reader.print(this.received)}`
    ].join("\n")
  }
}

/** How a script left the connection: to be closed in order, or to be cut. */
export type Ending = "close" | "reset"

/**
 * Plays the script over the flow at hand, to its end. The connection stays open: it belongs to the
 * scope it was acquired in, and the ending says what should become of it. {@link accept} and
 * {@link dial} see to that, too.
 */
export const run: (
  script: Script
) => Effect.Effect<Ending, ScriptError, Flow | Scope.Scope> = Effect.fn("ScriptedPeer.run")(
  function*(script: Script) {
    let reader = Reader.make(yield* Flow)
    for (const [index, step] of script.entries()) {
      const fail = (step: number) => (received: Received) =>
        new ScriptError({ script, step, received })
      if (step._tag !== "Close" && step._tag !== "Reset") {
        reader = yield* Effect.mapError(play(reader, step), fail(index))
      } else if (index < script.length - 1) {
        return yield* fail(index + 1)(Reader.Received.Nothing())
      } else {
        return step._tag === "Reset" ? "reset" : "close"
      }
    }
    return "close"
  }
)

type Playable = Exclude<Step, { readonly _tag: "Close" | "Reset" }>

/** Plays one step; what comes instead of what it expects is the error. */
const play = (
  reader: Reader.Reader,
  step: Playable
): Effect.Effect<Reader.Reader, Received, Scope.Scope> => {
  switch (step._tag) {
    case "Send":
      return write(reader, new TextEncoder().encode(step.lines.map((_) => `${_}\r\n`).join("")))
    case "SendBytes":
      return write(reader, step.bytes)
    case "Expect":
      return Effect.flatMap(Reader.line(reader), compare(step.pattern))
    case "ExpectData":
      return Effect.flatMap(Reader.data(reader), compare(step.pattern))
    case "ExpectBytes":
      return Effect.flatMap(
        Reader.bytes(reader, step.bytes.length),
        ([bytes, rest]) =>
          bytes.every((byte, at) => byte === step.bytes[at])
            ? Effect.succeed(rest)
            : Effect.fail(Reader.Received.Bytes({ bytes }))
      )
    case "SkipBytes":
      return Effect.map(Reader.bytes(reader, step.count), ([, rest]) => rest)
    case "ExpectEnd":
      return Effect.as(Reader.end(reader), reader)
    case "StartTls":
      return reader.unread.length > 0
        ? Effect.fail(Reader.Received.Bytes({ bytes: reader.unread }))
        : Effect.mapBoth(reader.flow.upgrade(step.tls), {
          onFailure: failed,
          onSuccess: Reader.make
        })
    case "Wait":
      return Effect.as(step.until, reader)
  }
}

const failed = (error: FlowError): Received => Reader.Received.Failed({ error })

const write = (
  reader: Reader.Reader,
  bytes: Uint8Array
): Effect.Effect<Reader.Reader, Received> =>
  Effect.mapBoth(reader.flow.write(bytes), { onFailure: failed, onSuccess: () => reader })

const compare = (pattern: Pattern) =>
(
  [text, rest]: readonly [string, Reader.Reader]
): Effect.Effect<Reader.Reader, Received> =>
  fits(pattern, text) ? Effect.succeed(rest) : Effect.fail(Reader.Received.Text({ text }))

/** Plays over a connection of its own, and ends it as the script says; it is cut if that failed. */
const over = (
  acquire: Effect.Effect<Flow, FlowError, Scope.Scope>,
  play: Effect.Effect<Ending, ScriptError, Flow | Scope.Scope>
): Effect.Effect<void, ScriptError | FlowError> =>
  Effect.acquireUseRelease(
    Scope.make(),
    (scope) =>
      Effect.flatMap(acquire, (flow) => Effect.provideService(play, Flow, flow)).pipe(
        Effect.flatMap((ending) =>
          Scope.close(scope, ending === "reset" ? Exit.fail(ending) : Exit.void)
        ),
        Scope.extend(scope)
      ),
    Scope.close
  )

/** Waits for a connection and plays the script over it. */
export const accept = (
  bound: Listener.Bound,
  script: Script
): Effect.Effect<void, ScriptError | FlowError> => over(bound.accept, run(script))

/** Opens a connection and plays the script over it. */
export const dial = (
  endpoint: Endpoint,
  script: Script
): Effect.Effect<void, ScriptError | FlowError, Dialer.Dialer> =>
  Effect.flatMap(Dialer.Dialer, (dialer) => over(dialer.dial(endpoint), run(script)))

/**
 * Runs a program against servers made of scripts: the endpoint is bound, and the first connection
 * plays the first script, the second the second, at the same time if the program wants it so. Every
 * script has to be played to its end, so a program that succeeds must have closed its connections.
 * The program is told the endpoint with its real port.
 *
 * Where the program and a script both fail, the script's error is reported, unless all it says is that
 * the connection ended: then the program's own error is the cause.
 */
export const against = <A, E, R>(
  options: { readonly endpoint: Endpoint; readonly scripts: ReadonlyArray<Script> },
  program: (endpoint: Endpoint) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | ScriptError | FlowError, R | Listener.Listener> =>
  Effect.acquireUseRelease(
    Scope.make(),
    (scope) =>
      Effect.gen(function*() {
        const listener = yield* Listener.Listener
        const bound = yield* Scope.extend(listener.listen(options.endpoint), scope)
        const misspoken = yield* Ref.make(Option.none<ScriptError>())
        const peer = yield* Effect.fork(acceptAll(bound, options.scripts, misspoken))
        const exit = yield* Effect.exit(program(bound.endpoint))
        yield* letAccept
        yield* Scope.close(scope, Exit.void)
        if (Exit.isSuccess(exit)) {
          yield* Fiber.join(peer)
          return exit.value
        }
        yield* Fiber.interrupt(peer)
        return yield* Option.match(yield* Ref.get(misspoken), {
          onNone: () => exit,
          onSome: (error) => Effect.fail(error)
        })
      }),
    Scope.close
  )

/**
 * Closing an endpoint cuts who was not accepted yet. A connection that the program opened, and closed
 * without waiting for the server, is given the turns it takes the scripts to accept it.
 */
const letAccept = Effect.repeatN(Effect.yieldNow(), 10)

/** The error follows from the connection's end, whoever ended it. */
const isConsequence = ({ received }: ScriptError): boolean =>
  received._tag === "End" ||
  (received._tag === "Failed" && ["Reset", "Closed"].includes(received.error.reason))

/** Plays the scripts, and notes what was said wrong before the program can see what comes of it. */
const acceptAll = (
  bound: Listener.Bound,
  scripts: ReadonlyArray<Script>,
  misspoken: Ref.Ref<Option.Option<ScriptError>>
): Effect.Effect<void, ScriptError | FlowError> =>
  Effect.flatMap(Effect.makeSemaphore(1), (inOrder) => {
    const next = inOrder.withPermits(1)(bound.accept)
    const note = (error: ScriptError) =>
      isConsequence(error)
        ? Effect.void
        : Ref.update(misspoken, Option.orElse(() => Option.some(error)))
    return Effect.forEach(scripts, (script) => over(next, Effect.tapError(run(script), note)), {
      concurrency: "unbounded",
      discard: true
    })
  })
