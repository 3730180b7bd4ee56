/**
 * TraceCommand: `smtp trace`, the way that a message has come.
 *
 * @module
 */
import * as Trace from "@effect-smtp/received/Trace"
import * as TraceGraph from "@effect-smtp/received/TraceGraph"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { BadFile, WrongUse } from "./CliError.js"
import * as Argument from "./internal/argument.js"
import * as Message from "./Message.js"
import * as TraceReport from "./TraceReport.js"

const file = Argument.text("file").pipe(
  Args.withDescription("The message, or its header; - is standard input.")
)

const options = {
  dot: Options.boolean("dot").pipe(Options.withDescription("Print a graph for Graphviz.")),
  mermaid: Options.boolean("mermaid").pipe(Options.withDescription("Print a graph for Mermaid.")),
  json: Options.boolean("json").pipe(Options.withDescription("Print all that the fields say."))
}

const description =
  "Tells the way that a message has come, by its Received fields: the hosts, the protocols, and how long " +
  "it took from each to the next. Only what hosts wrote that one trusts is to be believed."

type Flags = Command.Command.ParseConfig<typeof options>

/** How to print it. */
const form = ({ dot, json, mermaid }: Flags): Effect.Effect<
  (trace: Trace.Trace) => string,
  WrongUse
> =>
  [dot, mermaid, json].filter(Boolean).length > 1
    ? new WrongUse({ reason: "--dot, --mermaid and --json: one of them" })
    : Effect.succeed(
      dot
        ? (trace) => TraceGraph.toDot(TraceGraph.fromTrace(trace)).trimEnd()
        : mermaid
        ? (trace) => TraceGraph.toMermaid(TraceGraph.fromTrace(trace)).trimEnd()
        : json
        ? TraceReport.toJson
        : (trace) => TraceReport.lines(trace).join("\n")
    )

/** The trace in the file of that name; `-` is standard input. */
const read = (file: string) =>
  Effect.gen(function*() {
    const trace = yield* Trace.read(Message.read(file))
    return trace.hops.length === 0
      ? yield* new BadFile({
        what: "a message",
        file: Message.nameOf(file),
        reason: "there is no Received field in its header"
      })
      : trace
  })

/** The command. */
export const command = Command.make(
  "trace",
  { file, ...options },
  ({ file, ...flags }) =>
    Effect.gen(function*() {
      const print = yield* form(flags)
      yield* Console.log(print(yield* read(file)))
    })
).pipe(Command.withDescription(description))
