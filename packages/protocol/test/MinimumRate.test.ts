import type { Flow } from "@effect-smtp/flow/Flow"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Decoder from "@effect-smtp/wire/Decoder"
import * as Line from "@effect-smtp/wire/Line"
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as Channel from "../src/Channel.js"
import * as ChannelError from "../src/ChannelError.js"
import type { Phase } from "../src/Phase.js"
import * as Timeouts from "../src/Timeouts.js"

const block = new Uint8Array(20_000)

const line = Decoder.mapEither(
  Line.decoder({ limit: 20, discardLimit: 40, lineEnd: "crlf" }),
  Either.mapLeft((fault) => new Error(fault._tag))
)

/** A channel that asks for 1000 octets a second, with five seconds to spare, and its peer. */
const open = (capacity: number) =>
  Effect.gen(function*() {
    const [near, peer] = yield* MemoryNetwork.pair({ capacity })
    const channel = yield* Channel.make(near, {
      phase: "Content",
      timeouts: Timeouts.defaults,
      minimumRate: { octetsPerSecond: 1000, grace: "5 seconds" }
    })
    return { channel, peer }
  })

/** Blocks in that phase, from a source that takes its time for each. */
const send = (
  channel: Channel.Channel,
  options: {
    readonly blocks: number
    readonly phase?: Phase
    readonly each?: Duration.DurationInput
  }
) =>
  Effect.sleep(options.each ?? 0).pipe(
    Effect.zipRight(channel.enter(options.phase ?? "Content")),
    Effect.zipRight(channel.send(block)),
    Effect.repeatN(options.blocks - 1),
    channel.supervise,
    Effect.fork
  )

/** Reads what there is, once a second. */
const drain = (peer: Flow, seconds: number) =>
  Effect.repeatN(Effect.zipRight(peer.read, TestClock.adjust("1 second")), seconds - 1)

const isWaiting = <A, E>(fiber: Fiber.Fiber<A, E>) => Effect.map(Fiber.poll(fiber), Option.isNone)

describe("MinimumRate", () => {
  it.scoped("S9: a peer that takes less is too slow, though each block is in time", () =>
    Effect.gen(function*() {
      const { channel, peer } = yield* open(500)
      const sending = yield* send(channel, { blocks: 100 })
      yield* drain(peer, 24)
      expect(yield* isWaiting(sending)).toBe(true)
      yield* drain(peer, 1)
      const error = new ChannelError.TooSlow({
        phase: "Content",
        octets: 20_000,
        during: Duration.seconds(25),
        minimum: 1000
      })
      expect(yield* Effect.flip(Fiber.join(sending))).toEqual(error)
      expect(yield* Effect.flip(channel.supervise(Effect.void))).toEqual(error)
    }))

  it.scoped("one that takes more is not, however long it takes", () =>
    Effect.gen(function*() {
      const { channel, peer } = yield* open(1000)
      const sending = yield* send(channel, { blocks: 20 })
      yield* drain(peer, 398)
      expect(yield* isWaiting(sending)).toBe(true)
      yield* drain(peer, 1)
      yield* Fiber.join(sending)
    }))

  it.scoped("the average counts: one that was fast may rest, one that was slow may not", () =>
    Effect.gen(function*() {
      const { channel, peer } = yield* open(20_000)
      const sending = yield* send(channel, { blocks: 4 })
      yield* drain(peer, 1)
      yield* peer.read
      yield* TestClock.adjust("83 seconds")
      expect(yield* isWaiting(sending)).toBe(true)
      yield* TestClock.adjust("1 second")
      expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({
        _tag: "TooSlow",
        octets: 80_000
      })
    }))

  it.scoped("the time of the message's own source does not count", () =>
    Effect.gen(function*() {
      const { channel } = yield* open(1_000_000)
      const sending = yield* send(channel, { blocks: 10, each: "2 minutes" })
      yield* TestClock.adjust("20 minutes")
      yield* Fiber.join(sending)
    }))

  it.scoped("the wait for answers does", () =>
    Effect.gen(function*() {
      const { channel } = yield* open(1_000_000)
      const asking = yield* Effect.fork(channel.supervise(
        Effect.zipRight(channel.send(new Uint8Array(1000)), channel.receive(line))
      ))
      yield* TestClock.adjust("5999 millis")
      expect(yield* isWaiting(asking)).toBe(true)
      yield* TestClock.adjust("1 millis")
      expect(yield* Effect.flip(Fiber.join(asking))).toMatchObject({
        _tag: "TooSlow",
        octets: 1000
      })
    }))

  it.scoped("one that sends message data is held to it, too; the time of its reader does not count", () =>
    Effect.gen(function*() {
      const { channel, peer } = yield* open(1_000_000)
      const hearing = yield* channel.receive(line).pipe(
        Effect.zipRight(channel.enter("Handler")),
        Effect.zipRight(Effect.sleep("1 minute")),
        Effect.zipRight(channel.enter("Content")),
        Effect.forever,
        channel.supervise,
        Effect.fork
      )
      for (let i = 0; i < 10; i++) {
        yield* peer.write(new TextEncoder().encode("0123456789ABCD\r\n"))
        yield* TestClock.adjust("1 minute")
      }
      expect(yield* isWaiting(hearing)).toBe(true)
      for (let i = 0; i < 5; i++) {
        yield* TestClock.adjust("1 second")
        expect(yield* isWaiting(hearing)).toBe(true)
        yield* TestClock.adjust("32 millis")
      }
      expect(yield* Effect.flip(Fiber.join(hearing))).toMatchObject({
        _tag: "TooSlow",
        octets: 160
      })
    }))

  it.scoped("only message data has to be taken so fast", () =>
    Effect.gen(function*() {
      const { channel } = yield* open(500)
      const sending = yield* send(channel, { blocks: 1, phase: "Verdict" })
      yield* TestClock.adjust("599 seconds")
      expect(yield* isWaiting(sending)).toBe(true)
      yield* TestClock.adjust("1 second")
      expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({ _tag: "TimedOut" })
    }))

  it.scoped("each message begins anew", () =>
    Effect.gen(function*() {
      const { channel, peer } = yield* open(20_000)
      yield* Fiber.join(yield* send(channel, { blocks: 1 }))
      yield* channel.supervise(channel.enter("Mail"))
      const sending = yield* send(channel, { blocks: 1 })
      yield* TestClock.adjust("24 seconds")
      expect(yield* isWaiting(sending)).toBe(true)
      yield* TestClock.adjust("1 second")
      expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({ octets: 20_000 })
      expect(Option.isSome(yield* peer.read)).toBe(true)
    }))
})
