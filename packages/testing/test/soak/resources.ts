import * as Effect from "effect/Effect"
import * as Fs from "node:fs"

/** How many there are of each kind: handles and timers that keep the process alive, and descriptors. */
export type Count = ReadonlyMap<string, number>

/** Where the system says which files a process has open; elsewhere nothing is said of them. */
const descriptors = "/proc/self/fd"

const now = Effect.sync((): Count => {
  const count = new Map<string, number>()
  const add = (kind: string) => count.set(kind, (count.get(kind) ?? 0) + 1)
  process.getActiveResourcesInfo().filter((kind) => kind !== "Immediate").forEach(add)
  if (Fs.existsSync(descriptors)) Fs.readdirSync(descriptors).forEach(() => add("descriptor"))
  return count
})

/** What there is now, counted behind a timer as it is afterwards. */
export const count: Effect.Effect<Count> = Effect.delay(now, "20 millis")

const more = (before: Count, after: Count): ReadonlyArray<string> =>
  [...after].filter(([kind, number]) => number > (before.get(kind) ?? 0)).map(([kind, number]) =>
    `${number - (before.get(kind) ?? 0)} left: ${kind}`
  )

/** What there is more than before; the system has some seconds to close what was given up. */
export const left = (before: Count): Effect.Effect<ReadonlyArray<string>> =>
  Effect.repeat(
    Effect.map(count, (after) => more(before, after)),
    { until: (kinds) => kinds.length === 0, times: 150 }
  ).pipe(Effect.zipRight(Effect.map(count, (after) => more(before, after))))
