/**
 * Repeat: the same message over and over, for measuring a server: `smtp send --repeat`, as a function
 * of a record.
 *
 * @module
 */
import type { Body } from "@effect-smtp/client/Body"
import type * as Deliveries from "@effect-smtp/client/Deliveries"
import type { Destination } from "@effect-smtp/client/Destination"
import type { Envelope } from "@effect-smtp/client/Envelope"
import * as Mailing from "@effect-smtp/client/Mailing"
import * as SmtpPool from "@effect-smtp/client/SmtpPool"
import type * as Dialer from "@effect-smtp/flow/Dialer"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as ExitCode from "./ExitCode.js"
import * as Progress from "./Progress.js"
import * as Report from "./Report.js"

/**
 * - `count`: how many times;
 * - `connections`: how many of them at the same time, each in a session of its own, which is used as
 *   long as the server goes along.
 */
export interface Config extends Destination {
  readonly envelope: Envelope
  readonly body: Body
  readonly count: number
  readonly connections: number
}

/** How many recipients ended so, and the first of them. */
export interface Count {
  readonly count: number
  readonly first: Report.Entry
}

/**
 * - `messages`: how many have come to their end;
 * - `incomplete`: how many of them are not with all of their recipients;
 * - `recipients`: what became of their recipients, of each message anew;
 * - `code`: the worst exit code that a message alone would have had: 1, then 75, then 0;
 * - `millis`: how long they took, QUIT not included.
 */
export interface Tally {
  readonly messages: number
  readonly incomplete: number
  readonly recipients: Readonly<Partial<Record<Report.Word, Count>>>
  readonly code: ExitCode.ExitCode
  readonly millis: number
}

const nothing: Tally = { messages: 0, incomplete: 0, recipients: {}, code: 0, millis: 0 }

/** Delivers the message that often, and shows how far it is. No failure of a delivery ends it. */
export const run = (
  config: Config
): Effect.Effect<Tally, never, Dialer.Dialer | Progress.Screen> =>
  Effect.gen(function*() {
    const tally = yield* Ref.make(nothing)
    yield* Progress.show(
      Effect.map(Ref.get(tally), ({ messages }) => Progress.print(messages, config.count))
    )
    const pool = yield* SmtpPool.make({
      endpoint: config.endpoint,
      session: config.session,
      connections: config.connections,
      messages: Number.MAX_SAFE_INTEGER,
      age: Infinity
    })
    const began = yield* Clock.currentTimeMillis
    const jobs = Stream.map(Stream.range(1, config.count), (): Deliveries.Job => config)
    yield* Mailing.deliverMany(jobs, {
      through: pool,
      concurrency: config.connections,
      order: "AsTheyCome"
    }).pipe(Stream.runForEach(({ exit }) =>
      Effect.flatMap(judge(config.envelope, exit), (end) =>
        Ref.update(tally, (before) =>
          add(before, end)))
    ))
    const ended = yield* Clock.currentTimeMillis
    return { ...yield* Ref.get(tally), millis: ended - began }
  }).pipe(Effect.scoped)

/** The end of one message. */
interface End {
  readonly entries: ReadonlyArray<Report.Entry>
  readonly code: ExitCode.ExitCode
}

const judge = (
  envelope: Envelope,
  exit: Deliveries.Result
): Effect.Effect<End> =>
  Exit.match(exit, {
    onSuccess: (outcome) =>
      Effect.succeed({
        entries: Report.fromOutcome(outcome),
        code: ExitCode.fromOutcome(outcome)
      }),
    onFailure: (cause) =>
      Either.match(Cause.failureOrCause(cause), {
        onLeft: (error) =>
          Effect.succeed({
            entries: Report.fromError(envelope, error),
            code: ExitCode.fromFailure(error)
          }),
        onRight: Effect.failCause
      })
  })

const badness: ReadonlyArray<ExitCode.ExitCode> = [0, 75, 1]

const add = (before: Tally, { code, entries }: End): Tally => ({
  ...before,
  messages: before.messages + 1,
  incomplete: before.incomplete + (code === 0 ? 0 : 1),
  recipients: entries.reduce<Tally["recipients"]>((counts, entry) => {
    const { count, first } = counts[entry.word] ?? { count: 0, first: entry }
    return { ...counts, [entry.word]: { count: count + 1, first } }
  }, before.recipients),
  code: badness.indexOf(code) > badness.indexOf(before.code) ? code : before.code
})

/**
 * The rate, and a line for each thing that became of recipients:
 *
 * ```
 * 1000 messages in 1.25 seconds, 800 a second
 * accepted 990
 * refused 10, the first: eve@example.org 550 5.1.1 No such mailbox
 * ```
 */
export const print = ({ messages, millis, recipients }: Tally): ReadonlyArray<string> => {
  const seconds = Math.max(1, millis) / 1000
  const rate = messages / seconds
  return [
    `${messages} ${messages === 1 ? "message" : "messages"} in ${seconds.toFixed(2)} seconds, ` +
    `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second`,
    ...Report.words.flatMap((word) =>
      Option.toArray(Option.fromNullable(recipients[word])).map(({ count, first }) =>
        word === "accepted"
          ? `${word} ${count}`
          : `${word} ${count}, the first: ${Report.address(first)} ${first.reason}`
      )
    )
  ]
}
