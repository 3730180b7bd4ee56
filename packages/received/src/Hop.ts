/**
 * Hop: one `Received:` field of a message, among the others.
 *
 * @module
 */
import type { DateTime } from "@effect-smtp/wire/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Facts from "./Facts.js"
import * as Host from "./Host.js"
import * as Received from "./Received.js"
import type { ReceivedError } from "./ReceivedError.js"

/**
 * - `raw`: the field as it stands in the message, with its name and folds. It may hold anything;
 * - `received`: what was read, or why nothing was;
 * - `facts`: what it says;
 * - `delay`: milliseconds since the hop before it that has a date. Less than none: the clocks of the two
 *   do not agree, or one of them lies. None for the first, and where there is no date.
 */
export interface Hop {
  readonly raw: string
  readonly received: Either.Either<Received.Received, ReceivedError>
  readonly facts: Option.Option<Facts.Facts>
  readonly delay: Option.Option<number>
}

/** The date, if there is one. */
export const date = ({ facts }: Hop): Option.Option<DateTime> =>
  Option.flatMap(facts, (facts) => facts.date)

/** Whether the message arrived before it was sent. */
export const isSkewed = ({ delay }: Hop): boolean => Option.exists(delay, (millis) => millis < 0)

/**
 * What the host that took the message is called, in lower case: its name, its address, or, for one that
 * calls itself the local host, the name that its address has.
 */
export const host = ({ facts }: Hop): Option.Option<string> =>
  Option.flatMap(facts, ({ by }) =>
    Option.flatMap(by, (by) => {
      const own = Option.orElse(by.name, () => by.address)
      return Host.isLocal({ ...Host.unknown, name: by.name })
        ? Option.orElse(by.reverse, () => own)
        : own
    })).pipe(Option.map((name) => name.toLowerCase()))

const units = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1_000], [
  "ms",
  1
]] as const

/** For people: a span in its two largest units, `1 min 5 s`; one less than none has a minus in front. */
export const printDelay = (millis: number): string => {
  const parts: Array<string> = []
  let left = Math.abs(Math.round(millis))
  for (const [unit, size] of units) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(`${count} ${unit}`)
  }
  return parts.length === 0 ? "0 s" : `${millis < 0 ? "-" : ""}${parts.slice(0, 2).join(" ")}`
}

/** The hops of these fields, the first one first, each with its delay. */
export const fromFields = (fields: ReadonlyArray<string>): ReadonlyArray<Hop> => {
  let before: Option.Option<DateTime> = Option.none()
  return fields.map((raw) => {
    const received = Received.parse(raw)
    const facts = Option.map(Either.getRight(received), Facts.fromReceived)
    const now = Option.flatMap(facts, (facts) => facts.date)
    const delay = Option.zipWith(now, before, (now, then) => now.millis - then.millis)
    before = Option.orElse(now, () => before)
    return { raw, received, facts, delay }
  })
}
