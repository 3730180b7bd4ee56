/**
 * Contest: two programs at the same task, in turns, in the same run.
 *
 * @module
 */
import * as Arr from "effect/Array"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stats from "./Stats.js"
import type * as Task from "./Task.js"
import type { Worker, WorkerFailed } from "./Worker.js"

/** One of the two: it sends or receives, and the other side is the same for both. */
export interface Contestant {
  readonly name: string
  readonly role: "sender" | "receiver"
  readonly sender: Worker<Task.Delivery, Task.Delivered>
  readonly receiver: Worker<Task.Count, Task.Tally>
}

/**
 * - `messages`: how many there are in a round, of `octets` each, to `recipients` each;
 * - `connections`: how many a sender may have open; `perConnection`: how many messages go over
 *   each; `atATime`: how many messages it is given at a time;
 * - `warmUps`: how many rounds of each come first, at least one, and are not measured: Node is still
 *   compiling then;
 * - `rounds`: how many are measured of each.
 */
export interface Rules {
  readonly title: string
  readonly messages: number
  readonly octets: number
  readonly recipients: number
  readonly connections: number
  readonly perConnection: Task.Delivery["perConnection"]
  readonly atATime: number
  readonly warmUps: number
  readonly rounds: number
}

/** What was measured of one contestant: messages in a second, and its processor time for each. */
export interface Figures {
  readonly name: string
  readonly perSecond: number
  readonly cpuMicros: number
}

/** The medians of both. */
export interface Result {
  readonly title: string
  readonly ours: Figures
  readonly theirs: Figures
}

/** Messages were lost on the way, or changed: nothing can be said of a time in which that happened. */
export class Miscounted extends Data.TaggedError("Miscounted")<{
  readonly name: string
  readonly expected: string
  readonly found: string
}> {
  override get message(): string {
    return `${this.name}: expected ${this.expected}, found ${this.found}`
  }
}

const describe = (messages: number, octets: number): string =>
  `${messages} messages with ${octets} octets`

const round = (
  { name, receiver, role, sender }: Contestant,
  { atATime, connections, messages, octets, perConnection, recipients }: Rules
): Effect.Effect<Figures, WorkerFailed | Miscounted> =>
  Effect.gen(function*() {
    const before = yield* receiver("Count")
    const delivered = yield* sender({
      port: before.port,
      messages,
      octets,
      recipients,
      connections,
      perConnection,
      atATime
    })
    const after = yield* receiver("Count")
    const expected = describe(messages, messages * octets)
    const found = describe(after.messages - before.messages, after.octets - before.octets)
    if (found !== expected) return yield* new Miscounted({ name, expected, found })
    const used = role === "sender" ? delivered.cpuMicros : after.cpuMicros - before.cpuMicros
    return { name, perSecond: messages / delivered.seconds, cpuMicros: used / messages }
  })

const summary = (rounds: Arr.NonEmptyReadonlyArray<Figures>): Figures => ({
  name: rounds[0].name,
  perSecond: Stats.median(Arr.map(rounds, ({ perSecond }) => perSecond)),
  cpuMicros: Stats.median(Arr.map(rounds, ({ cpuMicros }) => cpuMicros))
})

/** Has both do a round each in turns. */
export const hold = (
  contestants: { readonly ours: Contestant; readonly theirs: Contestant },
  rules: Rules
): Effect.Effect<Result, WorkerFailed | Miscounted> =>
  Effect.gen(function*() {
    const both = Effect.all({
      ours: round(contestants.ours, rules),
      theirs: round(contestants.theirs, rules)
    })
    yield* Effect.repeatN(both, rules.warmUps - 1)
    const rounds = yield* Effect.forEach(Arr.range(1, rules.rounds), () => both)
    return {
      title: rules.title,
      ours: summary(Arr.map(rounds, ({ ours }) => ours)),
      theirs: summary(Arr.map(rounds, ({ theirs }) => theirs))
    }
  })
