/**
 * LintCommand: the flags of `smtp lint`, which tells what is wrong with a message, by itself or for one
 * server.
 *
 * @module
 */
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Finding from "@effect-smtp/message/Finding"
import * as Lint from "@effect-smtp/message/Lint"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Unfit, WrongUse } from "./CliError.js"
import * as Argument from "./internal/argument.js"
import * as Message from "./Message.js"
import * as Settings from "./Settings.js"
import * as Target from "./Target.js"

const options = {
  ...Target.options,
  ...Settings.options,
  json: Options.boolean("json").pipe(
    Options.withDescription("Print one JSON value instead of lines.")
  )
}

const file = Argument.text("file").pipe(
  Args.withDescription("The message, header and all; - is standard input.")
)

const description = "Tells what is wrong with a message, and with --host or --socket what that " +
  "server would have against it: only the greeting and what follows from it are said to the server."

type Flags = Command.Command.ParseConfig<typeof options>

/** A server that was asked. */
interface Asked {
  readonly endpoint: Endpoint.Endpoint
  readonly capabilities: Capabilities.Capabilities
}

const ask = (flags: Flags) =>
  Effect.gen(function*() {
    if (!Target.isNamed(flags)) {
      const [first] = [
        ...Target.dependent(flags),
        ...Option.isSome(flags.hello) ? ["--hello"] : [],
        ...Option.isSome(flags.config) ? ["--config"] : []
      ]
      return first === undefined
        ? Option.none<Asked>()
        : yield* new WrongUse({ reason: `${first}: without a --host no server is asked` })
    }
    const { endpoint, session } = yield* Target.read(flags, { requireTls: false })
    const { capabilities } = yield* Effect.scoped(SmtpClient.connect(endpoint, session))
    return Option.some<Asked>({ endpoint, capabilities })
  })

/** What comes out as JSON: the server with the lines of its offer, and each finding with its words. */
export const Report = Schema.Struct({
  server: Schema.NullOr(Schema.Struct({
    endpoint: Schema.String,
    offers: Schema.Array(Schema.String)
  })),
  findings: Schema.Array(Schema.Struct({
    rule: Schema.String,
    severity: Schema.Literal("error", "warning", "advice"),
    line: Schema.Number,
    offset: Schema.Number,
    times: Schema.Number,
    text: Schema.String,
    section: Schema.String
  }))
})

const severities = { Error: "error", Warning: "warning", Advice: "advice" } as const

const toReport = (
  server: Option.Option<Asked>,
  findings: ReadonlyArray<Finding.Finding>
): typeof Report.Type => ({
  server: Option.match(server, {
    onNone: () => null,
    onSome: ({ capabilities, endpoint }) => ({
      endpoint: Endpoint.print(endpoint),
      offers: Capabilities.toLines(capabilities).slice(1)
    })
  }),
  findings: findings.map((finding) => ({
    rule: finding.rule._tag,
    severity: severities[finding.severity],
    line: finding.at.line,
    offset: finding.at.offset,
    times: finding.times,
    text: Finding.explain(finding),
    section: Finding.section(finding.rule)
  }))
})

const toJson = Schema.encodeSync(Schema.parseJson(Report, { space: 2 }))

const run = (flags: Flags & { readonly file: string }) =>
  Effect.gen(function*() {
    const server = yield* ask(flags)
    const findings = yield* Lint.lint(Message.read(flags.file), {
      ...Option.match(server, {
        onNone: () => ({}),
        onSome: ({ capabilities }) => ({ server: capabilities })
      })
    })
    const lines = flags.json
      ? [toJson(toReport(server, findings))]
      : findings.map(Finding.print)
    yield* Effect.forEach(lines, (line) => Console.log(line), { discard: true })
    const errors = findings.filter(Finding.isError).length
    if (errors > 0) return yield* new Unfit({ errors })
  })

/** The command. */
export const command = Command.make(
  "lint",
  { ...options, file },
  (flags) => Settings.within(flags.config)(run(flags))
).pipe(Command.withDescription(description))
