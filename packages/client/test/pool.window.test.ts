import * as Dialer from "@effect-smtp/flow/Dialer"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Body from "../src/Body.js"
import type * as Deliveries from "../src/Deliveries.js"
import * as Mailing from "../src/Mailing.js"
import type { Fate } from "../src/SmtpError.js"
import * as SmtpPool from "../src/SmtpPool.js"
import { clear, endpoint } from "./harness.js"
import { chunking, job, jobs, letters, moods, pipelining, summary } from "./mailbag.js"
import * as PostOffice from "./postOffice.js"

const accepted = "1 accepted, 0 rejected"
const settled = Effect.repeatN(Effect.yieldNow(), 100)

const open = (
  options: Partial<SmtpPool.Options> = {},
  mood?: (heard: PostOffice.Heard) => PostOffice.Mood,
  extensions: ReadonlyArray<string> = chunking
) =>
  Effect.gen(function*() {
    const { dialer, seen } = yield* PostOffice.make(mood, extensions)
    const pool = yield* SmtpPool.make({ endpoint, session: clear, ...options }).pipe(
      Effect.provideService(Dialer.Dialer, dialer)
    )
    return { pool, seen }
  })

const told = (pool: SmtpPool.Shape, all: ReadonlyArray<Deliveries.Job>) =>
  Effect.map(pool.deliverAll(all), (results) => results.map(summary))

/** How many MAIL each connection has heard. */
const shares = (seen: PostOffice.Seen): ReadonlyArray<number> =>
  Array.from(
    { length: seen.connections },
    (_, connection) =>
      PostOffice.commands(seen, connection).filter((what) => what === "MAIL").length
  ).filter((mails) => mails > 0)

/** Notes what each job is told of its interruption. */
const noting = () => {
  const fates: { [name: string]: Array<Fate> } = {}
  const noted = (name: string) => {
    fates[name] = []
    return {
      ...job(name),
      options: { onInterrupt: (fate: Fate) => Effect.sync(() => fates[name].push(fate)) }
    }
  }
  return { fates, noted }
}

