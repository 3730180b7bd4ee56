import * as Utils from "effect/Utils"

/** Chance from a seed: the same one always falls the same way. */
export interface Dice {
  /** A whole number from 0 on, below the limit. */
  readonly below: (limit: number) => number
  /** One of them; there must be one. */
  readonly pick: <A>(all: ReadonlyArray<A>) => A
}

/** New dice. */
export const make = (seed: number): Dice => {
  const random = new Utils.PCGRandom(seed)
  const below = (limit: number): number => Math.floor(random.number() * limit)
  return { below, pick: (all) => all[below(all.length)] }
}
