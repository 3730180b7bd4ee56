import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Labelled from "@effect-smtp/protocol/Labelled"
import type { Reply } from "@effect-smtp/wire/Reply"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import * as Option from "effect/Option"
import type { Body } from "../Body.js"
import * as Metrics from "../Metrics.js"
import type { Outcome } from "../Outcome.js"
import type { SmtpError } from "../SmtpError.js"

/** A delivery that has ended. */
export interface Ended {
  readonly body: Body
  readonly exit: Exit.Exit<Outcome, SmtpError>
}

/** The same delivery, counted and timed. */
export const delivery = (
  body: Body,
  self: Effect.Effect<Outcome, SmtpError>
): Effect.Effect<Outcome, SmtpError> =>
  Effect.flatMap(
    Clock.currentTimeMillis,
    (start) => Effect.onExit(self, (exit) => deliveries(start, [{ body, exit }]))
  )

/** Counts deliveries that began then and have ended now. */
export const deliveries = (start: number, all: ReadonlyArray<Ended>): Effect.Effect<void> =>
  Effect.zipWith(
    Clock.currentTimeMillis,
    FiberRef.get(FiberRef.currentMetricLabels),
    (end, labels) => {
      const counts = new Map<Update, number>()
      let octets = 0
      for (const { body, exit } of all) {
        const counted = counter(exit)
        counts.set(counted, (counts.get(counted) ?? 0) + 1)
        if (Exit.isSuccess(exit) && exit.value.accepted.length > 0) octets += size(body)
        Metrics.duration.unsafeUpdate(end - start, labels)
      }
      counts.forEach((count, update) => update(count, labels))
      if (octets > 0) Metrics.octets.unsafeUpdate(octets, labels)
    }
  )

const size = (body: Body): number =>
  body._tag === "Bytes" ? body.bytes.length : Option.getOrElse(body.size, () => 0)

type Update = (value: number, labels: Labelled.Labels) => void

const counters = new Map<string, Update>()

/** The counter of deliveries that went like this. There are few ways to go. */
const counter = (exit: Exit.Exit<Outcome, SmtpError>): Update => {
  const [outcome, reply] = judge(exit)
  const code = reply === undefined ? "none" : `${Math.trunc(reply.code / 100)}xx`
  const key = `${outcome} ${code}`
  const known = counters.get(key)
  if (known !== undefined) return known
  const labelled = Labelled.make(Metrics.deliveries, { outcome, code })
  counters.set(key, labelled)
  return labelled
}

/** How it went, and the reply that decided it. */
const judge = (
  exit: Exit.Exit<Outcome, SmtpError>
): readonly [outcome: string, reply: Reply | undefined] => {
  if (Exit.isSuccess(exit)) {
    const { accepted, failed, rejected, reply } = exit.value
    return accepted.length === 0
      ? ["refused", rejected[0]?.reply]
      : [
        rejected.length + failed.length === 0 ? "accepted" : "partly",
        Option.getOrElse(reply, () => accepted[0].reply)
      ]
  }
  const failure = Cause.failureOption(exit.cause)
  if (Option.isSome(failure)) {
    const error = failure.value
    return [
      error.fate === "Unknown" ? "unknown" : "failed",
      error._tag === "Refused" ? error.reply : undefined
    ]
  }
  return [Cause.isInterruptedOnly(exit.cause) ? "interrupted" : "defect", undefined]
}

/** What a pool tells of itself. */
export interface Gauges {
  readonly sessions: (busy: number, idle: number) => Effect.Effect<void>
  readonly waited: (milliseconds: number) => Effect.Effect<void>
}

/** The gauges of a pool for that endpoint. */
export const gauges = (to: Endpoint.Endpoint): Gauges => {
  const endpoint = Endpoint.print(to)
  const busySessions = Labelled.make(Metrics.poolSessions, { endpoint, state: "busy" })
  const idleSessions = Labelled.make(Metrics.poolSessions, { endpoint, state: "idle" })
  const wait = Labelled.make(Metrics.poolWait, { endpoint })
  return {
    sessions: (busy, idle) =>
      Effect.map(FiberRef.get(FiberRef.currentMetricLabels), (labels) => {
        busySessions(busy, labels)
        idleSessions(idle, labels)
      }),
    waited: (milliseconds) =>
      Effect.map(
        FiberRef.get(FiberRef.currentMetricLabels),
        (labels) => wait(milliseconds, labels)
      )
  }
}
