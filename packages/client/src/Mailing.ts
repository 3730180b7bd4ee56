/**
 * Mailing: many messages, from a stream, through one session or a pool of them.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { Body } from "./Body.js"
import type * as Delivery from "./Delivery.js"
import type { Envelope } from "./Envelope.js"
import type { Outcome } from "./Outcome.js"
import type { SmtpError } from "./SmtpError.js"

/** A message, where it goes and how. A job may hold more, to know its result by. */
export interface Job {
  readonly envelope: Envelope
  readonly body: Body
  readonly options?: Delivery.Options
}

/** What delivers: a `SmtpClient`, a `SmtpPool`. */
export interface Carrier {
  readonly deliver: (
    envelope: Envelope,
    body: Body,
    options?: Delivery.Options
  ) => Effect.Effect<Outcome, SmtpError>
}

/** A job and what came of it. A defect in its body is its own, too. */
export interface Result<J extends Job> {
  readonly job: J
  readonly exit: Exit.Exit<Outcome, SmtpError>
}

/**
 * - `through`: the client or pool;
 * - `concurrency`: jobs at the same time, each of which may wait for a session. Default 1, which is all
 *   that a single session can do;
 * - `order`: whether results come in the order of their jobs (the default), or as they are there.
 */
export interface Options {
  readonly through: Carrier
  readonly concurrency?: number
  readonly order?: "OfJobs" | "AsTheyCome"
}

/**
 * Delivers each job, and fails with none of them: only the stream of jobs itself can fail. Jobs are
 * taken no faster than they are done. Whoever stops reading the results interrupts the deliveries that
 * are on their way.
 */
export const deliverMany = <J extends Job, E, R>(
  jobs: Stream.Stream<J, E, R>,
  { concurrency = 1, order = "OfJobs", through }: Options
): Stream.Stream<Result<J>, E, R> =>
  Stream.mapEffect(
    jobs,
    (job) =>
      Effect.map(
        Effect.exit(through.deliver(job.envelope, job.body, job.options)),
        (exit): Result<J> => ({ job, exit })
      ),
    { concurrency: Math.max(1, concurrency), unordered: order === "AsTheyCome" }
  )
