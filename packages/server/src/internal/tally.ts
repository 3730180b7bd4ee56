import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as MutableRef from "effect/MutableRef"
import * as Metrics from "../Metrics.js"
import type { Answered, Stats } from "../Stats.js"

/** What a server keeps account of. */
export interface Tally {
  /** The same session, from its connection on. */
  readonly session: <A, E, R>(run: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Whether a connection may stay. */
  readonly admitted: (may: boolean) => Effect.Effect<void>
  readonly message: (message: Answered) => Effect.Effect<void>
  /** All of it, with the phases of the sessions of now. */
  readonly stats: (phases: Iterable<Phase>) => Stats
}

const served = Metrics.connections.pipe(Metric.tagged("outcome", "served"))
const turnedAway = Metrics.connections.pipe(Metric.tagged("outcome", "refused"))

const outcome = (name: string, code: string) =>
  Metrics.messages.pipe(Metric.tagged("outcome", name), Metric.tagged("code", code))
const accepted = outcome("accepted", "2xx")
const postponed = outcome("refused", "4xx")
const rejected = outcome("refused", "5xx")

/** Nothing has happened yet. */
export const make = (): Tally => {
  const now = MutableRef.make(0)
  const total = MutableRef.make(0)
  const away = MutableRef.make(0)
  const taken = MutableRef.make(0)
  const declined = MutableRef.make(0)
  const octets = MutableRef.make(0)

  const begin = Effect.suspend(() => {
    MutableRef.increment(now)
    MutableRef.increment(total)
    return Effect.zipRight(Metric.incrementBy(Metrics.sessions, 1), Clock.currentTimeMillis)
  })
  const end = (since: number) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      MutableRef.decrement(now)
      return Effect.zipRight(
        Metric.incrementBy(Metrics.sessions, -1),
        Metric.update(Metrics.sessionDuration, at - since)
      )
    })

  return {
    session: (run) => Effect.acquireUseRelease(begin, () => run, end),
    admitted: (may) =>
      Effect.suspend(() => {
        if (may) return Metric.increment(served)
        MutableRef.increment(away)
        return Metric.increment(turnedAway)
      }),
    message: ({ octets: size, reply, since }) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) => {
        const took = Metric.update(Metrics.messageDuration, at - since)
        if (reply.code >= 300) {
          MutableRef.increment(declined)
          return Effect.zipRight(took, Metric.increment(reply.code < 500 ? postponed : rejected))
        }
        MutableRef.increment(taken)
        octets.current += size
        return took.pipe(
          Effect.zipRight(Metric.increment(accepted)),
          Effect.zipRight(Metric.incrementBy(Metrics.octets, size))
        )
      }),
    stats: (phases) => {
      const sessions: { [P in Phase]?: number } = {}
      for (const phase of phases) sessions[phase] = (sessions[phase] ?? 0) + 1
      return Data.struct({
        connections: Data.struct({
          now: now.current,
          total: total.current,
          refused: away.current
        }),
        sessions: Data.struct(sessions),
        messages: Data.struct({ accepted: taken.current, refused: declined.current }),
        octets: octets.current
      })
    }
  }
}
