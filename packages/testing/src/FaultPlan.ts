/**
 * FaultPlan: faults for many connections, made up from a seed. The same seed and options make the same
 * plan, so a test that fails only has to print its plan, or its seed, to be run again.
 *
 * ```ts
 * const plan = FaultPlan.fromSeed(seed, { connections: 5 })
 * const network = FaultyFlow.dialer(FaultPlan.toFaults(plan))
 * ```
 *
 * @module
 */
import type { Direction } from "@effect-smtp/flow/Tap"
import * as Duration from "effect/Duration"
import * as Fault from "./Fault.js"
import type { Faults } from "./FaultyFlow.js"
import * as Dice from "./internal/dice.js"

/** What goes wrong on each connection, the first one first. Later ones have no faults. */
export interface FaultPlan {
  readonly seed: number
  readonly connections: ReadonlyArray<ReadonlyArray<Fault.Fault>>
}

/** Faults that can be made up. */
export type Kind = Exclude<Fault.Fault["_tag"], "WrongIdentity">

/** Those that are made up unless the options say otherwise: all that work without TLS. */
export const kinds: ReadonlyArray<Kind> = [
  "Delay",
  "Drip",
  "Bandwidth",
  "Vanish",
  "Reset",
  "HalfClose",
  "Garbage"
]

/**
 * - `connections`: how many may have faults. Default 3;
 * - `faults`: how many each of them has at most; some have none. Default 2;
 * - `bytes`: faults come after fewer bytes than this. Default 2000;
 * - `delay`: the longest that one piece waits. Default 5 seconds;
 * - `kinds`: what may go wrong. Default {@link kinds}.
 */
export interface Options {
  readonly connections?: number
  readonly faults?: number
  readonly bytes?: number
  readonly delay?: Duration.DurationInput
  readonly kinds?: ReadonlyArray<Kind>
}

/** A plan from a seed, which is a whole number. */
export const fromSeed = (seed: number, options: Options = {}): FaultPlan => {
  const { below } = Dice.make(seed)
  const delay = Duration.toMillis(options.delay ?? "5 seconds")
  const allowed = options.kinds ?? kinds

  const direction = (): Direction => below(2) === 0 ? "in" : "out"
  const after = (): number => below(options.bytes ?? 2000)
  const wait = (): Duration.Duration => Duration.millis(1 + below(delay))
  const garbage = (): Uint8Array => Uint8Array.from({ length: 1 + below(16) }, () => below(256))

  const make: { readonly [K in Kind]: () => Fault.Fault } = {
    Delay: () => Fault.Delay({ direction: direction(), by: wait() }),
    Drip: () => Fault.Drip({ direction: direction(), bytes: 1 + below(64), every: wait() }),
    Bandwidth: () =>
      Fault.Bandwidth({ direction: direction(), bytesPerSecond: 10 + below(10_000) }),
    Vanish: () => Fault.Vanish({ direction: direction(), after: after() }),
    Reset: () => Fault.Reset({ direction: direction(), after: after() }),
    HalfClose: () => Fault.HalfClose({ after: after() }),
    Garbage: () => Fault.Garbage({ direction: direction(), after: after(), bytes: garbage() }),
    BadCertificate: () => Fault.BadCertificate()
  }

  const connection = (): ReadonlyArray<Fault.Fault> =>
    Array.from(
      { length: allowed.length === 0 ? 0 : below(1 + (options.faults ?? 2)) },
      () => make[allowed[below(allowed.length)]]()
    )

  return { seed, connections: Array.from({ length: options.connections ?? 3 }, connection) }
}

/** The plan, for `FaultyFlow`. */
export const toFaults = (self: FaultPlan): Faults => (connection) =>
  self.connections[connection] ?? []

/** The seed, and a line for each connection: to be shown when a test fails. */
export const print = (self: FaultPlan): string =>
  [
    `seed ${self.seed}`,
    ...self.connections.map((faults, index) =>
      `connection ${index + 1}: ${faults.map(Fault.print).join(", ") || "no faults"}`
    )
  ].join("\n")
