/**
 * Task: what the processes of the benchmark say to each other.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import { Held } from "./Held.js"

/**
 * To a sender: deliver that many messages of that many octets to that many recipients each there, over
 * so many connections. `perConnection` is how many messages go over each; `atATime` how many messages the
 * sender is given before the first of them is delivered.
 */
export const Delivery = Schema.Struct({
  port: Schema.Number,
  messages: Schema.Number,
  octets: Schema.Number,
  recipients: Schema.Number,
  connections: Schema.Number,
  perConnection: Schema.Literal("One", "All"),
  atATime: Schema.Number
})
export type Delivery = typeof Delivery.Type

/** From a sender, when the last message was accepted: how long it took, and what its process used. */
export const Delivered = Schema.Struct({ seconds: Schema.Number, cpuMicros: Schema.Number })
export type Delivered = typeof Delivered.Type

/**
 * To a receiver: how do things stand? `Settle` asks the same once it has collected its garbage, and
 * begins to watch its memory.
 */
export const Count = Schema.Literal("Count", "Settle")
export type Count = typeof Count.Type

/**
 * From a receiver: where it listens, and what it has received and its process has used since it was
 * started. `held` is the memory of the process, and `most` the most of it since it was told to settle.
 */
export const Tally = Schema.Struct({
  port: Schema.Number,
  messages: Schema.Number,
  octets: Schema.Number,
  cpuMicros: Schema.Number,
  held: Held,
  most: Held
})
export type Tally = typeof Tally.Type

/** To a proxy: the port of the other side. From it: the port to connect to instead. */
export const Way = Schema.Struct({ port: Schema.Number })
export type Way = typeof Way.Type

/** To a holder: open that many more connections there, and keep them. */
export const Hold = Schema.Struct({ port: Schema.Number, more: Schema.Number })
export type Hold = typeof Hold.Type

/** From a holder: how many are open. */
export const Holding = Schema.Struct({ open: Schema.Number })
export type Holding = typeof Holding.Type
