/**
 * Destination: a server, and how to open a session with it, as one value: what `ConnectionUrl` and
 * `Providers` give, and what `SmtpPool` takes.
 *
 * @module
 */
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type * as SmtpClient from "./SmtpClient.js"

/** Where to, and how. */
export interface Destination {
  readonly endpoint: Endpoint
  readonly session: SmtpClient.Options
}

/** A destination. */
export const make = (destination: Destination): Destination => destination
