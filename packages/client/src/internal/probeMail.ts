import type { Channel } from "@effect-smtp/protocol/Channel"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Command from "@effect-smtp/wire/Command"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Body from "../Body.js"
import * as Data from "../Data.js"
import type { Envelope } from "../Envelope.js"
import type { Verdict } from "../Outcome.js"
import type { Stage } from "../ProbeReport.js"
import { Fault, isWithin } from "../ProbeReport.js"
import type { SmtpError } from "../SmtpError.js"
import { Refused } from "../SmtpError.js"
import * as Verdicts from "../Verdicts.js"
import * as Dialogue from "./dialogue.js"
import * as Needs from "./needs.js"
import * as Notes from "./probeNotes.js"

/**
 * The mail to be sent, as far as the session gets: without a `body` nothing is said of its size, and it
 * has none.
 */
export interface Mail {
  readonly envelope: Envelope
  readonly body: Option.Option<Body.Body>
  readonly pipelining: boolean
  readonly prdr: Needs.Manner["prdr"]
}

/** A line whose reply is waited for, and whom it names. */
interface Line {
  readonly stage: "Mail" | "Recipient" | "Data"
  readonly text: string
  readonly note: (reply: Reply.Reply) => void
}

/** A stage of a transaction, and what it takes to get there; whether the next makes sense then. */
type Taken = readonly [Stage, Effect.Effect<boolean, SmtpError>]

const data = Either.getOrThrow(Command.toLine(Command.Command.Data()))
const nothing = Body.fromStream(Stream.empty, { eightBit: false })

/** The stages up to `last`. What is said together, under PIPELINING, is said and heard in the first. */
export const make = (
  channel: Channel,
  notes: Notes.Notes,
  { body, envelope, pipelining, prdr }: Mail,
  last: Stage
): ReadonlyArray<Taken> => {
  const offered = Effect.sync(() => Notes.offered(notes))
  const message = Option.getOrElse(body, () => nothing)
  const planned = MutableRef.make(Option.none<Needs.Plan>())
  const said = new Set<Stage>()

  /** Decided at MAIL, and not again. */
  const plan = Effect.suspend(() =>
    Option.match(planned.current, {
      onSome: Effect.succeed,
      onNone: () =>
        Effect.flatMap(
          Effect.all([offered, channel.peer]),
          ([capabilities, { tls }]) =>
            Effect.tap(
              Needs.plan(
                { capabilities, chunking: "ForBinaryOnly", protocol: notes.protocol },
                { secure: Option.isSome(tls), policy: "BestEffort", prdr },
                envelope,
                message
              ),
              (made) => Effect.sync(() => MutableRef.set(planned, Option.some(made)))
            )
        )
    })
  )

  const linesOf = ({ mail, recipients }: Needs.Plan): ReadonlyArray<Line> => [
    {
      stage: "Mail",
      text: mail,
      note: (reply) => {
        notes.mail = Option.some(reply)
      }
    },
    ...recipients.map(({ line, recipient }): Line => ({
      stage: "Recipient",
      text: line,
      note: (reply) => {
        notes.recipients.push({ recipient, reply })
      }
    })),
    {
      stage: "Data",
      text: data,
      note: (reply) => {
        notes.data = Option.some(reply)
      }
    }
  ]

  const exchange = (group: Arr.NonEmptyReadonlyArray<Line>): Effect.Effect<void, SmtpError> =>
    Effect.gen(function*() {
      yield* channel.enter(group[0].stage)
      yield* Dialogue.silence(channel, group[0].stage)
      channel.post(Dialogue.encode(group.map(({ text }) => text).join("")))
      for (const { note, stage } of group) note(yield* Dialogue.hear(channel, stage))
    })

  const say = (stage: Line["stage"]): Effect.Effect<Needs.Plan, SmtpError> =>
    Effect.gen(function*() {
      const made = yield* plan
      if (said.has(stage)) return made
      const together = pipelining && Capabilities.has(yield* offered, "Pipelining")
      const lines = linesOf(made).filter((line) =>
        together ? isWithin(line.stage, last) : line.stage === stage
      )
      for (const line of lines) said.add(line.stage)
      const groups = together && Arr.isNonEmptyReadonlyArray(lines) ? [lines] : lines.map(Arr.of)
      yield* Effect.forEach(
        groups,
        (group) => Notes.step(notes, group[0].stage, exchange(group)),
        { discard: true }
      )
      return made
    })

  const reject = (stage: "Recipient" | "Verdict", verdicts: ReadonlyArray<Verdict>): void => {
    if (verdicts.length > 0) notes.faults.push(Fault.Rejected({ stage, verdicts }))
  }

  const isAccepted = ({ reply }: Verdict): boolean => Reply.isCompletion(reply)

  /** A server that waits for a message which is not going to come gets an empty one. */
  const withdraw = Effect.suspend(() =>
    Option.exists(notes.data, Reply.isIntermediate)
      ? Effect.asVoid(Data.empty(channel))
      : Effect.void
  )

  const refusal = (phase: "Mail" | "Data", reply: Option.Option<Reply.Reply>, isFine: boolean) =>
    Option.isNone(reply) || isFine
      ? Effect.succeed(true)
      : Effect.zipRight(withdraw, Effect.fail(new Refused({ phase, reply: reply.value })))

  const mail = Effect.flatMap(
    say("Mail"),
    () => refusal("Mail", notes.mail, Option.exists(notes.mail, Reply.isCompletion))
  )

  const recipients = Effect.gen(function*() {
    yield* say("Recipient")
    const [rejected, accepted] = Arr.partition(notes.recipients, isAccepted)
    reject("Recipient", rejected)
    if (accepted.length === 0) yield* withdraw
    return accepted.length > 0
  })

  const go = Effect.flatMap(
    say("Data"),
    () => refusal("Data", notes.data, Option.exists(notes.data, Reply.isIntermediate))
  )

  const content = Effect.flatMap(
    plan,
    ({ eightBit }) =>
      Effect.as(Notes.step(notes, "Content", Data.send(channel, message, { eightBit })), true)
  )

  const verdict = Effect.gen(function*() {
    const { verdicts } = yield* plan
    const candidates = notes.recipients.filter(isAccepted)
    const outcome = yield* Notes.step(
      notes,
      "Verdict",
      Verdicts.hear(channel, candidates, verdicts)
    )
    notes.outcome = Option.some(outcome)
    reject("Verdict", outcome.rejected)
    const lost = Arr.head(outcome.failed)
    if (Option.isSome(lost)) yield* Effect.fail(lost.value.error)
    return true
  })

  return [
    ["Mail", mail],
    ["Recipient", recipients],
    ["Data", go],
    ["Content", content],
    ["Verdict", verdict]
  ]
}
