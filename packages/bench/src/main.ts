/**
 * `npm run bench`: receiving and sending, ours beside npm's smtp-server and nodemailer.
 *
 * @module
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Os from "node:os"
import * as Contest from "./Contest.js"
import * as Report from "./Report.js"
import * as Task from "./Task.js"
import * as Worker from "./Worker.js"

const sender = (program: string) =>
  Worker.start<Task.Delivery, Task.Delivered, Task.Delivered>(
    `senders/${program}`,
    Task.Delivered
  )
const receiver = (program: string) =>
  Worker.start<Task.Count, Task.Tally, Task.Tally>(`receivers/${program}`, Task.Tally)

const small = { messages: 3000, octets: 1024, warmUps: 4, rounds: 5 }
const large = { messages: 400, octets: 100 * 1024, warmUps: 4, rounds: 5 }

const compete = (
  what: string,
  contestants: { readonly ours: Contest.Contestant; readonly theirs: Contest.Contestant }
) =>
  Effect.forEach(
    [{ ...small, title: `${what}, 1 KB` }, { ...large, title: `${what}, 100 KB` }],
    (rules) =>
      Effect.flatMap(
        Contest.hold(contestants, rules),
        (result) => Console.log(`\n${Report.print(result)}`)
      ),
    { discard: true }
  )

const receiving = Effect.scoped(Effect.gen(function*() {
  const load = { role: "receiver", sender: yield* sender("Load") } as const
  yield* compete("Receiving", {
    ours: { name: "effect-smtp", ...load, receiver: yield* receiver("EffectSmtp") },
    theirs: { name: "smtp-server", ...load, receiver: yield* receiver("SmtpServer") }
  })
}))

const sending = Effect.scoped(Effect.gen(function*() {
  const sink = { role: "sender", receiver: yield* receiver("Sink") } as const
  yield* compete("Sending", {
    ours: { name: "effect-smtp", ...sink, sender: yield* sender("EffectSmtp") },
    theirs: { name: "nodemailer", ...sink, sender: yield* sender("Nodemailer") }
  })
}))

const machine = Effect.sync(() =>
  `Node ${process.version}, ${Os.availableParallelism()} cores; medians of ${small.rounds} rounds each`
)

Effect.runPromise(
  Effect.flatMap(machine, Console.log).pipe(
    Effect.zipRight(receiving),
    Effect.zipRight(sending),
    Effect.tapErrorCause((cause) => Effect.logError("no result", cause)),
    Effect.exit,
    Effect.map((exit) => exit._tag === "Success" ? 0 : 1)
  )
).then((code) => {
  process.exitCode = code
})
