/**
 * Mailing: many messages, from a stream, through one session or a pool of them.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Body } from "./Body.js"
import type * as Deliveries from "./Deliveries.js"
import type * as Delivery from "./Delivery.js"
import type { Envelope } from "./Envelope.js"
import * as Lanes from "./internal/lanes.js"
import type { Outcome } from "./Outcome.js"
import type { SmtpError } from "./SmtpError.js"

/** What delivers: a `SmtpClient`, a `SmtpPool`. */
export interface Carrier {
  readonly deliver: (
    envelope: Envelope,
    body: Body,
    options?: Delivery.Options
  ) => Effect.Effect<Outcome, SmtpError>
  readonly deliverAll: (
    jobs: ReadonlyArray<Deliveries.Job>
  ) => Effect.Effect<ReadonlyArray<Deliveries.Result>>
  readonly sessions: number
}

/** A job and what came of it. A defect in its body is its own, too. */
export interface Result<J extends Deliveries.Job> {
  readonly job: J
  readonly exit: Deliveries.Result
}

/**
 * - `through`: the client or pool;
 * - `concurrency`: jobs at the same time. Each session gets its share of those that are at hand, and has
 *   as many of them on the way at once as the server bears. Default 1;
 * - `order`: whether results come in the order of their jobs (the default), or as they are there. Those
 *   of jobs that one session got together come together.
 */
export interface Options {
  readonly through: Carrier
  readonly concurrency?: number
  readonly order?: "OfJobs" | "AsTheyCome"
}

/**
 * Delivers each job, and fails with none of them: only the stream of jobs itself can fail, and does so
 * behind the results of the jobs it gave. Jobs are taken no faster than they are done: at most twice
 * `concurrency` of them are without a result, besides the chunk that the stream has given last. Whoever
 * stops reading the results interrupts the deliveries that are on their way.
 */
export const deliverMany = <J extends Deliveries.Job, E, R>(
  jobs: Stream.Stream<J, E, R>,
  { concurrency = 1, order = "OfJobs", through }: Options
): Stream.Stream<Result<J>, E, R> =>
  Lanes.run(jobs, {
    lanes: through.sessions,
    atATime: Math.max(1, Math.trunc(concurrency)),
    ordered: order === "OfJobs",
    work: (some) =>
      Effect.map(
        through.deliverAll(some),
        (exits) => exits.map((exit, index): Result<J> => ({ job: some[index], exit }))
      )
  })
