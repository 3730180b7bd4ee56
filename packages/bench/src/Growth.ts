/**
 * Growth: two programs measured by the memory they need for the same task, in turns, in the same run.
 *
 * @module
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type { Held } from "./Held.js"
import * as Stats from "./Stats.js"

/** One of the two, and how to find out by how much it grows. Each time a new process is measured. */
export interface Contestant<E> {
  readonly name: string
  readonly grow: Effect.Effect<Held, E>
}

/** What was measured of one contestant, in the unit of the contest. */
export interface Figures extends Held {
  readonly name: string
}

/** The medians of both. `unit` is that of every figure, as printed. */
export interface Result {
  readonly title: string
  readonly unit: string
  readonly ours: Figures
  readonly theirs: Figures
}

const summary = (name: string, rounds: Arr.NonEmptyReadonlyArray<Held>): Figures => ({
  name,
  resident: Stats.median(Arr.map(rounds, ({ resident }) => resident)),
  program: Stats.median(Arr.map(rounds, ({ program }) => program))
})

/** Has both do that many rounds in turns. */
export const hold = <E>(
  { ours, theirs }: { readonly ours: Contestant<E>; readonly theirs: Contestant<E> },
  { rounds, title, unit }: {
    readonly title: string
    readonly unit: string
    readonly rounds: number
  }
): Effect.Effect<Result, E> =>
  Effect.map(
    Effect.forEach(
      Arr.range(1, rounds),
      () => Effect.all({ ours: ours.grow, theirs: theirs.grow })
    ),
    (measured) => ({
      title,
      unit,
      ours: summary(ours.name, Arr.map(measured, (round) => round.ours)),
      theirs: summary(theirs.name, Arr.map(measured, (round) => round.theirs))
    })
  )
