/**
 * Metrics: what a client and a pool count, for whoever reads `effect/Metric`. Durations are in
 * milliseconds, sizes in octets. The counters of deliveries and of octets only ever rise.
 *
 * @module
 */
import * as Histogram from "@effect-smtp/protocol/Histogram"
import * as Metric from "effect/Metric"

/**
 * Deliveries that have ended, by two tags:
 *
 * - `outcome`: `accepted` for each recipient, `partly`, or `refused` for each; `failed` where nothing
 *   was delivered, `unknown` where nobody knows, `interrupted`, `defect`;
 * - `code`: the class of the reply that decided it (`2xx` to `5xx`), or `none`.
 */
export const deliveries = Metric.counter("smtp_client_deliveries", {
  description: "Deliveries that have ended",
  incremental: true
})

/** How long deliveries take, from their turn on a session to the last reply. */
export const duration = Histogram.milliseconds(
  "smtp_client_delivery_milliseconds",
  "How long a delivery takes"
)

/** The octets of the messages that any recipient got, as they were given, where they are known. */
export const octets = Metric.counter("smtp_client_delivered_octets", {
  description: "Octets of delivered messages",
  incremental: true
})

/** Sessions of a pool, by the tags `endpoint` and `state`: `busy` or `idle`. */
export const poolSessions = Metric.gauge("smtp_client_pool_sessions", {
  description: "Sessions of a pool"
})

/** How long a delivery waits for a session of a pool, by the tag `endpoint`. */
export const poolWait = Histogram.milliseconds(
  "smtp_client_pool_wait_milliseconds",
  "How long a delivery waits for a session"
)
