/**
 * `npm run bench`: receiving and sending, ours beside npm's smtp-server and nodemailer.
 *
 * @module
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Bench from "./Bench.js"
import * as Contest from "./Contest.js"
import * as Report from "./Report.js"

const one = { connections: 1, atATime: 1, recipients: 1, warmUps: 4, rounds: 5 }
const small = { ...one, messages: 3000, octets: 1024 }
const large = { ...one, messages: 400, octets: 100 * 1024 }

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
  const load = { role: "receiver", sender: yield* Bench.sender("Load") } as const
  yield* compete("Receiving", {
    ours: { name: "effect-smtp", ...load, receiver: yield* Bench.receiver("EffectSmtp") },
    theirs: { name: "smtp-server", ...load, receiver: yield* Bench.receiver("SmtpServer") }
  })
}))

const sending = Effect.scoped(Effect.gen(function*() {
  const sink = { role: "sender", receiver: yield* Bench.receiver("Sink") } as const
  yield* compete("Sending", {
    ours: { name: "effect-smtp", ...sink, sender: yield* Bench.sender("EffectSmtp") },
    theirs: { name: "nodemailer", ...sink, sender: yield* Bench.sender("Nodemailer") }
  })
}))

Bench.run(Effect.zipRight(receiving, sending))
