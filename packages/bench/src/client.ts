/**
 * `npm run bench:client`: our client beside nodemailer, each figure beside the one to reach.
 *
 * @module
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Bench from "./Bench.js"
import * as Contest from "./Contest.js"
import * as Report from "./Report.js"
import * as Task from "./Task.js"
import * as Worker from "./Worker.js"

/** A contest, and what is to come of it. */
interface Event extends Contest.Rules {
  readonly target: Report.Target
}

/** The first of them warms the processes up with 6000 messages each; the others begin where it ended. */
const nearby: ReadonlyArray<Event> = [
  {
    title: "1 KB, 5 connections",
    messages: 2000,
    octets: 1024,
    connections: 5,
    atATime: 500,
    recipients: 1,
    warmUps: 3,
    rounds: 7,
    target: { figure: "perSecond", ratio: 4 }
  },
  {
    title: "100 KB",
    messages: 300,
    octets: 100 * 1024,
    connections: 1,
    atATime: 10,
    recipients: 1,
    warmUps: 2,
    rounds: 5,
    target: { figure: "cpuMicros", ratio: 1 / 6 }
  },
  {
    title: "10 MB",
    messages: 6,
    octets: 10 * 1024 * 1024,
    connections: 1,
    atATime: 1,
    recipients: 1,
    warmUps: 2,
    rounds: 5,
    target: { figure: "cpuMicros", ratio: 1 / 10 }
  },
  {
    title: "1 KB to 1000 recipients",
    messages: 20,
    octets: 1024,
    connections: 1,
    atATime: 1,
    recipients: 1000,
    warmUps: 2,
    rounds: 5,
    target: { figure: "perSecond", ratio: 6 }
  }
]

const farAway = {
  messages: 100,
  octets: 1024,
  connections: 1,
  atATime: 20,
  recipients: 1,
  warmUps: 1,
  rounds: 3
}

const grouped: Event = {
  ...farAway,
  title: "1 KB, 1 connection, 5 ms each way",
  target: { figure: "perSecond", ratio: 1.9 }
}

const chunked: Event = {
  ...farAway,
  title: "1 KB, 1 connection, 5 ms each way, CHUNKING offered",
  target: { figure: "perSecond", ratio: 20 }
}

type Receiver = Contest.Contestant["receiver"]

/** The same receiver, behind a proxy that delays what goes either way. */
const delayed = (receiver: Receiver) =>
  Effect.gen(function*() {
    const proxy = yield* Worker.start<Task.Way, Task.Way, Task.Way>("Delay", Task.Way)
    const { port } = yield* Effect.flatMap(
      receiver("Count"),
      (tally) => proxy({ port: tally.port })
    )
    const behind: Receiver = (question) =>
      Effect.map(receiver(question), (tally) => ({ ...tally, port }))
    return behind
  })

const benchmark = Effect.gen(function*() {
  const ours = yield* Bench.sender("EffectSmtp")
  const theirs = yield* Bench.sender("Nodemailer")
  const hold = (receiver: Receiver, { target, ...rules }: Event) =>
    Effect.flatMap(
      Contest.hold({
        ours: { name: "effect-smtp", role: "sender", receiver, sender: ours },
        theirs: { name: "nodemailer", role: "sender", receiver, sender: theirs }
      }, rules),
      (result) => Console.log(`\n${Report.print(result)}\n${Report.printTarget(result, target)}`)
    )

  const sink = yield* Bench.receiver("Sink")
  yield* Effect.forEach(nearby, (event) => hold(sink, event), { discard: true })
  yield* hold(yield* delayed(sink), grouped)
  yield* hold(yield* delayed(yield* Bench.receiver("ChunkingSink")), chunked)
})

Bench.run(Effect.scoped(benchmark))
