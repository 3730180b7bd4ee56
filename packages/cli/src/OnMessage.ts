/**
 * OnMessage: the handler that gives each message to a command of the shell, whose exit code is the answer.
 *
 * The message is written to a file first, so that a command never sees one that does not come to its
 * end, and is not waited for while it arrives. The file is the command's standard input; what it prints
 * goes to standard error. The envelope is in its environment:
 *
 * | variable | |
 * | --- | --- |
 * | `SMTP_FROM` | the sender's address, empty for the null sender |
 * | `SMTP_TO` | the recipients' addresses, a line for each |
 * | `SMTP_CLIENT`, `SMTP_HELO` | the other end, and what it calls itself |
 * | `SMTP_USER`, `SMTP_TLS` | who it has proved to be, and the version of TLS; else empty |
 * | `SMTP_SESSION` | the session's name in the log |
 * | `SMTP_MESSAGE` | the message's file, which is removed afterwards |
 * | `SMTP_RET`, `SMTP_ENVID` | `FULL` or `HDRS`, and the sender's name for the message; else empty |
 * | `SMTP_NOTIFY`, `SMTP_ORCPT` | a line for each recipient, as `SUCCESS,DELAY`, as `rfc822;b@mx.example` |
 *
 * The last four are what the client asked for under DSN (RFC 3461), decoded; empty where it asked for nothing,
 * or DSN is not offered.
 *
 * @module
 */
import type { ClientInfo } from "@effect-smtp/server/ClientInfo"
import type { Envelope } from "@effect-smtp/server/Envelope"
import * as Handler from "@effect-smtp/server/Handler"
import type { Incoming, IncomingError } from "@effect-smtp/server/Incoming"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as Command from "@effect/platform/Command"
import type * as CommandExecutor from "@effect/platform/CommandExecutor"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { refuse } from "./internal/refusal.js"
import * as Spool from "./Spool.js"

/**
 * - `command`: what `sh` is to run;
 * - `timeout`: how long it may take. The message is answered 451 then, and the command is stopped;
 * - `parallel`: how many may run at once. More messages wait.
 */
export interface Options {
  readonly command: string
  readonly timeout: Duration.DurationInput
  readonly parallel: number
}

/**
 * What an exit code of the command tells the client, for those of sysexits.h as sendmail has it: 0 is
 * 250; 71, 74 and 75 are 451, trying later can help; the others from 64 to 78 are refusals for good. Any
 * other code, or a signal, is no decision about the message: 451, so that it is not lost.
 */
export const verdict = (code: number): Verdict.Verdict =>
  code === 0 ? delivered : refusals.get(code) ?? Verdict.localError

const delivered = Verdict.accept(250, { subject: 0, detail: 0, text: "Delivered" })

const refusal = (
  code: Verdict.RejectCode,
  subject: number,
  detail: number,
  text: string
): Verdict.Verdict => Verdict.reject(code, { subject, detail, text })

const refusals: ReadonlyMap<number, Verdict.Verdict> = new Map([
  [64, refusal(554, 3, 0, "Command line usage error")],
  [65, refusal(554, 6, 0, "Data format error")],
  [66, refusal(550, 3, 0, "Cannot open input")],
  [67, refusal(550, 1, 1, "User unknown")],
  [68, refusal(550, 1, 2, "Host unknown")],
  [69, refusal(554, 3, 0, "Service unavailable")],
  [70, refusal(554, 3, 0, "Internal error")],
  [72, refusal(554, 3, 5, "System file missing")],
  [73, refusal(550, 3, 0, "Cannot create output")],
  [76, refusal(554, 5, 0, "Remote protocol error")],
  [77, refusal(550, 7, 0, "Insufficient permission")],
  [78, refusal(554, 3, 5, "Local configuration error")]
])

/** The handler, as long as the scope lives: in it is the directory of the messages' files. */
export const handler = (
  options: Options
): Effect.Effect<
  Handler.Shape<IncomingError>,
  PlatformError,
  CommandExecutor.CommandExecutor | FileSystem.FileSystem | Path.Path | Scope.Scope
> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped({ prefix: "smtp-" })
    const seats = yield* Effect.makeSemaphore(options.parallel)
    const context = yield* Effect.context<
      CommandExecutor.CommandExecutor | FileSystem.FileSystem | Path.Path
    >()
    return Handler.make({
      recipient: () => Effect.succeed(Verdict.recipientOk),
      message: (client, envelope, message) =>
        Effect.flatMap(keep(directory, message), ({ file, size }) =>
          seats.withPermits(1)(run(options, file, size, client, envelope))).pipe(
            Effect.scoped,
            Effect.provide(context),
            Effect.catchTags({ SystemError: refuse, BadArgument: refuse })
          )
    })
  })

/** The message in a file, until the scope closes. */
const keep = (directory: string, message: Incoming) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const random = yield* Random.nextIntBetween(0, 2 ** 48)
    const file = path.join(directory, `${random.toString(16).padStart(12, "0")}.eml`)
    yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(file, { force: true })))
    yield* Stream.run(message.stream, fs.sink(file, { flag: "wx", mode: 0o600 }))
    return { file, size: Number((yield* fs.stat(file)).size) }
  })

/** Standard input is the message; nothing is written to where the server announces itself. */
const script = (command: string) => `exec <"$SMTP_MESSAGE" >&2\n${command}`

const orEmpty = Option.getOrElse(() => "")

const printNotify = RcptParameters.matchNotify({
  Never: () => "NEVER",
  On: ({ events }) => events.join(",")
})

const printOrcpt = ({ address, addressType }: RcptParameters.OriginalRecipient): string =>
  `${addressType};${address}`

const run = (
  { command, timeout }: Options,
  file: string,
  size: number,
  client: ClientInfo,
  envelope: Envelope
) =>
  Effect.gen(function*() {
    const now = new Date(yield* Clock.currentTimeMillis).toISOString()
    const stored = Spool.describe(now, size, client, envelope)
    const { envid, ret } = envelope.parameters
    const eachLine = (text: (parameters: RcptParameters.RcptParameters) => Option.Option<string>) =>
      envelope.recipients.map(({ parameters }) => orEmpty(text(parameters))).join("\n")
    const running = yield* Command.make("sh", "-c", script(command)).pipe(
      Command.stderr("inherit"),
      Command.env({
        SMTP_FROM: stored.from,
        SMTP_TO: stored.to.join("\n"),
        SMTP_CLIENT: stored.client.remote,
        SMTP_HELO: stored.client.name ?? "",
        SMTP_USER: stored.client.user ?? "",
        SMTP_TLS: stored.client.tls ?? "",
        SMTP_SESSION: stored.client.session,
        SMTP_MESSAGE: file,
        SMTP_RET: orEmpty(ret),
        SMTP_ENVID: orEmpty(envid),
        SMTP_NOTIFY: eachLine(({ notify }) => Option.map(notify, printNotify)),
        SMTP_ORCPT: eachLine(({ orcpt }) => Option.map(orcpt, printOrcpt)),
        SMTP_PASSWORD: ""
      }),
      Command.start
    )
    const ended = yield* running.exitCode.pipe(
      Effect.timeoutOption(timeout),
      Effect.onInterrupt(() => stop(running))
    )
    if (Option.isNone(ended)) {
      yield* Effect.logError("the command for messages took too long").pipe(
        Effect.annotateLogs({ timeout: Duration.format(timeout) })
      )
      yield* stop(running)
      return Verdict.localError
    }
    yield* Effect.logInfo("message given to the command").pipe(
      Effect.annotateLogs({ exitCode: ended.value, size, recipients: stored.to.length })
    )
    return verdict(ended.value)
  })

/** Asks it to end, and does not ask for long. */
const stop = (running: CommandExecutor.Process): Effect.Effect<void> =>
  running.kill("SIGTERM").pipe(
    Effect.interruptible,
    Effect.timeoutOption("5 seconds"),
    Effect.flatMap(
      Option.match({ onNone: () => running.kill("SIGKILL"), onSome: () => Effect.void })
    ),
    Effect.ignore
  )
