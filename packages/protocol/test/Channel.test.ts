import type { Flow } from "@effect-smtp/flow/Flow"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Rechunk from "@effect-smtp/testing/Rechunk"
import * as Decoder from "@effect-smtp/wire/Decoder"
import * as Line from "@effect-smtp/wire/Line"
import { describe, expect, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as Channel from "../src/Channel.js"
import * as ChannelError from "../src/ChannelError.js"
import type { Phase } from "../src/Phase.js"
import * as Timeouts from "../src/Timeouts.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (all: Uint8Array) => new TextDecoder().decode(all)

/** Lines of at most 20 octets; the stream is given up after 40. */
const line = Decoder.mapEither(
  Line.decoder({ limit: 20, discardLimit: 40, lineEnd: "crlf" }),
  Either.mapLeft((fault) => new Error(fault._tag))
)

const upgraded: Array<string> = []

/** A channel on one end of a connection, the other end, and each write that was made. */
const open = (options: {
  readonly timeouts?: Partial<Timeouts.Timeouts>
  readonly network?: MemoryNetwork.Options
  readonly rechunk?: (flow: Flow) => Flow
} = {}) =>
  Effect.gen(function*() {
    const [near, peer] = yield* MemoryNetwork.pair(options.network)
    const writes: Array<string> = []
    const counted: Flow = {
      ...near,
      write: (all) => {
        writes.push(text(all))
        return near.write(all)
      }
    }
    const channel = yield* Channel.make((options.rechunk ?? ((flow) => flow))(counted), {
      phase: "Greeting",
      timeouts: Timeouts.make(options.timeouts ?? {})
    })
    return { channel, peer, writes }
  })

/** Lets everybody do what there is to do. */
const settled = Effect.repeatN(Effect.yieldNow(), 20)

const hear = (flow: Flow) => Effect.map(flow.read, Option.map(text))

/** Secure by name only: enough to see who was asked to upgrade, and what became of the bytes. */
const pretend: MemoryNetwork.Options = {
  upgrade: (flow, tls) =>
    Effect.sync(() => {
      upgraded.push(tls._tag)
      const info: Tls.Info = {
        version: "TLSv1.3",
        cipher: "none",
        serverName: Option.none(),
        peerCertificate: Option.none(),
        peerChain: [],
        authorized: false,
        problems: [],
        channelBinding: () => Option.none()
      }
      return { ...flow, peer: { ...flow.peer, tls: Option.some(info) } }
    })
}
const tls = Tls.client({ serverName: "mx.example" })

class Rude extends Data.TaggedError("Rude")<{}> {}

const failure = <A, E>(exit: Exit.Exit<A, E>) =>
  Exit.match(exit, {
    onSuccess: () => undefined,
    onFailure: (cause) => cause._tag === "Fail" ? cause.error : cause._tag
  })

describe("Channel", () => {
  describe("send", () => {
    it.scoped("S6: gathers a group into one write, before it waits", () =>
      Effect.gen(function*() {
        const { channel, peer, writes } = yield* open()
        yield* channel.send(bytes("MAIL FROM:<a@b>\r\n"))
        yield* channel.send(bytes("RCPT TO:<c@d>\r\n"))
        yield* channel.send(bytes("DATA\r\n"))
        expect(writes).toEqual([])
        yield* peer.write(bytes("250 OK\r\n"))
        expect(yield* channel.receive(line)).toBe("250 OK")
        expect(writes).toEqual(["MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"])
      }))

    it.scoped("keeps the group together while there are answers left to read", () =>
      Effect.gen(function*() {
        const { channel, peer, writes } = yield* open()
        yield* peer.write(bytes("one\r\ntwo\r\n"))
        for (const expected of ["one", "two"]) {
          expect(yield* channel.receive(line)).toBe(expected)
          yield* channel.send(bytes("OK\r\n"))
        }
        expect(writes).toEqual([])
        yield* channel.flush
        expect(writes).toEqual(["OK\r\nOK\r\n"])
        yield* channel.flush
        expect(writes.length).toBe(1)
      }))

    it.scoped("S10: does not gather without end, and does not copy what is large", () =>
      Effect.gen(function*() {
        const { channel, writes } = yield* open()
        const large = new Uint8Array(20_000).fill(0x61)
        yield* channel.send(bytes("354\r\n"))
        yield* channel.send(large)
        expect(writes).toEqual(["354\r\n", text(large)])
        for (let i = 0; i < 16; i++) yield* channel.send(large.subarray(0, 1024))
        expect(writes.length).toBe(3)
        expect(writes[2]).toBe("a".repeat(16 * 1024))
      }))

    it.scoped("gets everything through a pipe of one byte", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open({ network: { capacity: 1 } })
        const said = "EHLO client.example\r\n".repeat(20)
        yield* channel.send(bytes(said))
        const writing = yield* Effect.fork(channel.flush)
        let heard = ""
        while (heard.length < said.length) {
          heard += Option.getOrThrow(yield* hear(peer))
        }
        yield* Fiber.join(writing)
        expect(heard).toBe(said)
      }))
  })

  describe("receive", () => {
    const stream = "one\r\n\r\nthree\r\nfour\r\n"
    const lines = ["one", "", "three", "four"]

    it.scoped("S7: gives the same values wherever the transport cuts", () =>
      Effect.gen(function*() {
        for (const chunks of Rechunk.splits(bytes(stream))) {
          const { channel, peer } = yield* open()
          yield* Effect.forEach(chunks, peer.write)
          expect(yield* Effect.replicateEffect(channel.receive(line), 4)).toEqual(lines)
          expect(yield* channel.unread).toBe(0)
        }
        for (const n of [1, 2, 3, 7]) {
          const { channel, peer } = yield* open({ rechunk: (flow) => Rechunk.withChunks(flow, n) })
          yield* peer.write(bytes(stream))
          expect(yield* Effect.replicateEffect(channel.receive(line), 4)).toEqual(lines)
        }
      }))

    it.scoped("lets each value have a decoder of its own", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        const short = Decoder.map(line, (value) => value.length)
        yield* peer.write(bytes("one\r\nthree\r\nfour\r\n"))
        expect(yield* channel.receive(line)).toBe("one")
        expect(yield* channel.receive(short)).toBe(5)
        expect(yield* channel.receive(line)).toBe("four")
      }))

    it.scoped("S8: tells an end between values from an end inside one", () =>
      Effect.gen(function*() {
        for (
          const [said, held] of [["one\r\n", 0], ["one\r\ntw", 2], ["one\r\ntwo\r", 4]] as const
        ) {
          const { channel, peer } = yield* open()
          yield* peer.write(bytes(said))
          yield* peer.end
          expect(yield* channel.receive(line)).toBe("one")
          expect(yield* Effect.flip(channel.receive(line)))
            .toEqual(new ChannelError.PeerClosed({ phase: "Greeting", held }))
        }
      }))

    it.scoped("loses no bytes when it is interrupted while they arrive", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        const heard: Array<string> = []
        for (let i = 0; i < 20; i++) {
          const reader = yield* Effect.fork(channel.receive(line))
          yield* Effect.yieldNow()
          yield* peer.write(bytes(`${i}\r\n`))
          const exit = yield* Fiber.interrupt(reader)
          if (Exit.isSuccess(exit)) heard.push(exit.value)
        }
        while (heard.length < 20) heard.push(yield* channel.receive(line))
        expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`))
      }))

    it.scoped("N12: gives up a stream that is not understood", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        yield* channel.enter("Command")
        yield* peer.write(bytes("x".repeat(41)))
        expect(yield* Effect.flip(channel.receive(line))).toMatchObject({
          _tag: "Unintelligible",
          phase: "Command",
          cause: { _tag: "LineOverflow" }
        })
      }))

    it.scoped("says that the transport failed", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        yield* peer.reset
        expect(yield* Effect.flip(channel.receive(line)))
          .toMatchObject({ _tag: "TransportFailed", cause: { reason: "Reset", during: "read" } })
      }))
  })

  describe("unread", () => {
    it.scoped("counts what came and was not asked for", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        expect(yield* channel.unread).toBe(0)
        yield* peer.write(bytes("one\r\ntwo\r\nth"))
        expect(yield* channel.unread).toBe(0)
        yield* channel.receive(line)
        expect(yield* channel.unread).toBe(7)
        yield* channel.receive(line)
        expect(yield* channel.unread).toBe(2)
      }))
  })

  describe("overhear", () => {
    it.scoped("hears what comes in time, and leaves it to be received", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        const hearing = yield* Effect.fork(channel.overhear("5 seconds"))
        yield* TestClock.adjust("4 seconds")
        yield* peer.write(bytes("one\r\ntwo\r\n"))
        expect(yield* Fiber.join(hearing)).toBe(true)
        expect(yield* channel.overhear("1 hour")).toBe(true)
        expect(yield* channel.receive(line)).toBe("one")
      }))

    it.scoped("hears nothing from who waits, or has left, and no word is lost", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        const hearing = yield* Effect.fork(channel.overhear("5 seconds"))
        yield* TestClock.adjust("5 seconds")
        expect(yield* Fiber.join(hearing)).toBe(false)
        yield* peer.write(bytes("one\r\n"))
        expect(yield* channel.receive(line)).toBe("one")
        yield* peer.end
        expect(yield* channel.overhear("5 seconds")).toBe(false)
      }))

    it.scoped("without any time, hears what is there", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        expect(yield* channel.overhear(0)).toBe(false)
        yield* peer.write(bytes("one\r\n"))
        expect(yield* channel.overhear(0)).toBe(true)
      }))
  })

  describe("expire", () => {
    it.scoped("ends the conversation in the middle of anything, however it gets on", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        yield* channel.expire(60_000)
        const hearing = yield* channel.receive(line).pipe(
          Effect.zipRight(channel.enter("Command")),
          Effect.forever,
          channel.supervise,
          Effect.fork
        )
        for (let second = 1; second < 60; second++) {
          yield* TestClock.adjust("1 second")
          yield* peer.write(bytes("one\r\n"))
        }
        expect(yield* Fiber.poll(hearing)).toEqual(Option.none())
        yield* TestClock.adjust("1 second")
        expect(yield* Effect.flip(Fiber.join(hearing)))
          .toEqual(new ChannelError.Expired({ phase: "Command" }))
      }))

    it.scoped("waits for a handler", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        yield* channel.expire(60_000)
        const deciding = yield* channel.enter("Handler").pipe(
          Effect.zipRight(Effect.sleep("2 minutes")),
          Effect.zipRight(channel.enter("Command")),
          Effect.zipRight(Effect.never),
          channel.supervise,
          Effect.fork
        )
        yield* TestClock.adjust("119 seconds")
        expect(yield* Fiber.poll(deciding)).toEqual(Option.none())
        yield* TestClock.adjust("11 seconds")
        expect(yield* Effect.flip(Fiber.join(deciding))).toMatchObject({ _tag: "Expired" })
      }))
  })

  describe("upgrade", () => {
    it.scoped("goes on over the secure flow, after the last clear line was sent", () =>
      Effect.gen(function*() {
        const { channel, peer, writes } = yield* open({ network: pretend })
        yield* peer.write(bytes("220 Go ahead\r\n"))
        yield* channel.receive(line)
        yield* channel.send(bytes("last\r\n"))
        expect((yield* channel.peer).tls).toEqual(Option.none())
        yield* channel.upgrade(tls)
        expect(writes).toEqual(["last\r\n"])
        expect(upgraded.at(-1)).toBe("Client")
        expect(Option.isSome((yield* channel.peer).tls)).toBe(true)
        expect(yield* channel.phase).toBe("Handshake")
        yield* peer.write(bytes("250 secure\r\n"))
        expect(yield* channel.receive(line)).toBe("250 secure")
      }))

    for (
      const [id, left] of [["N4", "MAIL FROM:<x@y>\r\n"], ["N5", "250-FORGED\r\n"], ["N4", "N"]]
    ) {
      it.scoped(`${id}: refuses clear text that is left over: ${JSON.stringify(left)}`, () =>
        Effect.gen(function*() {
          const { channel, peer } = yield* open({ network: pretend })
          const before = upgraded.length
          yield* peer.write(bytes(`220 Go ahead\r\n${left}`))
          const program = Effect.zipRight(channel.receive(line), channel.upgrade(tls))
          const expected = new ChannelError.TextBeforeTls({
            phase: "Greeting",
            bytes: left.length
          })
          expect(yield* Effect.flip(channel.supervise(program))).toEqual(expected)
          expect(upgraded.length).toBe(before)
          expect(yield* Effect.flip(channel.supervise(Effect.void))).toEqual(expected)
        }))
    }

    it.scoped("says that there is no TLS to be had", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        expect(yield* Effect.flip(channel.upgrade(tls))).toMatchObject({
          _tag: "TransportFailed",
          phase: "Handshake",
          cause: { reason: "Unsupported" }
        })
      }))
  })

  describe("post", () => {
    it.scoped("leaves with what was sent, in one write, when one listens, and not before", () =>
      Effect.gen(function*() {
        const { channel, peer, writes } = yield* open()
        yield* channel.send(bytes("one\r\n"))
        channel.post(bytes("two\r\n"))
        channel.post(bytes("three\r\n"))
        yield* settled
        expect(writes).toEqual([])
        const listening = yield* Effect.fork(channel.receive(line))
        yield* settled
        expect(writes).toEqual(["one\r\ntwo\r\nthree\r\n"])
        yield* peer.write(bytes("250 OK\r\n"))
        expect(yield* Fiber.join(listening)).toBe("250 OK")
      }))

    it.scoped("tells that it leaves, and is in the phase that it is told then", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        const left: Array<string> = []
        channel.post(bytes("one\r\n"), () => {
          left.push("one")
          return "Mail"
        })
        channel.post(bytes("two\r\n"), () => {
          left.push("two")
          return "Verdict"
        })
        expect(left).toEqual([])
        const waiting = yield* Effect.fork(channel.receive(line))
        yield* hear(peer)
        expect(left).toEqual(["one", "two"])
        expect(yield* channel.phase).toBe("Verdict")
        yield* peer.write(bytes("250 OK\r\n"))
        yield* Fiber.join(waiting)
      }))

    it.scoped("is written while one listens: neither side waits for the other, however little fits", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open({ network: { capacity: 1 } })
        for (let said = 0; said < 20; said++) channel.post(bytes("say so\r\n"))
        const heard = yield* Effect.fork(
          Effect.replicateEffect(channel.receive(line), 20)
        )
        for (let answered = 0; answered < 20; answered++) {
          yield* peer.write(bytes("250 a long answer\r\n"))
        }
        expect(yield* Fiber.join(heard)).toEqual(
          Array.from({ length: 20 }, () => "250 a long answer")
        )
      }))

    it.scoped("does not keep one from listening while what was posted before has not left", () =>
      Effect.gen(function*() {
        const { channel, peer, writes } = yield* open({ network: { capacity: 4 } })
        channel.post(bytes("one, that does not fit\r\n"))
        const first = yield* Effect.fork(channel.receive(line))
        yield* settled
        yield* peer.write(bytes("1\r\n"))
        expect(yield* Fiber.join(first)).toBe("1")
        channel.post(bytes("two\r\n"))
        channel.post(bytes("three\r\n"))
        yield* peer.write(bytes("2\r\n"))
        expect(yield* channel.receive(line)).toBe("2")
        const listening = yield* Effect.fork(channel.receive(line))
        const all = "one, that does not fit\r\ntwo\r\nthree\r\n"
        let heard = ""
        while (heard.length < all.length) heard += Option.getOrThrow(yield* hear(peer))
        expect(heard).toBe(all)
        expect(writes).toEqual(["one, that does not fit\r\n", "two\r\nthree\r\n"])
        channel.post(bytes("four\r\n"))
        yield* peer.write(bytes("3\r\n"))
        expect(yield* Fiber.join(listening)).toBe("3")
        yield* Effect.fork(channel.receive(line))
        expect(yield* hear(peer)).toEqual(Option.some("four"))
      }))

    it.scoped("lets one listen to the last word of a peer that takes no more", () =>
      Effect.gen(function*() {
        const [near, peer] = yield* MemoryNetwork.pair()
        const deaf: Flow = {
          ...near,
          write: () =>
            Effect.fail(new FlowError({ reason: "Reset", during: "write", detail: "deaf" }))
        }
        const channel = yield* Channel.make(deaf, {
          phase: "Content",
          timeouts: Timeouts.defaults
        })
        channel.post(bytes("one\r\n"))
        const first = yield* Effect.fork(channel.receive(line))
        yield* settled
        yield* peer.write(bytes("1\r\n"))
        expect(yield* Fiber.join(first)).toBe("1")
        channel.post(bytes("two\r\n"))
        yield* peer.write(bytes("552 too much\r\n"))
        expect(yield* channel.receive(line)).toBe("552 too much")
        yield* peer.reset
        expect(yield* Effect.flip(channel.receive(line))).toMatchObject({
          _tag: "TransportFailed",
          cause: { during: "write" }
        })
      }))

    it.scoped("N13: leaves no more once the channel is abandoned", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open({ network: { capacity: 4 } })
        channel.post(bytes("one, that does not fit\r\n"))
        const listening = yield* Effect.fork(
          channel.supervise(Effect.zipRight(channel.receive(line), channel.abandon))
        )
        yield* settled
        yield* peer.write(bytes("1\r\n"))
        yield* Fiber.join(listening)
        yield* settled
        expect(yield* hear(peer)).toEqual(Option.some("one,"))
        yield* settled
        const more = yield* Effect.fork(hear(peer))
        yield* settled
        expect(Option.isNone(yield* Fiber.poll(more))).toBe(true)
      }))
  })

  describe("receiveWhile", () => {
    it.scoped("hands on what has arrived together, as long as it is told what is next", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        yield* peer.write(bytes("1\r\n2\r\n3\r\n4\r\n"))
        const heard: Array<string> = []
        yield* channel.receiveWhile(line, (text) => {
          heard.push(text)
          return text === "3" ? Option.none() : Option.some("Recipient")
        })
        expect(heard).toEqual(["1", "2", "3"])
        expect(yield* channel.receive(line)).toBe("4")
        expect(yield* channel.unread).toBe(0)
      }))

    it.scoped("waits for the rest of a value, in the phase that it was told", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        const heard: Array<string> = []
        const listening = yield* Effect.fork(channel.receiveWhile(line, (text) => {
          heard.push(text)
          return text === "2" ? Option.none() : Option.some("Recipient")
        }))
        yield* peer.write(bytes("1\r\n2"))
        yield* settled
        expect(heard).toEqual(["1"])
        expect(yield* channel.phase).toBe("Recipient")
        yield* peer.write(bytes("\r\n"))
        yield* Fiber.join(listening)
        expect(heard).toEqual(["1", "2"])
      }))

    it.scoped("fails with what cannot be understood, behind what could", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        yield* peer.write(bytes("1\r\n" + "x".repeat(41) + "\r\n"))
        const heard: Array<string> = []
        const error = yield* Effect.flip(channel.receiveWhile(line, (text) => {
          heard.push(text)
          return Option.some("Recipient")
        }))
        expect(heard).toEqual(["1"])
        expect(error).toMatchObject({ _tag: "Unintelligible", phase: "Recipient" })
      }))
  })

  describe("excuse", () => {
    const part = <A>(channel: Channel.Channel, effect: Effect.Effect<A, string>) =>
      Effect.zipRight(channel.enter("Handler"), channel.excuse("Handler", effect, false))

    it.scoped("leaves a part behind that takes too long, and goes on", () =>
      Effect.gen(function*() {
        const { channel, peer } = yield* open()
        const interrupted = yield* Deferred.make<void>()
        const hanging = Effect.onInterrupt(
          Effect.never,
          () => Deferred.succeed(interrupted, void 0)
        )
        const running = yield* Effect.fork(channel.supervise(Effect.all([
          part(channel, hanging),
          part(channel, Effect.as(Effect.sleep("3 minutes"), "in time")),
          Effect.zipRight(channel.enter("Command"), channel.receive(line))
        ])))
        yield* TestClock.adjust("4 minutes")
        yield* Deferred.await(interrupted)
        yield* TestClock.adjust("3 minutes")
        yield* TestClock.adjust("299 seconds")
        yield* peer.write(bytes("line\r\n"))
        expect(yield* Fiber.join(running))
          .toMatchObject([Option.none(), Option.some("in time"), {}])
      }))

    it.scoped("a part that waits for nothing is not waited for", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        const decided = part(channel, Effect.flatMap(Effect.void, () => Effect.succeed("decided")))
        expect(Effect.runSync(decided)).toEqual(Option.some("decided"))
        expect(Effect.runSync(Effect.flip(part(channel, Effect.fail("wrong"))))).toBe("wrong")
      }))

    it.scoped("no other phase: there the conversation ends", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        const running = yield* Effect.fork(channel.supervise(
          channel.excuse("Handler", Effect.zipRight(channel.enter("Content"), Effect.never), false)
        ))
        yield* TestClock.adjust("3 minutes")
        expect(yield* Effect.flip(Fiber.join(running)))
          .toMatchObject({ _tag: "TimedOut", phase: "Content" })
      }))

    it.scoped("a part that fails fails the conversation, and is no excuse for what follows", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        const running = yield* Effect.fork(channel.supervise(
          Effect.zipRight(
            Effect.flip(part(channel, Effect.fail("wrong"))),
            Effect.zipRight(channel.enter("Handler"), Effect.never)
          )
        ))
        yield* TestClock.adjust("4 minutes")
        expect(yield* Effect.flip(Fiber.join(running)))
          .toMatchObject({ _tag: "TimedOut", phase: "Handler" })
      }))

    const awaited = <A>(channel: Channel.Channel, effect: Effect.Effect<A, string>) =>
      Effect.zipRight(channel.enter("Handler"), channel.excuse("Handler", effect, true))

    const commit = <A>(time: Duration.DurationInput, end: Effect.Effect<A, string>) =>
      Effect.zipRight(Effect.uninterruptible(Effect.sleep(time)), end)

    it.scoped("an awaited part that cannot be interrupted is heard, as long as it may last again", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        const running = yield* Effect.fork(channel.supervise(Effect.all([
          awaited(channel, commit("479 seconds", Effect.succeed("committed"))),
          Effect.either(awaited(channel, commit("5 minutes", Effect.fail("broken")))),
          awaited(channel, Effect.as(Effect.sleep("239 seconds"), "in time"))
        ])))
        yield* TestClock.adjust("479 seconds")
        yield* TestClock.adjust("5 minutes")
        yield* TestClock.adjust("239 seconds")
        expect(yield* Fiber.join(running)).toEqual([
          Option.some("committed"),
          Either.left("broken"),
          Option.some("in time")
        ])
      }))

    it.scoped("an awaited part that can be interrupted is left behind at once", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        const seen: Array<string> = []
        const hanging = Effect.onInterrupt(
          commit("3 minutes", Effect.never),
          () => Effect.sync(() => seen.push("interrupted"))
        )
        const running = yield* Effect.fork(channel.supervise(awaited(channel, hanging)))
        yield* TestClock.adjust("239 seconds")
        expect(seen).toEqual([])
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(running)).toEqual(Option.none())
        expect(seen).toEqual(["interrupted"])
      }))

    it.scoped("an awaited part that comes to no end is left behind, interrupted, all the same", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        const interrupted = yield* Deferred.make<void>()
        const hanging = Effect.onInterrupt(
          commit("9 minutes", Effect.never),
          () => Deferred.succeed(interrupted, undefined)
        )
        const running = yield* Effect.fork(channel.supervise(awaited(channel, hanging)))
        yield* TestClock.adjust("479 seconds")
        expect(yield* Fiber.poll(running)).toEqual(Option.none())
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(running)).toEqual(Option.none())
        yield* TestClock.adjust("1 minute")
        yield* Deferred.await(interrupted)
      }))
  })

  for (const how of ["supervise", "superviseHere"] as const) {
    describe(how, () => {
      const phases: ReadonlyArray<readonly [Phase, Duration.DurationInput]> = [
        ["Connect", "1 minute"],
        ["Greeting", "5 minutes"],
        ["Command", "5 minutes"],
        ["Hello", "5 minutes"],
        ["StartTls", "2 minutes"],
        ["Handshake", "1 minute"],
        ["Auth", "2 minutes"],
        ["Mail", "5 minutes"],
        ["Recipient", "5 minutes"],
        ["Data", "2 minutes"],
        ["Content", "3 minutes"],
        ["Verdict", "10 minutes"],
        ["Handler", "4 minutes"],
        ["Reset", "5 minutes"],
        ["Noop", "5 minutes"],
        ["Verify", "5 minutes"],
        ["Help", "5 minutes"],
        ["Quit", "10 seconds"]
      ]

      for (const [phase, allowed] of phases) {
        it.scoped(`S9: waits ${allowed} in ${phase}, and not longer`, () =>
          Effect.gen(function*() {
            const { channel } = yield* open()
            const waiting = yield* Effect.fork(
              channel[how](Effect.zipRight(channel.enter(phase), channel.receive(line)))
            )
            yield* TestClock.adjust(Duration.subtract(Duration.decode(allowed), Duration.millis(1)))
            expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
            yield* TestClock.adjust("1 millis")
            expect(yield* Effect.flip(Fiber.join(waiting))).toMatchObject({
              _tag: "TimedOut",
              phase
            })
            expect(failure(yield* Fiber.await(waiting))).toMatchObject({
              message: `${phase}: no progress for ${Duration.format(Duration.decode(allowed))}`
            })
          }))
      }

      it.scoped("starts the clock anew with each phase that is entered, the same one too", () =>
        Effect.gen(function*() {
          const { channel, peer } = yield* open({ timeouts: { Content: "3 minutes" } })
          const block = Effect.zipRight(channel.enter("Content"), channel.receive(line))
          const waiting = yield* Effect.fork(channel[how](Effect.replicateEffect(block, 5)))
          for (let i = 0; i < 5; i++) {
            yield* TestClock.adjust("170 seconds")
            expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
            yield* peer.write(bytes("line\r\n"))
            yield* TestClock.adjust("1 seconds")
          }
          expect((yield* Fiber.join(waiting)).length).toBe(5)
        }))

      it.scoped("does not let bytes alone count as progress", () =>
        Effect.gen(function*() {
          const { channel, peer } = yield* open()
          const waiting = yield* Effect.fork(
            channel[how](Effect.zipRight(channel.enter("Command"), channel.receive(line)))
          )
          for (let i = 0; i < 5; i++) {
            yield* TestClock.adjust("1 minute")
            yield* Effect.ignore(peer.write(bytes("x")))
          }
          expect(yield* Effect.flip(Fiber.join(waiting))).toMatchObject({ _tag: "TimedOut" })
        }))

      it.scoped("times a shorter phase that follows a longer one", () =>
        Effect.gen(function*() {
          const { channel, peer } = yield* open()
          const waiting = yield* Effect.fork(channel[how](Effect.gen(function*() {
            yield* channel.enter("Verdict")
            yield* channel.receive(line)
            yield* channel.enter("Quit")
            yield* channel.receive(line)
          })))
          yield* TestClock.adjust("1 minute")
          yield* peer.write(bytes("250 OK\r\n"))
          yield* TestClock.adjust("9999 millis")
          expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
          yield* TestClock.adjust("1 millis")
          expect(yield* Effect.flip(Fiber.join(waiting))).toMatchObject({ phase: "Quit" })
        }))

      it.scoped("does not count the time between two parts", () =>
        Effect.gen(function*() {
          const { channel, peer } = yield* open()
          yield* channel[how](channel.enter("Quit"))
          yield* TestClock.adjust("1 hour")
          const waiting = yield* Effect.fork(channel[how](channel.receive(line)))
          yield* TestClock.adjust("9 seconds")
          yield* peer.write(bytes("250 OK\r\n"))
          expect(yield* Fiber.join(waiting)).toBe("250 OK")
        }))

      it.scoped("times a peer that does not read while we write", () =>
        Effect.gen(function*() {
          const { channel, peer } = yield* open({ network: { capacity: 8 } })
          const writing = yield* Effect.fork(channel[how](
            channel.enter("Content").pipe(
              Effect.zipRight(channel.send(bytes("longer than eight"))),
              Effect.zipRight(channel.flush)
            )
          ))
          yield* TestClock.adjust("3 minutes")
          expect(yield* Effect.flip(Fiber.join(writing)))
            .toMatchObject({ _tag: "TimedOut", phase: "Content" })
          expect(yield* hear(peer)).toEqual(Option.some("longer t"))
        }))

      describe("N13: what kills a channel", () => {
        const dead = (channel: Channel.Channel) =>
          Effect.flip(channel[how](Effect.succeed("alive")))

        it.scoped("a timeout", () =>
          Effect.gen(function*() {
            const { channel, peer } = yield* open()
            const waiting = yield* Effect.fork(channel[how](channel.receive(line)))
            yield* TestClock.adjust("5 minutes")
            yield* Fiber.await(waiting)
            yield* peer.write(bytes("250 too late\r\n"))
            expect(yield* dead(channel)).toMatchObject({ _tag: "TimedOut", phase: "Greeting" })
          }))

        it.scoped("an interruption", () =>
          Effect.gen(function*() {
            const { channel } = yield* open()
            const started = yield* Deferred.make<void>()
            const waiting = yield* Effect.fork(channel[how](
              Effect.zipRight(Deferred.succeed(started, undefined), channel.receive(line))
            ))
            yield* Deferred.await(started)
            yield* Fiber.interrupt(waiting)
            expect(yield* dead(channel)).toEqual(new ChannelError.Abandoned({ phase: "Greeting" }))
          }))

        it.scoped("a parse error", () =>
          Effect.gen(function*() {
            const { channel, peer } = yield* open()
            yield* peer.write(bytes("x".repeat(41) + "\r\n250 OK\r\n"))
            yield* Effect.flip(channel[how](channel.receive(line)))
            expect(yield* dead(channel)).toMatchObject({ _tag: "Unintelligible" })
          }))

        it.scoped("a defect", () =>
          Effect.gen(function*() {
            const { channel } = yield* open()
            yield* channel.enter("Mail")
            yield* Effect.exit(channel[how](Effect.die("oops")))
            expect(yield* dead(channel)).toEqual(new ChannelError.Abandoned({ phase: "Mail" }))
          }))

        it.scoped("the peer's end", () =>
          Effect.gen(function*() {
            const { channel, peer } = yield* open()
            yield* peer.end
            yield* Effect.flip(channel[how](channel.receive(line)))
            expect(yield* dead(channel)).toMatchObject({ _tag: "PeerClosed" })
          }))

        it.scoped("whoever says so", () =>
          Effect.gen(function*() {
            const { channel } = yield* open()
            yield* channel[how](Effect.zipRight(channel.enter("Content"), channel.abandon))
            expect(yield* dead(channel)).toEqual(new ChannelError.Abandoned({ phase: "Content" }))
          }))
      })

      it.scoped("N13: lives on after an answer that is no success", () =>
        Effect.gen(function*() {
          const { channel, peer } = yield* open()
          yield* peer.write(bytes("550 no\r\n250 OK\r\n"))
          const rude = Effect.zipRight(channel.receive(line), Effect.fail(new Rude()))
          expect(failure(yield* Effect.exit(channel[how](rude)))).toEqual(new Rude())
          expect(yield* channel[how](channel.receive(line))).toBe("250 OK")
        }))

      it.scoped("S5, S9: reads, writes, waits, upgrades and fails in one program", () =>
        Effect.gen(function*() {
          const { channel, peer } = yield* open({ network: pretend })
          const program = Effect.gen(function*() {
            const greeting = yield* channel.receive(line)
            yield* channel.send(bytes("STARTTLS\r\n"))
            yield* channel.receive(line)
            yield* channel.upgrade(tls)
            yield* channel.enter("Quit")
            const slow = yield* Effect.either(
              Effect.timeoutFail(channel.receive(line), {
                duration: "1 second",
                onTimeout: () => new Rude()
              })
            )
            return [greeting, Either.isLeft(slow)] as const
          })
          const running = yield* Effect.fork(channel[how](program))
          yield* peer.write(bytes("220 hi\r\n"))
          expect(yield* hear(peer)).toEqual(Option.some("STARTTLS\r\n"))
          yield* peer.write(bytes("220 go\r\n"))
          yield* TestClock.adjust("1 second")
          expect(yield* Fiber.join(running)).toEqual(["220 hi", true])
        }))
    })
  }

  describe("superviseHere", () => {
    it.scoped("the fiber at hand goes on behind it, though it was interrupted", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        const seen: Array<string> = []
        const note = (what: string) => Effect.sync(() => seen.push(what))
        const forked = Effect.fork(Effect.onInterrupt(Effect.never, () => note("forked")))
        const running = yield* Effect.fork(Effect.gen(function*() {
          const error = yield* Effect.flip(channel.superviseHere(
            Effect.zipRight(forked, channel.receive(line))
          ))
          yield* Effect.yieldNow()
          yield* Effect.sleep("1 minute")
          yield* note("slept")
          return error
        }))
        yield* TestClock.adjust("5 minutes")
        expect(seen).toEqual(["forked"])
        yield* TestClock.adjust("1 minute")
        expect(yield* Fiber.join(running)).toMatchObject({ _tag: "TimedOut", phase: "Greeting" })
        expect(seen).toEqual(["forked", "slept"])
      }))

    it.scoped("what cannot be interrupted comes to its end first", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        const running = yield* Effect.fork(
          channel.superviseHere(Effect.uninterruptible(Effect.sleep("9 minutes")))
        )
        yield* TestClock.adjust("539 seconds")
        expect(yield* Fiber.poll(running)).toEqual(Option.none())
        yield* TestClock.adjust("1 second")
        expect(yield* Effect.flip(Fiber.join(running))).toMatchObject({ _tag: "TimedOut" })
      }))

    it.scoped("interrupted by somebody else, it is, and so is all behind it", () =>
      Effect.gen(function*() {
        const { channel } = yield* open()
        const seen: Array<string> = []
        const slow = Effect.uninterruptible(Effect.sleep("9 minutes"))
        const running = yield* Effect.fork(
          channel.superviseHere(Effect.zipRight(slow, channel.receive(line))).pipe(
            Effect.catchAllCause((cause) => Effect.sync(() => seen.push(cause._tag))),
            Effect.uninterruptible,
            Effect.zipRight(Effect.sync(() => seen.push("went on")))
          )
        )
        yield* TestClock.adjust("1 minute")
        yield* Fiber.interruptFork(running)
        yield* TestClock.adjust("8 minutes")
        expect(Exit.isInterrupted(yield* Fiber.await(running))).toBe(true)
        expect(seen).toEqual(["Fail"])
      }))
  })
})
