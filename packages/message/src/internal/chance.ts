import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

/** That many letters and digits, of `Random`: more than five bits each. */
export const letters = (count: number): Effect.Effect<string> =>
  Effect.map(
    Effect.replicateEffect(Random.nextIntBetween(0, alphabet.length), count),
    (indices) => indices.map((index) => alphabet[index]).join("")
  )
