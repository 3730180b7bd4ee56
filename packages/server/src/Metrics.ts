/**
 * Metrics: what a server counts, for whoever reads `effect/Metric`. Durations are in milliseconds,
 * sizes in octets. The counters only ever rise.
 *
 * @module
 */
import * as Histogram from "@effect-smtp/protocol/Histogram"
import * as Metric from "effect/Metric"

/**
 * Connections, by the tag `outcome`: `served`, or `refused` for those of an address that has too many.
 */
export const connections = Metric.counter("smtp_server_connections", {
  description: "Connections accepted from the system",
  incremental: true
})

/** Sessions that go on now. */
export const sessions = Metric.gauge("smtp_server_sessions", {
  description: "Sessions that go on now"
})

/** How long sessions take, from the connection to its end. */
export const sessionDuration = Histogram.milliseconds(
  "smtp_server_session_milliseconds",
  "How long a session takes"
)

/**
 * Messages that have come to their end, by two tags: `outcome`, `accepted` or `refused`, and `code`, the
 * class of the reply (`2xx` to `5xx`).
 */
export const messages = Metric.counter("smtp_server_messages", {
  description: "Messages that were answered",
  incremental: true
})

/** How long messages take, from DATA to the reply. */
export const messageDuration = Histogram.milliseconds(
  "smtp_server_message_milliseconds",
  "How long a message takes"
)

/** The octets of the messages that were accepted, before dot-stuffing. */
export const octets = Metric.counter("smtp_server_accepted_octets", {
  description: "Octets of accepted messages",
  incremental: true
})
