/**
 * SendCommand: the flags of `smtp send`.
 *
 * @module
 */
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { Incomplete, Undelivered, WrongUse } from "./CliError.js"
import * as ExitCode from "./ExitCode.js"
import * as Flag from "./internal/flag.js"
import * as Message from "./Message.js"
import * as Protection from "./Protection.js"
import * as Repeat from "./Repeat.js"
import * as Report from "./Report.js"
import * as Send from "./Send.js"
import * as Settings from "./Settings.js"
import * as Target from "./Target.js"
import * as Wishes from "./Wishes.js"

const options = {
  ...Target.options,
  ...Settings.options,
  wishes: Wishes.options,
  from: Options.text("from").pipe(
    Options.optional,
    Options.withDescription("The sender's address; '' is the null sender. Default: SMTP_SENDER.")
  ),
  to: Options.text("to").pipe(
    Options.atLeast(1),
    Options.withDescription("A recipient's address. Repeat it for more of them.")
  ),
  timeout: Flag.seconds("timeout").pipe(
    Options.optional,
    Options.withDescription("Seconds for the whole session. Default: RFC 5321's for each phase.")
  ),
  transcript: Options.boolean("transcript").pipe(
    Options.withDescription("Show the conversation on standard error, secrets hidden.")
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

const message = Args.text({ name: "message" }).pipe(
  Args.optional,
  Args.withDescription("The message, header and all. Default: standard input.")
)

const description =
  "Sends a message, whose lines may end in LF, and prints a line for each recipient."

type Flags = Command.Command.ParseConfig<typeof options>

interface Source {
  readonly message: Option.Option<string>
}

const parseEnvelope = (flags: Flags): Effect.Effect<Envelope.Envelope, WrongUse> =>
  Effect.gen(function*() {
    const sender = yield* Settings.orVariable(flags.from, "SMTP_SENDER")
    if (Option.isNone(sender)) {
      return yield* new WrongUse({ reason: "there is no sender: say --from, or set SMTP_SENDER" })
    }
    return yield* Effect.mapError(
      Arr.isNonEmptyReadonlyArray(flags.to)
        ? Envelope.parse({ from: sender.value, to: flags.to })
        : Either.left(new Error("no recipient")),
      (error) => new WrongUse({ reason: `a bad address: ${error.message}` })
    )
  })

/** Where to, and to whom. */
const read = (flags: Flags) =>
  Effect.gen(function*() {
    const envelope = yield* Wishes.ask(yield* parseEnvelope(flags), flags.wishes)
    const destination = yield* Target.read(flags, flags.wishes)
    return { destination, envelope }
  })

const print = (lines: ReadonlyArray<string>) =>
  Effect.forEach(lines, (line) => Console.log(line), { discard: true })

/** One message in one session. */
const once = (flags: Flags & Source) =>
  Effect.gen(function*() {
    if (Option.isSome(flags.connections)) {
      return yield* new WrongUse({ reason: "--connections is for --repeat; one message takes one" })
    }
    const { destination, envelope } = yield* read(flags)
    const body = yield* Option.match(flags.message, {
      onNone: () => Message.fromStdin,
      onSome: Message.fromFile
    })
    if (flags.insecure) yield* Console.error(Protection.warning)
    const outcome = yield* Effect.tapError(
      Send.run({
        ...destination,
        envelope,
        body,
        timeout: Option.map(flags.timeout, Duration.seconds),
        transcript: flags.transcript
          ? Option.some((line: string) => Console.error(line))
          : Option.none()
      }),
      (error) => print(Arr.map(Report.fromError(envelope, error), Report.print))
    )
    yield* print(Arr.map(Report.fromOutcome(outcome), Report.print))
    if (ExitCode.fromOutcome(outcome) !== 0) return yield* new Undelivered({ outcome })
  })

/** The same message `count` times. */
const repeatedly = (flags: Flags & Source, count: number) =>
  Effect.gen(function*() {
    if (flags.transcript || Option.isSome(flags.timeout)) {
      return yield* new WrongUse({
        reason: "--transcript and --timeout are for one session, and --repeat may take many"
      })
    }
    const { destination, envelope } = yield* read(flags)
    const body = yield* Option.match(flags.message, {
      onNone: () => Message.fromStdin,
      onSome: Message.fromFileAtOnce
    })
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
      if (Option.isSome(flags.repeat)) yield* repeatedly(flags, flags.repeat.value)
      else yield* once(flags)
    }))
).pipe(Command.withDescription(description))
