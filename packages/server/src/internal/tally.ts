import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as MetricLabel from "effect/MetricLabel"
import * as MutableRef from "effect/MutableRef"
import * as Metrics from "../Metrics.js"
import type { Answered, Stats } from "../Stats.js"

/** What a server keeps account of. */
export interface Tally {
  /** A session begins; what is to be done at its end. */
  readonly session: Effect.Effect<Effect.Effect<void>>
  /** Whether a connection may stay. */
  readonly admitted: (may: boolean) => Effect.Effect<void>
  readonly message: (message: Answered) => void
  /** All of it, with the phases of the sessions of now. */
  readonly stats: (phases: Iterable<Phase>) => Stats
}

/**
 * Nothing has happened yet. The metrics have the tags that are in force where the server starts; they
 * are put together once, since a metric finds its place by them.
 */
export const make: Effect.Effect<Tally> = Effect.map(Effect.metricLabels, (labels) => {
  const tags = (own: Readonly<Record<string, string>>) => [
    ...labels,
    ...Object.entries(own).map(([key, value]) => MetricLabel.make(key, value))
  ]
  const served = tags({ outcome: "served" })
  const turnedAway = tags({ outcome: "refused" })
  const accepted = tags({ outcome: "accepted", code: "2xx" })
  const postponed = tags({ outcome: "refused", code: "4xx" })
  const rejected = tags({ outcome: "refused", code: "5xx" })

  const now = MutableRef.make(0)
  const total = MutableRef.make(0)
  const away = MutableRef.make(0)
  const taken = MutableRef.make(0)
  const declined = MutableRef.make(0)
  const octets = MutableRef.make(0)

  const end = (since: number) =>
    Effect.map(Clock.currentTimeMillis, (at) => {
      MutableRef.decrement(now)
      Metrics.sessions.unsafeModify(-1, labels)
      Metrics.sessionDuration.unsafeUpdate(at - since, labels)
    })

  return {
    session: Effect.map(Clock.currentTimeMillis, (since) => {
      MutableRef.increment(now)
      MutableRef.increment(total)
      Metrics.sessions.unsafeModify(1, labels)
      return end(since)
    }),
    admitted: (may) =>
      Effect.sync(() => {
        if (!may) MutableRef.increment(away)
        Metrics.connections.unsafeUpdate(1, may ? served : turnedAway)
      }),
    message: ({ during, octets: size, reply }) => {
      Metrics.messageDuration.unsafeUpdate(during, labels)
      if (reply.code >= 300) {
        MutableRef.increment(declined)
        Metrics.messages.unsafeUpdate(1, reply.code < 500 ? postponed : rejected)
      } else {
        MutableRef.increment(taken)
        octets.current += size
        Metrics.messages.unsafeUpdate(1, accepted)
        Metrics.octets.unsafeUpdate(size, labels)
      }
    },
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
})
