import * as Dialer from "@effect-smtp/flow/Dialer"
import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Body from "../src/Body.js"
import * as SmtpPool from "../src/SmtpPool.js"
import { aliceToBob, clear, endpoint } from "./harness.js"
import * as PostOffice from "./postOffice.js"

/** A message that is only this line. */
const message = (text: string) => Body.fromString(text)

const send = (pool: SmtpPool.Shape, text: string) => pool.deliver(aliceToBob, message(text))

/** Lets everybody do what there is to do without the passing of time. */
const settled = Effect.repeatN(Effect.yieldNow(), 200)

const once = (want: string, mood: PostOffice.Mood) => {
  let done = false
  return ({ what }: PostOffice.Heard): PostOffice.Mood => {
    if (done || what !== want) return PostOffice.answer
    done = true
    return mood
  }
}

/** A pool, the post office it sends to, and how to close it. */
const open = (
  options: Partial<SmtpPool.Options> = {},
  mood?: (heard: PostOffice.Heard) => PostOffice.Mood,
  extensions?: ReadonlyArray<string>
) =>
  Effect.gen(function*() {
    const { dialer, seen } = yield* PostOffice.make(mood, extensions)
    const scope = yield* Scope.make()
    const pool = yield* SmtpPool.make({ endpoint, session: clear, ...options }).pipe(
      Scope.extend(scope),
      Effect.provideService(Dialer.Dialer, dialer)
    )
    return { pool, seen, close: Scope.close(scope, Exit.void) }
  })

