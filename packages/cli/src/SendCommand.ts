/**
 * SendCommand: the flags of `smtp send`.
 *
 * @module
 */
import type { Destination } from "@effect-smtp/client/Destination"
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
import * as Place from "./internal/place.js"
import * as Login from "./Login.js"
import * as Message from "./Message.js"
import * as Protection from "./Protection.js"
import * as Repeat from "./Repeat.js"
import * as Report from "./Report.js"
import * as Send from "./Send.js"
import * as Wishes from "./Wishes.js"

const options = {
  login: Login.options,
  wishes: Wishes.options,
  host: Options.text("host").pipe(
    Options.withDefault("localhost"),
    Options.withDescription("The server: a name or an address. Default: localhost.")
  ),
  ...Place.options,
  ...Protection.options,
  insecure: Options.boolean("insecure").pipe(
    Options.withDescription(
      "Accept any certificate; with --tls none, show the secret to everybody on the way."
    )
  ),
  from: Options.text("from").pipe(
    Options.withDescription("The sender's address; '' is the null sender.")
  ),
  to: Options.text("to").pipe(
    Options.atLeast(1),
    Options.withDescription("A recipient's address. Repeat it for more of them.")
  ),
  hello: Flag.domain("hello").pipe(
    Options.optional,
    Options.withDescription("What to call oneself. Default: the literal of the own address.")
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

const parseEnvelope = ({ from, to }: Flags): Effect.Effect<Envelope.Envelope, WrongUse> =>
  Effect.mapError(
    Arr.isNonEmptyReadonlyArray(to)
      ? Envelope.parse({ from, to })
      : Either.left(new Error("no recipient")),
    (error) => new WrongUse({ reason: `a bad address: ${error.message}` })
  )

/** Where to, and to whom. */
const read = (flags: Flags) =>
  Effect.gen(function*() {
    const envelope = yield* Wishes.ask(yield* parseEnvelope(flags), flags.wishes)
    const { requireTls } = flags.wishes
    yield* Place.check(flags)
    const credentials = yield* Login.credentials(flags.login)
    const identity = yield* Login.identity(flags.login)
    const { host } = flags
    const { mode, port } = Protection.defaults({
      ...flags,
      login: Option.isSome(credentials),
      requireTls
    })
    const ca = yield* Protection.authorities(flags)
    const security = yield* Protection.security({
      ...flags,
      ca,
      credentials,
      identity,
      mode,
      requireTls
    })
    const destination: Destination = {
      endpoint: Place.endpoint(host, port, flags.socket),
      session: {
        security,
        protocol: flags.lmtp ? "Lmtp" : "Smtp",
        ...(Option.isNone(flags.hello) ? {} : { name: flags.hello.value }),
        ...(Option.isNone(credentials) ? {} : { credentials: credentials.value })
      }
    }
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
    Effect.gen(function*() {
      if (Option.isSome(flags.repeat)) yield* repeatedly(flags, flags.repeat.value)
      else yield* once(flags)
    })
).pipe(Command.withDescription(description))
