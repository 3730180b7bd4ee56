/**
 * ProbeCommand: the flags of `smtp probe`, which looks into a server and may stop at any point.
 *
 * @module
 */
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Probe from "@effect-smtp/client/Probe"
import type { Line, Report, Stage } from "@effect-smtp/client/ProbeReport"
import * as ProbeReport from "@effect-smtp/client/ProbeReport"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import { Faulty, WrongUse } from "./CliError.js"
import * as Argument from "./internal/argument.js"
import * as Flag from "./internal/flag.js"
import * as Place from "./internal/place.js"
import * as Login from "./Login.js"
import * as Message from "./Message.js"
import * as OnBehalf from "./OnBehalf.js"
import * as ProbeJson from "./ProbeJson.js"
import * as ProbePage from "./ProbePage.js"
import * as Protection from "./Protection.js"
import * as Target from "./Target.js"

const word = (stage: Stage): string => stage.toLowerCase()

const words = (stages: ReadonlyArray<Stage>) =>
  stages.map((stage): [string, Stage] => [word(stage), stage])

/** Where QUIT can be said, or there is nobody to say it to. */
const quittable = ProbeReport.stages.filter((stage) => stage !== "Data" && stage !== "Content")

const options = {
  login: Login.options,
  onBehalf: OnBehalf.options,
  ...Place.options,
  ...Protection.options,
  serverName: Options.text("server-name").pipe(
    Options.optional,
    Options.withDescription(
      "The name to ask for in TLS and to find in the certificate. Default: the host."
    )
  ),
  tlsVersion: Options.choice("tls-version", ["TLSv1.2", "TLSv1.3"]).pipe(
    Options.optional,
    Options.withDescription("Speak this version only. Default: both.")
  ),
  tlsCiphers: Options.text("tls-ciphers").pipe(
    Options.optional,
    Options.withDescription("Offer these cipher suites only, OpenSSL's names with : between them.")
  ),
  assume: Flag.extensions("assume").pipe(
    Options.withPseudoName("extension"),
    Options.withDescription(
      "Take the server to offer this, such as PIPELINING or 'AUTH PLAIN', though it says nothing of it."
    )
  ),
  exposeCredentials: Options.boolean("expose-credentials").pipe(
    Options.withDescription(
      "Log in even in clear text, or where the certificate is bad: others may learn the secret."
    )
  ),
  hello: Flag.domain("hello").pipe(
    Options.optional,
    Options.withDescription("What to call oneself. Default: the literal of the own address.")
  ),
  from: Options.text("from").pipe(
    Options.withDefault(""),
    Options.withDescription("The sender's address. Default: the null sender.")
  ),
  to: Options.text("to").pipe(
    Options.repeated,
    Options.withDescription("A recipient's address: go as far as RCPT. Repeat it for more of them.")
  ),
  message: Flag.path("message").pipe(
    Options.optional,
    Options.withDescription("Send this message, header and all; - is standard input.")
  ),
  pipeline: Options.boolean("pipeline").pipe(
    Options.withDescription("Say MAIL, RCPT and DATA at once, where the server offers that.")
  ),
  prdr: Options.boolean("prdr").pipe(
    Options.withDescription("Ask for an answer for each recipient, where the server offers that.")
  ),
  quitAfter: Options.choiceWithValue("quit-after", words(quittable)).pipe(
    Options.optional,
    Options.withDescription("Go so far, and say QUIT. After verdict: a test message has been sent.")
  ),
  dropAfter: Options.choiceWithValue("drop-after", words(ProbeReport.stages)).pipe(
    Options.optional,
    Options.withDescription("Go so far, and close the connection without a word.")
  ),
  timeout: Flag.seconds("timeout").pipe(
    Options.optional,
    Options.withDescription("Seconds for the whole session. Default: RFC 5321's for each phase.")
  ),
  transcript: Options.boolean("transcript").pipe(
    Options.withDescription(
      "Show the conversation on standard error, secrets hidden, each line with its milliseconds."
    )
  ),
  json: Options.boolean("json").pipe(
    Options.withDescription("Print one JSON value, the conversation in it.")
  )
}

const host = Argument.checked(
  "host",
  (text) =>
    Either.mapLeft(
      Target.parseHost(text),
      () => `the host wants to be HOST or HOST:PORT, and is ${text}`
    )
).pipe(
  Args.optional,
  Args.withDescription("The server: a name or an address, and perhaps :PORT. Default: localhost.")
)

const description =
  "Looks into a server: what it says and offers, TLS and the certificate, logins, and whether it would " +
  "take mail. It goes on past a bad certificate, and sends no credentials there."

