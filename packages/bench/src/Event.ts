/**
 * Event: a contest whose result is printed, beside what is to be reached in it.
 *
 * @module
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Contest from "./Contest.js"
import * as Report from "./Report.js"

/** A contest, and what is to come of it, if anything. */
export interface Event extends Contest.Rules {
  readonly target: Option.Option<Report.Target>
}

/** Holds it and prints what came of it. */
export const hold = (
  contestants: { readonly ours: Contest.Contestant; readonly theirs: Contest.Contestant },
  { target, ...rules }: Event
) =>
  Effect.flatMap(Contest.hold(contestants, rules), (result) =>
    Console.log([
      "",
      Report.print(result),
      ...Option.toArray(Option.map(target, (_) => Report.printTarget(result, _)))
    ].join("\n")))