describe("a pool with windows", () => {
  for (const extensions of [pipelining, chunking]) {
    describe(`by ${extensions.at(-1)}`, () => {
      it.scoped("carries several messages over one session", () =>
        Effect.gen(function*() {
          const { pool, seen } = yield* open({}, undefined, extensions)
          expect(yield* told(pool, jobs("a", "b", "c"))).toEqual([accepted, accepted, accepted])
          expect(yield* told(pool, [])).toEqual([])
          expect(yield* told(pool, jobs("d"))).toEqual([accepted])
          expect(seen.letters).toEqual(letters("a", "b", "c", "d"))
          expect(seen.connections).toBe(1)
        }))

      it.scoped("goes on with another session where the server takes no more, nothing twice", () =>
        Effect.gen(function*() {
          const { pool, seen } = yield* open({}, undefined, [...extensions, "LIMITS MAILMAX=2"])
          const names = ["a", "b", "c", "d", "e"]
          expect(yield* told(pool, jobs(...names))).toEqual(names.map(() => accepted))
          expect(seen.letters).toEqual(letters(...names))
          expect(shares(seen)).toEqual([2, 2, 1])
        }))

      it.scoped("gives no session more messages than it may", () =>
        Effect.gen(function*() {
          const { pool, seen } = yield* open({ messages: 2 }, undefined, extensions)
          yield* told(pool, jobs("a"))
          expect(yield* told(pool, jobs("b", "c", "d"))).toEqual([accepted, accepted, accepted])
          expect(seen.letters).toEqual(letters("a", "b", "c", "d"))
          expect(shares(seen)).toEqual([2, 2])
        }))

      for (
        const [how, mood] of [
          ["421", PostOffice.say("421 4.4.2 too long idle")],
          ["its end", PostOffice.vanish]
        ] as const
      ) {
        it.scoped(`N13: replaces a session that was over, as ${how} shows, nothing twice`, () =>
          Effect.gen(function*() {
            const { pool, seen } = yield* open(
              {},
              ({ connection, line, what }) =>
                connection === 0 && what === "MAIL" && !line.includes("<a@")
                  ? mood
                  : PostOffice.answer,
              pipelining
            )
            yield* told(pool, jobs("a"))
            expect(yield* told(pool, jobs("b", "c"))).toEqual([accepted, accepted])
            expect(seen.letters).toEqual(letters("a", "b", "c"))
            expect(shares(seen)).toEqual([2, 2])
          }))
      }

      it.scoped("N13: a server that leaves after so many messages gets the others in another session", () =>
        Effect.gen(function*() {
          const mails: Array<number> = []
          const { pool, seen } = yield* open({}, ({ connection, what }) => {
            if (what !== "MAIL") return PostOffice.answer
            mails[connection] = (mails[connection] ?? 0) + 1
            return mails[connection] > 2 ? PostOffice.say("421 4.7.0 enough") : PostOffice.answer
          }, extensions)
          const names = ["a", "b", "c", "d", "e"]
          expect(yield* told(pool, jobs(...names))).toEqual(names.map(() => accepted))
          expect(seen.letters).toEqual(letters(...names))
        }))

      it.scoped("a server that takes not even the first is asked once", () =>
        Effect.gen(function*() {
          const { pool, seen } = yield* open(
            {},
            moods({ MAIL: PostOffice.say("421 4.3.2 not today") }),
            extensions
          )
          const refused = "Refused Mail 421 NotDelivered"
          expect(yield* told(pool, jobs("a", "b"))).toEqual([refused, refused])
          expect(seen.connections).toBe(1)
        }))

      it.scoped("T11: tries again what may be tried again, and nothing else", () =>
        Effect.gen(function*() {
          const once = new Set(["from b", "RCPT TO:<c1@mx.example>"])
          const { pool, seen } = yield* open(
            { retry: Schedule.recurs(3), connections: 2 },
            ({ connection, line, what }) =>
              what === "from b" && once.delete(what)
                ? PostOffice.say("451 4.3.0 later")
                : line === "MAIL FROM:<d@client.example>"
                ? PostOffice.say("550 5.7.1 never")
                : what === "from e" && connection === 0
                ? PostOffice.answerAndVanish
                : PostOffice.answer,
            extensions
          )
          expect(yield* told(pool, jobs("a", "b", "c", "d", "e"))).toEqual([
            accepted,
            accepted,
            accepted,
            "Refused Mail 550 NotDelivered",
            "PeerClosed Verdict Unknown"
          ])
          expect(seen.letters.map(({ from }) => from[0]).sort()).toEqual(["a", "b", "c", "e"])
        }))
    })
  }

  it.scoped("gives each message its turn where there is a rate", () =>
    Effect.gen(function*() {
      const rate = { limit: 2, interval: "1 minute", algorithm: "fixed-window" } as const
      const { pool, seen } = yield* open({ rate })
      const fiber = yield* Effect.fork(told(pool, jobs("a", "b", "c")))
      yield* settled
      expect(seen.letters.length).toBe(2)
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toEqual([accepted, accepted, accepted])
    }))

  it.scoped("a defect in a body is its own result, and the others go by another session", () =>
    Effect.gen(function*() {
      const { pool, seen } = yield* open()
      const broken = { ...job("b"), body: Body.fromStream(Stream.die("oops"), { eightBit: false }) }
      expect(yield* told(pool, [job("a"), broken, job("c"), job("d")]))
        .toEqual([accepted, "defect", accepted, accepted])
      expect(seen.letters).toEqual(letters("a", "c", "d"))
    }))

  describe("N13: an interruption", () => {
    const never = PostOffice.wait(Effect.never)

    it.scoped("is told to each job: on its way, done, not begun; and the session is replaced", () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open(
          { messages: 2, connections: 1 },
          moods({ "from b": PostOffice.say("554 no"), "from c": never })
        )
        const { fates, noted } = noting()
        const fiber = yield* Effect.fork(
          pool.deliverAll([noted("a"), noted("b"), noted("c"), noted("d"), noted("e")])
        )
        yield* settled
        yield* Fiber.interrupt(fiber)
        expect(fates).toEqual({
          a: ["Unknown"],
          b: ["NotDelivered"],
          c: ["Unknown"],
          d: ["Unknown"],
          e: ["NotDelivered"]
        })
        expect(yield* told(pool, jobs("z"))).toEqual([accepted])
        expect(seen.letters).toEqual(letters("a", "z"))
        expect(seen.connections).toBe(3)
      }))

    it.scoped("is told to who waits for a session, or to be tried again", () =>
      Effect.gen(function*() {
        const { pool } = yield* open(
          { connections: 1, retry: Schedule.spaced("1 hour") },
          moods({ "from a": never, "from c": PostOffice.say("451 later") })
        )
        const { fates, noted } = noting()
        const later = yield* Effect.fork(pool.deliverAll([noted("c"), noted("d")]))
        yield* settled
        const first = yield* Effect.fork(pool.deliverAll(jobs("a")))
        yield* settled
        const { body, envelope, options } = noted("b")
        const second = yield* Effect.fork(pool.deliver(envelope, body, options))
        yield* settled
        yield* Fiber.interruptAll([second, later])
        yield* Fiber.interrupt(first)
        expect(fates).toEqual({ b: ["NotDelivered"], c: ["NotDelivered"], d: ["Unknown"] })
      }))

    it.scoped("is told to each where there is a rate", () =>
      Effect.gen(function*() {
        const rate = { limit: 1, interval: "1 minute", algorithm: "fixed-window" } as const
        const { pool } = yield* open({ rate })
        const { fates, noted } = noting()
        const fiber = yield* Effect.fork(pool.deliverAll([noted("a"), noted("b")]))
        yield* settled
        yield* Fiber.interrupt(fiber)
        expect(fates).toEqual({ a: ["Unknown"], b: ["NotDelivered"] })
      }))
  })
})

