/**
 * SendCommand: the flags of `smtp send`.
 *
 * @module
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Incomplete, Undelivered, WrongUse } from "./CliError.js"
import * as DryRun from "./DryRun.js"
import * as Exchanges from "./Exchanges.js"
import * as ExitCode from "./ExitCode.js"
import * as Argument from "./internal/argument.js"
import * as Flag from "./internal/flag.js"
import * as Letter from "./Letter.js"
import * as Progress from "./Progress.js"
import * as Protection from "./Protection.js"
import * as Repeat from "./Repeat.js"
import * as Report from "./Report.js"
import * as Send from "./Send.js"
import * as Settings from "./Settings.js"
import * as Target from "./Target.js"

const options = {
  ...Letter.options,
  ...Target.options,
  ...Exchanges.options,
  ...Settings.options,
  timeout: Flag.seconds("timeout").pipe(
    Options.optional,
    Options.withDescription("Seconds for the whole session. Default: RFC 5321's for each phase.")
  ),
  transcript: Options.boolean("transcript").pipe(
    Options.withDescription("Show the conversation on standard error, secrets hidden.")
  ),
  json: Options.boolean("json").pipe(
    Options.withDescription("Print one JSON value instead of a line for each recipient.")
  ),
  dryRun: Options.boolean("dry-run").pipe(
    Options.withDescription(
      "Send nothing: show the message on standard output, its envelope on standard error."
    )
  ),
  repeat: Flag.positive("repeat").pipe(
    Options.optional,
    Options.withDescription("Send the message that many times, and print rate and counts instead.")
  ),
  connections: Flag.positive("connections").pipe(
    Options.optional,
    Options.withDescription("With --repeat: how many sessions at the same time. Default: 1.")
  )
}

const message = Argument.text("message").pipe(
  Args.optional,
  Args.withDescription(
    "The message, header and all. Default: -, standard input, unless one is composed of flags."
  )
)

const description =
  "Sends a message, whose lines may end in LF, and prints a line for each recipient. " +
  "With --subject, --text, --html and the like it composes one."

type Flags = Command.Command.ParseConfig<typeof options> & {
  readonly message: Option.Option<string>
}

const print = (lines: ReadonlyArray<string>) =>
  Effect.forEach(lines, (line) => Console.log(line), { discard: true })

/** What became of the recipients, in the form that was asked for. */
const report = (
  { json }: Flags,
  { messageId }: Letter.Letter,
  entries: ReadonlyArray<Report.Entry>,
  code: ExitCode.ExitCode
) => print(json ? [Report.toJson(entries, { code, messageId })] : entries.map(Report.print))

/** What is written, and where it goes is looked up where that is asked for. */
const dryRun = (flags: Flags) =>
  Effect.gen(function*() {
    const letter = yield* Letter.read(flags, "OnDisk")
    const exchanges = flags.mx
      ? Effect.asSome(Exchanges.within(flags)(Exchanges.find(letter.envelope)))
      : Effect.succeedNone
    yield* DryRun.show(letter, flags.json ? "Json" : "Lines", yield* exchanges)
  })

/** How it is sent: by one server, or straight to those of the recipients. */
const way = (flags: Flags) =>
  Effect.gen(function*() {
    if (flags.mx) {
      const options = yield* Exchanges.read(flags)
      return (job: Send.Job) => Exchanges.within(flags)(Send.direct(job, options))
    }
    const destination = yield* Target.read(flags, flags.wishes)
    return (job: Send.Job) => Send.run({ ...destination, ...job })
  })

/** One message. */
const once = (flags: Flags) =>
  Effect.gen(function*() {
    if (Option.isSome(flags.connections)) {
      return yield* new WrongUse({ reason: "--connections is for --repeat; one message takes one" })
    }
    if (flags.dryRun) return yield* dryRun(flags)
    const send = yield* way(flags)
    const letter = yield* Letter.read(flags, "OnDisk")
    if (flags.insecure) yield* Console.error(Protection.warning)
    const { envelope } = letter
    // A bar shows one reading of the message, and servers side by side read it each for itself.
    const watched = flags.transcript || flags.mx
      ? Effect.succeed(letter.body)
      : Progress.watch(letter.body)
    const outcome = yield* Effect.flatMap(watched, (body) =>
      send({
        envelope,
        body,
        timeout: Option.map(flags.timeout, Duration.seconds),
        transcript: flags.transcript
          ? Option.some((line: string) => Console.error(line))
          : Option.none()
      })).pipe(
        Effect.scoped,
        Effect.tapError((error) =>
          report(flags, letter, Report.fromError(envelope, error), ExitCode.fromFailure(error))
        )
      )
    const code = ExitCode.fromOutcome(outcome)
    yield* report(flags, letter, Report.fromOutcome(outcome), code)
    const doubtful = outcome.failed.find(({ fate }) => fate === "Unknown")
    if (doubtful !== undefined) yield* Console.error(`smtp: ${Report.advice(doubtful.error)}`)
    if (code !== 0) return yield* new Undelivered({ outcome })
  })

/** The same message `count` times. */
const repeatedly = (flags: Flags, count: number) =>
  Effect.gen(function*() {
    if (flags.transcript || Option.isSome(flags.timeout)) {
      return yield* new WrongUse({
        reason: "--transcript and --timeout are for one session, and --repeat may take many"
      })
    }
    if (flags.mx) {
      return yield* new WrongUse({ reason: "--repeat measures one server; --mx may find many" })
    }
    if (flags.dryRun || flags.json) {
      return yield* new WrongUse({
        reason: "--dry-run and --json are for one message, not --repeat"
      })
    }
    const destination = yield* Target.read(flags, flags.wishes)
    const { body, envelope } = yield* Letter.read(flags, "InMemory")
    if (flags.insecure) yield* Console.error(Protection.warning)
    const tally = yield* Repeat.run({
      ...destination,
      envelope,
      body,
      count,
      connections: Option.getOrElse(flags.connections, () => 1)
    })
    yield* print(Repeat.print(tally))
    if (tally.code !== 0) {
      return yield* new Incomplete({
        messages: tally.incomplete,
        retry: tally.code === 75 ? "Later" : "Never"
      })
    }
  })

/** The command. */
export const command = Command.make(
  "send",
  { ...options, message },
  (flags) =>
    Settings.within(flags.config)(Effect.gen(function*() {
      yield* Exchanges.check(flags)
      if (Option.isSome(flags.repeat)) yield* repeatedly(flags, flags.repeat.value)
      else yield* once(flags)
    }))
).pipe(Command.withDescription(description))
