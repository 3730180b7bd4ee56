import type { Flow } from "@effect-smtp/flow/Flow"
import * as Tap from "@effect-smtp/flow/Tap"
import * as Transcript from "@effect-smtp/flow/Transcript"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Options } from "../Probe.js"
import type { Line, Report, Stage } from "../ProbeReport.js"
import { capabilities, Fault, stageOf } from "../ProbeReport.js"
import type { SmtpError } from "../SmtpError.js"

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

/** The report in the making: what was found stays found, wherever the session ends. */
export type Notes =
  & Mutable<Omit<Report, "steps" | "lines" | "faults" | "hellos" | "recipients">>
  & {
    readonly begun: number
    readonly assumed: Options["assumed"]
    readonly onLine: Options["onLine"]
    readonly steps: Array<Report["steps"][number]>
    readonly lines: Array<Line>
    readonly faults: Array<Fault>
    readonly hellos: Array<Report["hellos"][number]>
    readonly recipients: Array<Report["recipients"][number]>
  }

/** Nothing is known yet. */
export const make = (
  { assumed, endpoint, onLine, protocol }: Pick<
    Options,
    "assumed" | "endpoint" | "onLine" | "protocol"
  >
): Effect.Effect<Notes> =>
  Effect.map(Clock.currentTimeMillis, (begun) => ({
    begun,
    assumed,
    onLine,
    endpoint,
    protocol,
    peer: Option.none(),
    greeting: Option.none(),
    hellos: [],
    login: Option.none(),
    mail: Option.none(),
    recipients: [],
    data: Option.none(),
    outcome: Option.none(),
    steps: [],
    lines: [],
    faults: []
  }))

/** The report, as it is now. */
export const report = (
  { assumed: _assumed, begun: _begun, onLine: _onLine, ...notes }: Notes
): Report => ({
  ...notes,
  hellos: [...notes.hellos],
  recipients: [...notes.recipients],
  steps: [...notes.steps],
  lines: [...notes.lines],
  faults: [...notes.faults]
})

/** What the server offered last, and what it is taken to offer besides. */
export const offered = (notes: Notes): Capabilities.Capabilities => {
  const { extensions, greeting } = capabilities(notes)
  return Capabilities.make(greeting, [...extensions, ...notes.assumed])
}

/** Notes what has failed. */
export const fail = (notes: Notes, error: SmtpError): void => {
  const stage = Option.getOrElse(stageOf(error.phase), () => "Connect" as const)
  notes.faults.push(Fault.Failed({ stage, error }))
}

const since = ({ begun }: Notes) => Effect.map(Clock.currentTimeMillis, (now) => now - begun)

/** Notes how long something takes, however it ends. */
export const step = <A, E, R>(
  notes: Notes,
  stage: Stage,
  program: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.flatMap(
    since(notes),
    (at) =>
      Effect.onExit(program, () =>
        Effect.map(since(notes), (now) => {
          notes.steps.push({ stage, at, took: now - at })
        }))
  )

const take = (notes: Notes, entry: Transcript.Entry): Effect.Effect<void> =>
  Effect.flatMap(since(notes), (at) => {
    const line: Line = { at, ...entry }
    notes.lines.push(line)
    return notes.onLine(line)
  })

/** Something that nobody said. */
export const remark = (notes: Notes, line: string): Effect.Effect<void> =>
  take(notes, { from: "note", line })

/** The flow, overheard. */
export const overheard = (
  notes: Notes,
  flow: Flow
): Effect.Effect<Flow, never, Scope.Scope> =>
  Effect.flatMap(
    Transcript.sink({ side: "client", emit: (entry) => take(notes, entry) }),
    (sink) => Tap.make(flow, sink)
  )
