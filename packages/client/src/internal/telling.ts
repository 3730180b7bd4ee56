/** What an interruption tells of jobs, wherever in a pool it finds them. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as MutableRef from "effect/MutableRef"
import type { Job, Result } from "../Deliveries.js"
import type { Fate } from "../SmtpError.js"
import * as Fates from "./fates.js"

/** Notes what came of a job, be it for now. One that was interrupted has told by itself. */
export type Note = (job: Job, result: Result) => void

/**
 * Each job is told of an interruption once, whether it waits for a session, is on its way, waits to be
 * tried again, or is done and only the others are not.
 */
export const each = <A, E>(
  jobs: ReadonlyArray<Job>,
  deliver: (jobs: ReadonlyArray<Job>, note: Note) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    const fates = new Map<Job, MutableRef.MutableRef<Fate>>()
    const tellings: Array<Effect.Effect<void>> = []
    const noted = jobs.map((job) => {
      const { onInterrupt, ...options } = job.options ?? {}
      if (onInterrupt === undefined) return job
      const fate = MutableRef.make<Fate>("NotDelivered")
      const set = (reached: Fate) => Effect.sync(() => MutableRef.set(fate, reached))
      const kept: Job = { ...job, options: { ...options, onInterrupt: set } }
      fates.set(kept, fate)
      tellings.push(Effect.suspend(() => onInterrupt(fate.current)))
      return kept
    })
    const note: Note = (job, result) => {
      const fate = fates.get(job)
      if (fate === undefined || Exit.isInterrupted(result)) return
      MutableRef.set(fate, Fates.reached(result))
    }
    return Effect.onInterrupt(deliver(noted, note), () => Effect.all(tellings, { discard: true }))
  })
