/**
 * Sink: Postfix's test server `smtp-sink`, which does whatever its options say, right or wrong.
 *
 * @module
 */
import type { Dialer } from "@effect-smtp/flow/Dialer"
import type { Listener } from "@effect-smtp/flow/Listener"
import type { CommandExecutor } from "@effect/platform/CommandExecutor"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Machine from "./Machine.js"
import * as Port from "./Port.js"
import * as Program from "./Program.js"

/**
 * A transaction that the sink has written down, as Latin-1 text with LF at the end of each line.
 *
 * - `told`: the addresses and names it was told, as header fields;
 * - `message`: the message, un-stuffed.
 */
export interface Dump {
  readonly told: string
  readonly message: string
}

/** Where it listens, and what it has written down so far, in no order. */
export interface Sink {
  readonly port: number
  readonly dumps: Effect.Effect<ReadonlyArray<Dump>, unknown>
}

/** A dump ends its own fields with the date, and the message with an empty line. */
const parse = (text: string): Dump => {
  const mark = "(UTC)\n"
  const end = text.indexOf(mark) + mark.length
  return { told: text.slice(0, end), message: text.slice(end, -1) }
}

/** Starts it with these options, until the scope closes. */
export const make = (
  options: ReadonlyArray<string>
): Effect.Effect<
  Sink,
  unknown,
  CommandExecutor | Dialer | FileSystem.FileSystem | Listener | Scope.Scope
> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const folder = yield* Machine.folder
    yield* files.chmod(folder, 0o777)
    const [port] = yield* Port.free(1)
    yield* Program.start({
      program: "smtp-sink",
      args: ["-u", "nobody", "-d", `${folder}/mail.`, ...options, `127.0.0.1:${port}`, "10"],
      environment: { TZ: "UTC" }
    })
    yield* Port.ready(port)
    const read = (name: string) =>
      Effect.map(
        files.readFile(`${folder}/${name}`),
        (bytes) => parse(Buffer.from(bytes).toString("latin1"))
      )
    const dumps = Effect.flatMap(files.readDirectory(folder), Effect.forEach(read))
    return { port, dumps }
  })
