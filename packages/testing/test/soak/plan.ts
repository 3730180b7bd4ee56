import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as FaultPlan from "../../src/FaultPlan.js"
import * as Dice from "../../src/internal/dice.js"
import * as Mutation from "../../src/Mutation.js"
import type * as Rechunk from "../../src/Rechunk.js"
import { recordings } from "../recordings.js"

/** What the handler does with a message; the sender's address says so. */
export const moods = ["accept", "refuse", "early", "die", "hang", "slow"] as const
export type Mood = (typeof moods)[number]

/** A message, whose `from` is nobody else's. Lines end in CR LF. */
export interface Letter {
  readonly from: string
  readonly to: Arr.NonEmptyReadonlyArray<string>
  readonly bytes: Uint8Array
}

/**
 * Our client: a session for each letter, one for all, one with all of them on their way at once, or a pool.
 *
 * - `garbled`: octets are put in that nobody wrote, so that nothing can be said of its letters;
 * - `patience`: milliseconds after which it is interrupted.
 */
export interface Sender {
  readonly manner: "Single" | "Session" | "Window" | "Pool"
  readonly letters: ReadonlyArray<Letter>
  readonly faults: FaultPlan.FaultPlan
  readonly garbled: boolean
  readonly patience: Option.Option<number>
}

/** Somebody who says these bytes, and then finishes, or cuts the connection. */
export interface Caller {
  readonly said: Rechunk.Chunks
  readonly leaves: "InOrder" | "AtOnce"
}

/** `stop`: milliseconds after which the server is stopped, with `grace` for those in the middle. */
export interface Plan {
  readonly seed: number
  readonly senders: ReadonlyArray<Sender>
  readonly callers: ReadonlyArray<Caller>
  readonly stop: Option.Option<number>
  readonly grace: number
}

/** `pause`: the longest that one piece waits; `while`: how long all of it may take; milliseconds. */
export interface Pace {
  readonly pause: number
  readonly span: number
  readonly kinds: ReadonlyArray<FaultPlan.Kind>
}

const addresses = ["ok", "ok", "ok", "also-ok", "no", "later"].map((local) => `${local}@mx.example`)

/** Everything that happens in one round. */
export const make = (seed: number, pace: Pace): Plan => {
  const { below, pick } = Dice.make(seed)
  const within = (part: number): Option.Option<number> =>
    below(part) === 0 ? Option.some(below(pace.span)) : Option.none()

  const letter = (name: string, garbled: boolean): Letter => {
    const mood = pick([...moods, ...Arr.replicate("accept" as const, 10)])
    const to = Arr.dedupe([
      pick(addresses),
      ...Array.from({ length: below(3) }, () => pick(addresses))
    ])
    const lines = Array.from(
      { length: below(60) },
      () => `${pick(["", ".", "..", "x"])}${below(1e6)}`
    )
    const text = [`Subject: ${name}`, "", ...lines, ""].join("\r\n")
    return {
      from: `${garbled ? "garbled" : "sender"}-${name}.${mood}@client.example`,
      to: Arr.isNonEmptyArray(to) ? to : ["ok@mx.example"],
      bytes: new TextEncoder().encode(text)
    }
  }

  const sender = (index: number): Sender => {
    const garbled = below(6) === 0
    return {
      manner: pick(["Single", "Session", "Window", "Pool"]),
      letters: Array.from({ length: 1 + below(8) }, (_, at) => letter(`${index}-${at}`, garbled)),
      faults: FaultPlan.fromSeed(below(2 ** 31), {
        connections: below(6),
        bytes: 3000,
        delay: pace.pause,
        kinds: garbled ? ["Garbage"] : pace.kinds
      }),
      garbled,
      patience: within(4)
    }
  }

  const caller = (): Caller => {
    const said = Mutation.fromSeed(below(2 ** 31), recordings)
    const cut = below(said.length + 1)
    return {
      said: [said.subarray(0, cut), said.subarray(cut)],
      leaves: pick(["InOrder", "AtOnce"])
    }
  }

  return {
    seed,
    senders: Array.from({ length: 1 + below(6) }, (_, index) => sender(index)),
    callers: Array.from({ length: below(5) }, caller),
    stop: within(4),
    grace: pick([0, pace.span])
  }
}
