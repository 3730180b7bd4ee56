/**
 * `npm run soak [-- --seconds N --seed S]`: rounds of random sessions with random faults against our
 * server, in memory and over sockets, and spoilt sessions between them, until the time is over. Each has
 * a seed of its own, counted from the first; one that goes wrong is printed with it.
 */
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { parseArgs } from "node:util"
import { spoilt } from "../conversation.js"
import type { Report } from "./round.js"
import { inMemory, overSockets, print } from "./round.js"

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } }
})

const conversations = 50

const fail = (where: string, seed: number, what: string) =>
  Effect.fail(
    `${where}, seed ${seed}: ${what}\n\nTo see it again: npm run soak -- --seconds 0 --seed ${seed}`
  )

const program = Effect.gen(function*() {
  const first = values.seed === undefined
    ? yield* Random.nextIntBetween(0, 2 ** 31)
    : Number(values.seed)
  const end = (yield* Clock.currentTimeMillis) + Number(values.seconds) * 1000
  yield* Console.log(`seed ${first}, ${values.seconds} seconds`)

  const sums = { rounds: 0, letters: 0, stored: 0 }
  const take = (where: string, seed: number) => (report: Report) => {
    sums.letters += report.letters
    sums.stored += report.stored
    return report.wrong.length === 0
      ? Effect.void
      : fail(where, seed, print(report))
  }
  do {
    const seed = first + sums.rounds++
    yield* Effect.flatMap(inMemory(seed), take("in memory", seed))
    yield* Effect.flatMap(overSockets(seed), take("over sockets", seed))
    for (let at = 0; at < conversations; at++) {
      const { wrong } = yield* spoilt(seed * conversations + at)
      if (wrong.length > 0) {
        yield* fail(`spoilt session ${at}`, seed, wrong.join("\n"))
      }
    }
  } while ((yield* Clock.currentTimeMillis) < end)
  yield* Console.log(
    `${sums.rounds} rounds in memory and over sockets: ${sums.letters} letters of ours, ` +
      `${sums.stored} messages stored; ${sums.rounds * conversations} spoilt sessions`
  )
})

process.exitCode = await Effect.runPromise(
  Effect.match(
    Effect.tapError(
      program,
      (what) =>
        Console.error(`${what}\n\nTo see it again: npm run soak -- --seconds 0 --seed <seed>`)
    ),
    { onFailure: () => 1, onSuccess: () => 0 }
  )
)
