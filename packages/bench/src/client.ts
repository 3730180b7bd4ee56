/**
 * `npm run bench:client`: our client beside nodemailer, each figure beside the one to reach.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Bench from "./Bench.js"
import type * as Contest from "./Contest.js"
import * as Event from "./Event.js"
import * as Task from "./Task.js"
import * as Worker from "./Worker.js"

/**
 * The first two of them warm the processes up, with 6000 messages each and then 12000 larger ones: Node
 * takes so long to be done with compiling. The others begin where they ended. The server offers CHUNKING,
 * as Postfix and Exim do.
 */
const nearby: ReadonlyArray<Event.Event> = [
  {
    title: "1 KB, 5 connections",
    messages: 2000,
    octets: 1024,
    connections: 5,
    perConnection: "All",
    atATime: 500,
    recipients: 1,
    warmUps: 3,
    rounds: 7,
    target: Option.some({ figure: "perSecond", ratio: 4 })
  },
  {
    title: "100 KB",
    messages: 1000,
    octets: 100 * 1024,
    connections: 1,
    perConnection: "All",
    atATime: 50,
    recipients: 1,
    warmUps: 12,
    rounds: 5,
    target: Option.some({ figure: "cpuMicros", ratio: 1 / 6 })
  },
  {
    title: "100 KB, ten at a time",
    messages: 1000,
    octets: 100 * 1024,
    connections: 1,
    perConnection: "All",
    atATime: 10,
    recipients: 1,
    warmUps: 1,
    rounds: 5,
    target: Option.none()
  },
  {
    title: "10 MB",
    messages: 20,
    octets: 10 * 1024 * 1024,
    connections: 1,
    perConnection: "All",
    atATime: 2,
    recipients: 1,
    warmUps: 2,
    rounds: 5,
    target: Option.some({ figure: "cpuMicros", ratio: 1 / 10 })
  },
  {
    title: "1 KB to 1000 recipients",
    messages: 60,
    octets: 1024,
    connections: 1,
    perConnection: "All",
    atATime: 10,
    recipients: 1000,
    warmUps: 5,
    rounds: 7,
    target: Option.some({ figure: "perSecond", ratio: 6 })
  }
]

/** The first contest again, where the server offers no CHUNKING. */
const unchunked: Event.Event = {
  title: "1 KB, 5 connections, no CHUNKING offered",
  messages: 2000,
  octets: 1024,
  connections: 5,
  perConnection: "All",
  atATime: 500,
  recipients: 1,
  warmUps: 1,
  rounds: 7,
  target: Option.none()
}

const farAway = {
  messages: 200,
  octets: 1024,
  connections: 1,
  perConnection: "All",
  atATime: 50,
  recipients: 1,
  warmUps: 1,
  rounds: 3
} as const

const grouped: Event.Event = {
  ...farAway,
  title: "1 KB, 1 connection, 5 ms each way, no CHUNKING offered",
  target: Option.some({ figure: "perSecond", ratio: 1.9 })
}

const chunked: Event.Event = {
  ...farAway,
  title: "1 KB, 1 connection, 5 ms each way",
  target: Option.some({ figure: "perSecond", ratio: 20 })
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
  const hold = (receiver: Receiver, event: Event.Event) =>
    Event.hold({
      ours: { name: "effect-smtp", role: "sender", receiver, sender: ours },
      theirs: { name: "nodemailer", role: "sender", receiver, sender: theirs }
    }, event)

  const sink = yield* Bench.receiver("Sink")
  const chunkingSink = yield* Bench.receiver("ChunkingSink")
  yield* Effect.forEach(nearby, (event) => hold(chunkingSink, event), { discard: true })
  yield* hold(sink, unchunked)
  yield* hold(yield* delayed(sink), grouped)
  yield* hold(yield* delayed(chunkingSink), chunked)
})

Bench.run(Effect.scoped(benchmark))
