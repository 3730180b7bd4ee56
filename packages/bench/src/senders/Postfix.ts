/**
 * Postfix: its load generator, `smtp-source`, where it is installed. It says HELO, uses no PIPELINING
 * and does not wait for the reply to QUIT.
 *
 * @module
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Message from "../Message.js"
import type * as Task from "../Task.js"

/** Postfix keeps its programs for administrators where the PATH of others does not lead. */
const folders = (): ReadonlyArray<string> => [
  ...(process.env["PATH"] ?? "").split(Path.delimiter).filter((folder) => folder !== ""),
  "/usr/sbin",
  "/usr/local/sbin",
  "/opt/homebrew/sbin"
]

const isProgram = (path: string): Effect.Effect<boolean> =>
  Effect.isSuccess(Effect.tryPromise(() => Fs.access(path, Fs.constants.X_OK)))

/** Where `smtp-source` is, if anywhere. */
export const smtpSource: Effect.Effect<Option.Option<string>> = Effect.suspend(() =>
  Effect.findFirst(
    Arr.map(folders(), (folder) => Path.join(folder, "smtp-source")),
    isProgram
  )
)

/** What `smtp-source` puts behind every message: an empty line. */
const added = "\r\n"

/** The message in a file as `smtp-source` wants it, with LF for its line ends. */
const file = (octets: number) =>
  Effect.acquireRelease(
    Effect.tryPromise(() => Fs.mkdtemp(Path.join(Os.tmpdir(), "bench-"))),
    (folder) => Effect.promise(() => Fs.rm(folder, { recursive: true }))
  ).pipe(Effect.flatMap((folder) => {
    const path = Path.join(folder, "message")
    const text = new TextDecoder().decode(Message.make(octets - added.length))
    return Effect.as(
      Effect.tryPromise(() => Fs.writeFile(path, text.replaceAll("\r\n", "\n"))),
      path
    )
  }))

const run = (program: string, options: ReadonlyArray<string>): Effect.Effect<void, Error> =>
  Effect.async((resume) => {
    const child = ChildProcess.execFile(
      program,
      options,
      (error) => resume(error === null ? Effect.void : Effect.fail(error))
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** Has `smtp-source`, which is there, send what it is told to. */
export const deliver =
  (program: string) =>
  ({ connections, messages, octets, perConnection, port, recipients }: Task.Delivery) =>
    Effect.scoped(Effect.flatMap(file(octets), (path) =>
      run(program, [
        ...(perConnection === "All" ? ["-d"] : []),
        ...["-s", `${connections}`],
        ...["-m", `${messages}`],
        ...["-r", `${recipients}`],
        ...["-F", path],
        ...["-M", "client.example"],
        ...["-f", Message.from],
        ...["-t", Message.recipients(1)[0]],
        `inet:127.0.0.1:${port}`
      ])))
