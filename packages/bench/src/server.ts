/**
 * `npm run bench:server`: our server beside npm's smtp-server, each figure beside the one to reach.
 *
 * @module
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Bench from "./Bench.js"
import type * as Contest from "./Contest.js"
import * as Descriptors from "./Descriptors.js"
import * as Event from "./Event.js"
import * as Growth from "./Growth.js"
import * as Held from "./Held.js"
import * as Idle from "./Idle.js"
import * as Large from "./Large.js"
import * as Report from "./Report.js"
import * as Postfix from "./senders/Postfix.js"
import type { WorkerFailed } from "./Worker.js"

const kibi = 1024
const mebi = 1024 * kibi

const small = {
  messages: 3000,
  octets: kibi,
  recipients: 1,
  connections: 1,
  perConnection: "All",
  atATime: 1,
  warmUps: 2,
  rounds: 5
} as const

/** What is asked of us in every contest but that of connections: so much of their processor time. */
const cpu = (ratio: number) => Option.some<Report.Target>({ figure: "cpuMicros", ratio })

/** The first of them warms the processes up; the others begin where it ended. */
const reused: Event.Event = {
  ...small,
  title: "1 KB, 1 connection",
  warmUps: 4,
  target: cpu(0.8)
}

/** smtp-server waits 100 ms before it greets, so that a message takes it as long. */
const anew: Event.Event = {
  ...small,
  title: "1 KB, a connection each, one after the other",
  messages: 20,
  perConnection: "One",
  warmUps: 1,
  rounds: 3,
  target: Option.some({ figure: "perSecond", ratio: 15 })
}

const grouped: Event.Event = { ...small, title: "1 KB, pipelined", target: cpu(0.5) }

/** So few messages a round leave much of both programs uncompiled for long. */
const larger: ReadonlyArray<Event.Event> = [
  { ...small, title: "100 KB", messages: 300, octets: 100 * kibi, warmUps: 12, target: cpu(0.75) },
  { ...small, title: "10 MB", messages: 20, octets: 10 * mebi, warmUps: 6, target: cpu(0.4) }
]

/** In our place, a socket of Node's that answers with constants: nobody needs less. */
const bareSocket = "a bare socket"

const atOnce = "our load generator"
const inTurns = `${atOnce}, step by step`

/** A server as a process of its own. */
const server = (name: string, program: string) =>
  Effect.map(
    Bench.receiver(program),
    (receiver): Pick<Contest.Contestant, "name" | "role" | "receiver"> => ({
      name,
      role: "receiver",
      receiver
    })
  )

/** Both servers, new: what one event does to the heap shows in the next ones. */
const servers = Effect.all({
  ours: server("effect-smtp", "EffectSmtp"),
  theirs: server("smtp-server", "SmtpServer")
})

type Servers = Effect.Effect.Success<typeof servers>

/** Has them receive from that sender. */
const hold =
  ({ ours, theirs }: Servers, sender: Contest.Contestant["sender"], from: string) =>
  (event: Event.Event) =>
    Event.hold(
      { ours: { ...ours, sender }, theirs: { ...theirs, sender } },
      { ...event, title: `${event.title}; from ${from}` }
    )

/** Small messages, from Postfix where it is installed, and from our own load generators. */
const smallMessages = Effect.scoped(Effect.gen(function*() {
  const both = yield* servers
  const withBare = { ...both, ours: yield* server(bareSocket, "Sink") }
  const stepByStep = yield* Bench.sender("StepByStep")
  const pipelined = yield* Bench.sender("Pipelined")
  const byUs = hold(both, stepByStep, inTurns)
  const installed = Option.isSome(yield* Postfix.smtpSource)
  const byPostfix = installed
    ? hold(both, yield* Bench.sender("SmtpSource"), "Postfix's smtp-source")
    : byUs
  if (installed) yield* byPostfix(reused)
  else yield* Console.log("\nPostfix's smtp-source is not installed")
  yield* byPostfix(anew)
  yield* byUs(reused)
  yield* hold(withBare, stepByStep, inTurns)({ ...reused, target: Option.none() })
  yield* hold(both, pipelined, atOnce)(grouped)
  yield* hold(withBare, pipelined, atOnce)({ ...grouped, target: Option.none() })
}))

/** Larger ones. */
const largerMessages = Effect.scoped(Effect.gen(function*() {
  const both = yield* servers
  const stepByStep = yield* Bench.sender("StepByStep")
  yield* Effect.forEach(larger, hold(both, stepByStep, inTurns), { discard: true })
}))

/** A contest of memory: how receivers grow, in units of so many octets, and how far ours may. */
interface Needs {
  readonly title: string
  readonly unit: string
  readonly octets: number
  readonly rounds: number
  readonly ours: readonly [name: string, program: string]
  readonly theirs: string
  readonly grow: (program: string) => Effect.Effect<Held.Held, WorkerFailed | Contest.Miscounted>
  readonly most: Option.Option<number>
}

const need = ({ grow, most, octets, ours, theirs, ...rules }: Needs) => {
  const contestant = (name: string, program: string) => ({
    name,
    grow: Effect.map(grow(program), (held) => Held.per(held, octets))
  })
  return Effect.flatMap(
    Growth.hold({
      ours: contestant(...ours),
      theirs: contestant("smtp-server", theirs)
    }, rules),
    (result) => Console.log(`\n${Report.printGrowth(result, most)}`)
  )
}

/** Descriptors that a process needs for other things. */
const spare = 100

const idle = Effect.flatMap(Descriptors.limit, (limit) => {
  const wanted = 10_000
  const connections = Math.min(wanted, limit - spare)
  const few = connections < wanted ? `, of ${wanted}: no more descriptors are to be had` : ""
  const held = {
    title: `${connections} idle connections${few}`,
    unit: "KiB each",
    octets: kibi,
    rounds: 3,
    theirs: "SmtpServer",
    grow: (program: string) => Idle.grow(program, connections)
  }
  return Effect.zipRight(
    need({ ...held, ours: ["effect-smtp", "EffectSmtp"], most: Option.some(6) }),
    need({ ...held, ours: [bareSocket, "Sink"], most: Option.none() })
  )
})

/** Less than half of the message: flat, but for what the runtime has not collected yet. */
const large = need({
  title: "100 MB in one message, dropped as it arrives; how far memory grew meanwhile",
  unit: "MiB",
  octets: mebi,
  rounds: 3,
  ours: ["effect-smtp", "EffectSmtpDropping"],
  theirs: "SmtpServerDropping",
  grow: (program) => Large.grow(program, 100 * mebi),
  most: Option.some(40)
})

Bench.run(Effect.all([smallMessages, largerMessages, idle, large], { discard: true }))