describe("Mailing through windows", () => {
  const names = Array.from({ length: 30 }, (_, index) => `${index}-`)
  const all = Stream.fromIterable(names.map((name) => job(name)))
  const outcomes = (results: Chunk.Chunk<Mailing.Result<Deliveries.Job>>) =>
    Chunk.toReadonlyArray(results).map(({ exit }) => summary(exit))

  for (const order of ["OfJobs", "AsTheyCome"] as const) {
    it.scoped(`delivers each once, over several sessions: ${order}`, () =>
      Effect.gen(function*() {
        const { pool, seen } = yield* open({ connections: 3 })
        const results = yield* Stream.runCollect(
          Mailing.deliverMany(all, { through: pool, concurrency: 12, order })
        )
        expect(outcomes(results)).toEqual(names.map(() => accepted))
        expect(seen.letters.map(({ text }) => text).sort())
          .toEqual(letters(...names).map(({ text }) => text).sort())
        expect(seen.connections).toBe(3)
        const given = Chunk.toReadonlyArray(results).map(({ job }) => job.envelope.from)
        const wanted = names.map((name) => job(name).envelope.from)
        if (order === "OfJobs") expect(given).toEqual(wanted)
        else expect(given.length).toBe(wanted.length)
      }))
  }

  it.scoped("has several messages of a session on their way at once", () =>
    Effect.gen(function*() {
      const gate = yield* Effect.makeLatch()
      const { pool, seen } = yield* open({ connections: 1 }, ({ what }) =>
        what === "MAIL" ? PostOffice.wait(gate.await) : PostOffice.answer)
      let taken = 0
      const counted = Stream.repeatEffect(Effect.sync(() =>
        job(`${taken++}-`)
      ))
      const fiber = yield* Mailing.deliverMany(counted, { through: pool, concurrency: 8 }).pipe(
        Stream.take(20),
        Stream.runDrain,
        Effect.fork
      )
      yield* settled
      expect(taken).toBeGreaterThan(8)
      expect(taken).toBeLessThanOrEqual(16 + 1)
      expect(seen.stored).toEqual([])
      yield* gate.open
      yield* Fiber.join(fiber)
      expect(seen.stored.length).toBeGreaterThanOrEqual(20)
      expect(new Set(seen.stored).size).toBe(seen.stored.length)
    }))

  it.scoped("fails with the jobs, behind the results of those that were given", () =>
    Effect.gen(function*() {
      const { pool, seen } = yield* open({ connections: 2 })
      const results: Array<string> = []
      const end = yield* Mailing.deliverMany(
        Stream.concat(Stream.fromIterable(jobs("a", "b", "c")), Stream.fail("no more")),
        { through: pool, concurrency: 4 }
      ).pipe(
        Stream.runForEach(({ exit }) => Effect.sync(() => results.push(summary(exit)))),
        Effect.either
      )
      expect(end).toEqual(Either.left("no more"))
      expect(results).toEqual([accepted, accepted, accepted])
      expect(seen.letters.length).toBe(3)
    }))

  it.scoped("N13: tells those on their way when nobody wants the results any more", () =>
    Effect.gen(function*() {
      const { pool } = yield* open(
        { connections: 1 },
        moods({ "from b": PostOffice.wait(Effect.never) }),
        pipelining
      )
      const { fates, noted } = noting()
      const fiber = yield* Mailing.deliverMany(
        Stream.make(noted("a"), noted("b"), noted("c")),
        { through: pool, concurrency: 3 }
      ).pipe(Stream.runDrain, Effect.fork)
      yield* settled
      yield* Fiber.interrupt(fiber)
      expect(fates.b).toEqual(["Unknown"])
      expect(fates.a.length).toBeLessThanOrEqual(1)
      expect(fates.c.every((fate) => fate === "NotDelivered")).toBe(true)
      expect(yield* told(pool, jobs("z"))).toEqual([accepted])
    }))

  it.scoped("a defect in a body is its own result, in any order", () =>
    Effect.gen(function*() {
      const { pool, seen } = yield* open({ connections: 1 })
      const broken = { ...job("b"), body: Body.fromStream(Stream.die("oops"), { eightBit: false }) }
      const results = yield* Stream.runCollect(
        Mailing.deliverMany(Stream.make(job("a"), broken, job("c")), {
          through: pool,
          concurrency: 3
        })
      )
      expect(outcomes(results)).toEqual([accepted, "defect", accepted])
      expect(seen.letters).toEqual(letters("a", "c"))
    }))
})
