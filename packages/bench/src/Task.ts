/**
 * Task: what the processes of the benchmark say to each other.
 *
 * @module
 */
import * as Schema from "effect/Schema"

/**
 * To a sender: deliver that many messages of that many octets to that many recipients each there, over
 * so many connections. `atATime` is how many messages it is given before the first of them is delivered.
 */
export const Delivery = Schema.Struct({
  port: Schema.Number,
  messages: Schema.Number,
  octets: Schema.Number,
  recipients: Schema.Number,
  connections: Schema.Number,
  atATime: Schema.Number
})
export type Delivery = typeof Delivery.Type

/** From a sender, when the last message was accepted: how long it took, and what its process used. */
export const Delivered = Schema.Struct({ seconds: Schema.Number, cpuMicros: Schema.Number })
export type Delivered = typeof Delivered.Type

/** To a receiver: how do things stand? */
export const Count = Schema.Literal("Count")
export type Count = typeof Count.Type

/**
 * From a receiver: where it listens, and what it has received and its process has used since it was
 * started.
 */
export const Tally = Schema.Struct({
  port: Schema.Number,
  messages: Schema.Number,
  octets: Schema.Number,
  cpuMicros: Schema.Number
})
export type Tally = typeof Tally.Type

/** To a proxy: the port of the other side. From it: the port to connect to instead. */
export const Way = Schema.Struct({ port: Schema.Number })
export type Way = typeof Way.Type