type Flags = Command.Command.ParseConfig<typeof options> & {
  readonly host: Option.Option<Target.Host>
}

/** How far to go, and how to end. */
const readEnd = (flags: Flags): Effect.Effect<Pick<Probe.Options, "until" | "ending">, WrongUse> =>
  Effect.gen(function*() {
    const { dropAfter, message, quitAfter, to } = flags
    if (Option.isSome(dropAfter) && Option.isSome(quitAfter)) {
      return yield* new WrongUse({ reason: "--quit-after and --drop-after: one of them is enough" })
    }
    const until = Option.getOrElse(
      Option.orElse(quitAfter, () => dropAfter),
      (): Stage => Option.isSome(message) ? "Verdict" : to.length > 0 ? "Recipient" : "Auth"
    )
    if (to.length === 0 && !ProbeReport.isWithin(until, "Auth")) {
      return yield* new WrongUse({ reason: `there is no --to, and without it no ${word(until)}` })
    }
    return { until, ending: Option.isSome(dropAfter) ? "Drop" : "Quit" }
  })

const readMail = (flags: Flags, until: Stage) =>
  Effect.gen(function*() {
    const { from, message, pipeline, prdr, to } = flags
    if (!Arr.isNonEmptyReadonlyArray(to)) {
      return from !== "" || pipeline || prdr
        ? yield* new WrongUse({
          reason: "--from, --pipeline and --prdr are about mail, and there is no --to"
        })
        : Option.none<Probe.Mail>()
    }
    const envelope = yield* Effect.mapError(
      Envelope.parse({ from, to }),
      (error) => new WrongUse({ reason: `a bad address: ${error.message}` })
    )
    const body = Option.isSome(message)
      ? Option.some(yield* Message.fromFile(message.value))
      : ProbeReport.isWithin(until, "Data")
      ? Option.none()
      : Option.some(yield* Message.forTest(envelope))
    const mail: Probe.Mail = {
      envelope,
      body,
      pipelining: pipeline,
      prdr: prdr ? "WhereOffered" : "Unused"
    }
    return Option.some(mail)
  })

const read = (flags: Flags) =>
  Effect.gen(function*() {
    const { name: host, port: chosen } = yield* Target.hostAndPort(flags, "localhost")
    yield* Place.check({ ...flags, port: chosen })
    const { until, ending } = yield* readEnd(flags)
    const credentials = yield* Login.credentials(flags.login)
    const { mode, port } = Protection.defaults({
      ...flags,
      port: chosen,
      login: Option.isSome(credentials),
      requireTls: false
    })
    const security = yield* Protection.forProbe({
      ...flags,
      host,
      mode,
      version: flags.tlsVersion,
      ciphers: flags.tlsCiphers,
      ca: yield* Protection.authorities(flags),
      identity: yield* Login.identity(flags.login),
      exposed: flags.exposeCredentials
    })
    return Probe.make({
      endpoint: Place.endpoint(host, port, flags.socket),
      protocol: flags.lmtp ? "Lmtp" : "Smtp",
      security,
      until,
      ending,
      name: flags.hello,
      credentials,
      exposure: flags.exposeCredentials ? "ExposedToEveryone" : "Refused",
      proxy: yield* OnBehalf.proxy(flags.onBehalf),
      xclient: flags.onBehalf.xclient,
      assumed: flags.assume,
      mail: yield* readMail(flags, until),
      timeout: Option.map(flags.timeout, Duration.seconds),
      ...(flags.transcript ? { onLine: showing() } : {})
    })
  })

/** Shows each line with the time since the one before it. */
const showing = (): (line: Line) => Effect.Effect<void> => {
  const before = MutableRef.make(0)
  return (line) =>
    Effect.suspend(() => {
      const text = ProbePage.line(line, MutableRef.get(before))
      MutableRef.set(before, line.at)
      return Console.error(text)
    })
}

const show = (report: Report, json: boolean): Effect.Effect<void> =>
  json
    ? Effect.flatMap(ProbeJson.print(report), (text) => Console.log(text))
    : Effect.forEach(ProbePage.print(report), (line) => Console.log(line), { discard: true })

/** The command. */
export const command = Command.make(
  "probe",
  { ...options, host },
  (flags) =>
    Effect.gen(function*() {
      const report = yield* Effect.flatMap(read(flags), Probe.run)
      yield* show(report, flags.json)
      const failed = ProbeReport.failedStage(report)
      if (Option.isSome(failed)) return yield* new Faulty({ stage: failed.value })
    })
).pipe(Command.withDescription(description))