describe("SmtpPool", () => {
  describe("noop", () => {
    it.scoped("has a session of its own, that is gone afterwards, and no message's turn", () =>
      Effect.gen(function*() {
        const { close, pool, seen } = yield* open({ connections: 1 })
        yield* send(pool, "one")
        expect((yield* pool.noop).code).toBe(250)
        expect(PostOffice.commands(seen, 1)).toEqual(["connect", "EHLO", "NOOP", "QUIT"])
        expect(yield* pool.load).toEqual({ busy: 0, idle: 1, waiting: 0 })
        yield* close
        expect(yield* Effect.flip(pool.noop)).toMatchObject({
          fate: "NotDelivered",
          retry: "Later"
        })
        expect([seen.connections, seen.open]).toEqual([2, 0])
      }))
  })

  describe("sessions", () => {
    it.scoped("L6, T13: are used again, one after the other", () =>
      Effect.gen(function*() {
        const { close, pool, seen } = yield* open()
        for (const text of ["one", "two", "three"]) yield* send(pool, text)
        expect(yield* pool.load).toEqual({ busy: 0, idle: 1, waiting: 0 })
        yield* close
        expect(seen.stored).toEqual(["one", "two", "three"])
        expect(seen.connections).toBe(1)
        expect(PostOffice.commands(seen, 0).filter((what) => what === "EHLO").length).toBe(1)
        expect(PostOffice.commands(seen, 0).at(-1)).toBe("QUIT")
      }))

    it.scoped("are as many as there are deliveries at a time, and no more than allowed", () =>
      Effect.gen(function*() {
        const { close, pool, seen } = yield* open({ connections: 3 })
        const texts = Array.from({ length: 20 }, (_, index) => `message ${index}`)
        yield* Effect.forEach(texts, (text) => send(pool, text), { concurrency: "unbounded" })
        expect(seen.connections).toBe(3)
        expect(seen.most).toBe(3)
        expect(seen.stored.slice().sort()).toEqual(texts.slice().sort())
        yield* close
        yield* settled
        expect(seen.open).toBe(0)
      }))

    it.scoped("are not opened before there is something to deliver", () =>
      Effect.gen(function*() {
        const { close, seen } = yield* open()
        yield* close
        yield* settled
        expect(seen.connections).toBe(0)
      }))

    it.scoped("carry so many messages, and no more", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({ messages: 2 })
        for (const text of ["1", "2", "3", "4", "5"]) yield* send(pool, text)
        yield* settled
        expect(seen.connections).toBe(3)
        expect(PostOffice.commands(seen, 0).filter((what) => what === "MAIL").length).toBe(2)
        expect(PostOffice.commands(seen, 0).at(-1)).toBe("QUIT")
      }))

    it.scoped("carry no more messages than the server's MAILMAX", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({}, undefined, ["LIMITS MAILMAX=1"])
        for (const text of ["1", "2"]) yield* send(pool, text)
        expect(seen.connections).toBe(2)
      }))

    it.scoped("are closed when they have had nothing to do for a while", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({ connections: 2, idle: "20 seconds" })
        yield* Effect.all([send(pool, "one"), send(pool, "two")], { concurrency: 2 })
        yield* TestClock.adjust("19 seconds")
        expect(seen.open).toBe(2)
        yield* TestClock.adjust("1 second")
        yield* settled
        expect(seen.open).toBe(0)
        expect(yield* pool.load).toEqual({ busy: 0, idle: 0, waiting: 0 })
        yield* send(pool, "three")
        yield* TestClock.adjust("19 seconds")
        expect(seen.open).toBe(1)
        yield* TestClock.adjust("1 second")
        yield* settled
        expect([seen.open, seen.connections]).toEqual([0, 3])
      }))

    it.scoped("are not used past their age", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({ age: "30 seconds", idle: "20 seconds" })
        yield* send(pool, "one")
        yield* TestClock.adjust("15 seconds")
        yield* send(pool, "two")
        yield* TestClock.adjust("14 seconds")
        expect(seen.open).toBe(1)
        yield* TestClock.adjust("1 second")
        yield* send(pool, "three")
        expect(seen.connections).toBe(2)
        expect(PostOffice.commands(seen, 0).at(-1)).toBe("QUIT")
      }))
  })

  describe("waiting", () => {
    it.scoped("is in order of arrival", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({ connections: 1 })
        const texts = Array.from({ length: 10 }, (_, index) => `${index}`)
        const fibers = yield* Effect.forEach(texts, (text) => Effect.fork(send(pool, text)))
        yield* Fiber.joinAll(fibers)
        expect(seen.stored).toEqual(texts)
      }))

    it.scoped("can be interrupted, and leaves the place to the next", () =>
      Effect.gen(function*() {
        const gate = yield* Effect.makeLatch()
        const { pool, seen } = yield* open(
          { connections: 1 },
          once("one", PostOffice.wait(gate.await))
        )
        const first = yield* Effect.fork(send(pool, "one"))
        yield* settled
        const second = yield* Effect.fork(send(pool, "two"))
        const third = yield* Effect.fork(send(pool, "three"))
        yield* settled
        expect(yield* pool.load).toEqual({ busy: 1, idle: 0, waiting: 2 })
        yield* Fiber.interrupt(second)
        expect(yield* pool.load).toEqual({ busy: 1, idle: 0, waiting: 1 })
        yield* gate.open
        yield* Fiber.join(first)
        yield* Fiber.join(third)
        expect(seen.stored).toEqual(["one", "three"])
        expect(yield* pool.load).toEqual({ busy: 0, idle: 1, waiting: 0 })
      }))

    it.scoped("ends with the pool, and running deliveries are brought to their end", () =>
      Effect.gen(function*() {
        const gate = yield* Effect.makeLatch()
        const { close, pool, seen } = yield* open(
          { connections: 1, retry: Schedule.forever },
          once("one", PostOffice.wait(gate.await))
        )
        const first = yield* Effect.fork(send(pool, "one"))
        yield* settled
        const second = yield* Effect.fork(Effect.flip(send(pool, "two")))
        yield* settled
        const closing = yield* Effect.fork(close)
        const expected = {
          _tag: "ConnectionFailed",
          cause: { cause: { detail: "the pool is closed" } },
          fate: "NotDelivered"
        }
        expect(yield* Fiber.join(second)).toMatchObject(expected)
        expect(closing.unsafePoll()).toBe(null)
        yield* gate.open
        yield* Fiber.join(first)
        yield* Fiber.join(closing)
        expect(yield* Effect.flip(send(pool, "three"))).toMatchObject(expected)
        yield* settled
        expect([seen.stored, seen.open]).toEqual([["one"], 0])
      }))
  })

  describe("a session that died", () => {
    for (
      const [title, mood] of [
        ["without a word", PostOffice.vanish],
        ["with 421", PostOffice.say("421 4.4.2 idle for too long")]
      ] as const
    ) {
      it.scoped(`N13: while it was idle, ${title}, is replaced at once`, () =>
        Effect.gen(function*() {
          let mails = 0
          const { pool, seen } = yield* open(
            {},
            ({ what }) => what === "MAIL" && ++mails === 2 ? mood : PostOffice.answer
          )
          yield* send(pool, "one")
          yield* send(pool, "two")
          expect(seen.stored).toEqual(["one", "two"])
          expect(seen.connections).toBe(2)
        }))
    }

    it.scoped("T12: right after it was opened is a failure, and tried once", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({}, once("MAIL", PostOffice.vanish))
        expect(yield* Effect.flip(send(pool, "one"))).toMatchObject({
          _tag: "ConnectionFailed",
          fate: "NotDelivered",
          retry: "Later"
        })
        expect(seen.connections).toBe(1)
        yield* send(pool, "two")
        expect([seen.connections, seen.stored]).toEqual([2, ["two"]])
      }))

    it.scoped("T10, T11: is told nothing more, and 451 leaves it alive", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({}, ({ what }) =>
          what === "one"
            ? PostOffice.say("451 4.3.0 later")
            : what === "two"
            ? PostOffice.say("421 4.3.2 going down")
            : PostOffice.answer)
        expect(yield* Effect.flip(send(pool, "one"))).toMatchObject({ phase: "Verdict" })
        expect(yield* Effect.flip(send(pool, "two"))).toMatchObject({ phase: "Verdict" })
        yield* send(pool, "three")
        expect(PostOffice.commands(seen, 0).slice(2)).toEqual([
          ...["MAIL", "RCPT", "DATA", "one"],
          ...["MAIL", "RCPT", "DATA", "two"]
        ])
        expect(seen.connections).toBe(2)
      }))

    it.scoped("N13: by an interruption in the middle of a delivery is not used again", () =>
      Effect.gen(function*() {
        const gate = yield* Effect.makeLatch()
        const { pool, seen } = yield* open({}, once("DATA", PostOffice.wait(gate.await)))
        const fiber = yield* Effect.fork(send(pool, "one"))
        yield* settled
        yield* Fiber.interrupt(fiber)
        yield* send(pool, "two")
        expect([seen.connections, seen.stored]).toEqual([2, ["two"]])
        yield* gate.open
      }))

    it.scoped("by an interruption while it was opened leaves no connection behind", () =>
      Effect.gen(function*() {
        const gate = yield* Effect.makeLatch()
        const { pool, seen } = yield* open({}, once("EHLO", PostOffice.wait(gate.await)))
        const fiber = yield* Effect.fork(send(pool, "one"))
        yield* settled
        yield* Fiber.interrupt(fiber)
        yield* gate.open
        yield* settled
        expect(seen.open).toBe(0)
        expect(yield* pool.load).toEqual({ busy: 0, idle: 0, waiting: 0 })
      }))
  })

  describe("check", () => {
    for (const [by, verb] of [["Noop", "NOOP"], ["Reset", "RSET"]] as const) {
      it.scoped(`asks by ${verb} after idling, and not before`, () =>
        Effect.gen(function*() {
          const { pool, seen } = yield* open({
            check: { by, after: "10 seconds", within: "1 second" }
          })
          yield* send(pool, "one")
          yield* TestClock.adjust("9 seconds")
          yield* send(pool, "two")
          yield* TestClock.adjust("10 seconds")
          yield* send(pool, "three")
          const said = PostOffice.commands(seen, 0)
          expect(said.filter((what) => what === verb).length).toBe(1)
          expect(said.indexOf(verb)).toBe(said.indexOf("two") + 1)
        }))
    }

    it.scoped("replaces a session that does not answer in time", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({}, once("NOOP", PostOffice.wait(Effect.never)))
        yield* send(pool, "one")
        yield* TestClock.adjust("15 seconds")
        const fiber = yield* Effect.fork(send(pool, "two"))
        yield* TestClock.adjust("9 seconds")
        expect(fiber.unsafePoll()).toBe(null)
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(fiber)
        expect([seen.connections, seen.stored]).toEqual([2, ["one", "two"]])
      }))

    it.scoped("replaces a session that answers no, with a goodbye", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({}, once("NOOP", PostOffice.say("500 what?")))
        yield* send(pool, "one")
        yield* TestClock.adjust("15 seconds")
        yield* send(pool, "two")
        expect(seen.connections).toBe(2)
        expect(PostOffice.commands(seen, 0).slice(-2)).toEqual(["NOOP", "QUIT"])
      }))
  })

  describe("rate", () => {
    it.scoped("L6: lets so many deliveries begin in a time", () =>
      Effect.gen(function*() {
        const { close, pool, seen } = yield* open({ rate: { limit: 2, interval: "10 seconds" } })
        const fibers = yield* Effect.forEach(["1", "2", "3", "4"], (text) =>
          Effect.fork(send(pool, text)))
        yield* settled
        expect(seen.stored.length).toBe(2)
        yield* TestClock.adjust("5 seconds")
        yield* settled
        expect(seen.stored.length).toBe(3)
        yield* close
        expect(yield* Effect.flip(Fiber.join(fibers[3]))).toMatchObject({ fate: "NotDelivered" })
      }))
  })

  describe("retry", () => {
    it.scoped("L6: tries again what may be tried again, as the schedule says", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open(
          { retry: Schedule.spaced("1 minute") },
          once("one", PostOffice.say("451 4.3.0 later"))
        )
        const fiber = yield* Effect.fork(send(pool, "one"))
        yield* TestClock.adjust("59 seconds")
        expect(seen.stored).toEqual([])
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(fiber)
        expect(seen.stored).toEqual(["one"])
      }))

    it.scoped("N13: does not try again what may have been delivered, or never will be", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open(
          { retry: Schedule.forever },
          ({ what }) =>
            what === "one"
              ? PostOffice.answerAndVanish
              : what === "two"
              ? PostOffice.say("554 no")
              : PostOffice.answer
        )
        expect(yield* Effect.flip(send(pool, "one"))).toMatchObject({ fate: "Unknown" })
        expect(yield* Effect.flip(send(pool, "two"))).toMatchObject({ retry: "Never" })
        expect(seen.stored).toEqual(["one"])
      }))
  })

  describe("the law", () => {
    const moods: ReadonlyArray<PostOffice.Mood> = [
      PostOffice.vanish,
      PostOffice.answerAndVanish,
      PostOffice.say("421 4.3.2 going down"),
      PostOffice.say("451 4.3.0 later"),
      PostOffice.say("what?")
    ]
    /** 0 to 4 is a mood of its own, anything above an answer. */
    const whims = FastCheck.array(FastCheck.nat(40), { minLength: 200, maxLength: 200 })
    const jobs = FastCheck.array(FastCheck.nat(9), { minLength: 1, maxLength: 25 })

    const law = FastCheck.asyncProperty(
      whims,
      jobs,
      FastCheck.integer({ min: 1, max: 4 }),
      (whims, jobs, connections) =>
        Effect.gen(function*() {
          let at = 0
          const mood = () => moods[whims[at++ % whims.length]] ?? PostOffice.answer
          const { close, pool, seen } = yield* open(
            { connections, messages: 4, retry: Schedule.recurs(3) },
            mood
          )
          const fibers = yield* Effect.forEach(jobs, (job, index) =>
            Effect.gen(function*() {
              const fiber = yield* Effect.fork(send(pool, `message ${index}`))
              // Some are interrupted, sooner or later.
              if (job < 3) {
                yield* Effect.repeatN(Effect.yieldNow(), job * 15).pipe(
                  Effect.zipRight(Fiber.interrupt(fiber)),
                  Effect.fork
                )
              }
              return fiber
            }))
          const exits = yield* Effect.forEach(fibers, Fiber.await)
          for (const [index, exit] of exits.entries()) {
            const times = seen.stored.filter((text) => text === `message ${index}`).length
            if (Exit.isSuccess(exit)) expect(times).toBe(exit.value.accepted.length)
            else if (Exit.isInterrupted(exit)) expect(times).toBeLessThanOrEqual(1)
            else {expect(times).toBeLessThanOrEqual(
                (yield* Effect.flip(exit)).fate === "Unknown" ? 1 : 0
              )}
          }
          expect(seen.most).toBeLessThanOrEqual(connections)
          yield* close
          yield* settled
          expect(seen.open).toBe(0)
          expect(yield* pool.load).toEqual({ busy: 0, idle: 0, waiting: 0 })
        }).pipe(Effect.scoped, Effect.runPromise)
    )

    it("N13, L6: every delivery ends, no connection leaks, and none is delivered twice", () =>
      FastCheck.assert(law, { numRuns: 60 }))

    it.scoped("a body that fails or dies takes its session with it, and nothing else", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({ connections: 1 })
        const bad = (stream: Stream.Stream<Uint8Array, string>) =>
          Effect.exit(pool.deliver(aliceToBob, Body.fromStream(stream, { eightBit: false })))
        expect(Exit.isFailure(yield* bad(Stream.fail("unreadable")))).toBe(true)
        expect(Exit.isFailure(yield* bad(Stream.die("broken")))).toBe(true)
        yield* send(pool, "good")
        expect([seen.stored, seen.connections]).toEqual([["good"], 3])
      }))
  })

  describe("layer", () => {
    it.scoped("is a pool as a service, from values or from a configuration", () =>
      Effect.gen(function*() {
        const { dialer, seen } = yield* PostOffice.make()
        const network = Layer.succeed(Dialer.Dialer, dialer)
        const program = Effect.flatMap(SmtpPool.SmtpPool, (pool) => send(pool, "one"))
        const options = Config.map(Config.integer("CONNECTIONS"), (connections) => ({
          endpoint,
          session: clear,
          connections
        }))
        const provider = ConfigProvider.fromMap(new Map([["CONNECTIONS", "2"]]))
        yield* Effect.provide(
          program,
          Layer.provide(SmtpPool.layer({ endpoint, session: clear }), network)
        )
        yield* Effect.provide(
          program,
          Layer.provide(SmtpPool.layerConfig(options), network)
        ).pipe(Effect.withConfigProvider(provider))
        expect(seen.stored).toEqual(["one", "one"])
      }))
  })
})
