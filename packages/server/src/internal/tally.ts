import * as Labelled from "@effect-smtp/protocol/Labelled"
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
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

const { connections, messages } = Metrics

const served = Labelled.make(connections, { outcome: "served" })
const turnedAway = Labelled.make(connections, { outcome: "refused" })
const accepted = Labelled.make(messages, { outcome: "accepted", code: "2xx" })
const postponed = Labelled.make(messages, { outcome: "refused", code: "4xx" })
const rejected = Labelled.make(messages, { outcome: "refused", code: "5xx" })

/** Nothing has happened yet. The metrics have the labels that are in force where the server starts, too. */
export const make: Effect.Effect<Tally> = Effect.map(Effect.metricLabels, (labels) => {
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
        const count = may ? served : turnedAway
        count(1, labels)
      }),
    message: ({ during, octets: size, reply }) => {
      Metrics.messageDuration.unsafeUpdate(during, labels)
      if (reply.code >= 300) {
        MutableRef.increment(declined)
        const count = reply.code < 500 ? postponed : rejected
        count(1, labels)
      } else {
        MutableRef.increment(taken)
        octets.current += size
        accepted(1, labels)
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
