import * as Dialer from "@effect-smtp/flow/Dialer"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as Body from "../src/Body.js"
import * as Mailing from "../src/Mailing.js"
import * as SmtpClient from "../src/SmtpClient.js"
import * as SmtpPool from "../src/SmtpPool.js"
import { aliceToBob, clear, endpoint, envelope } from "./harness.js"
import * as PostOffice from "./postOffice.js"

const jobs = (...texts: ReadonlyArray<string>) =>
  texts.map((text) => ({ text, envelope: aliceToBob, body: Body.fromString(text) }))

type Job = ReturnType<typeof jobs>[number]

/** What came of each: the text of the job, and whether it went well. */
const summary = (results: Chunk.Chunk<Mailing.Result<Job>>) =>
  Chunk.toReadonlyArray(results).map(({ exit, job }) => [job.text, Exit.isSuccess(exit)])

const pool = (connections: number, mood?: (heard: PostOffice.Heard) => PostOffice.Mood) =>
  Effect.gen(function*() {
    const { dialer, seen } = yield* PostOffice.make(mood)
    const through = yield* SmtpPool.make({ endpoint, session: clear, connections }).pipe(
      Effect.provideService(Dialer.Dialer, dialer)
    )
    return { through, seen }
  })

describe("Mailing", () => {
  describe("deliverMany", () => {
    it.scoped("T6: goes over one session, with a result for each", () =>
      Effect.gen(function*() {
        const { dialer, seen } = yield* PostOffice.make(({ what }) =>
          what === "two" ? PostOffice.say("554 no") : PostOffice.answer
        )
        const results = yield* Effect.scoped(
          Effect.gen(function*() {
            const through = yield* SmtpClient.connect(endpoint, clear)
            const all = Stream.fromIterable(jobs("one", "two", "three"))
            return yield* Stream.runCollect(Mailing.deliverMany(all, { through }))
          })
        ).pipe(Effect.provideService(Dialer.Dialer, dialer))
        expect(summary(results)).toEqual([["one", true], ["two", false], ["three", true]])
        expect(PostOffice.commands(seen, 0)).toEqual([
          ...["connect", "EHLO"],
          ...["one", "two", "three"].flatMap((text) => ["MAIL", "RCPT", "DATA", text]),
          "QUIT"
        ])
      }))

    it.scoped("T10: ends with the jobs, and says nothing on a dead session", () =>
      Effect.gen(function*() {
        const { dialer, seen } = yield* PostOffice.make(({ what }) =>
          what === "one" ? PostOffice.vanish : PostOffice.answer
        )
        const results = yield* Effect.scoped(
          Effect.gen(function*() {
            const through = yield* SmtpClient.connect(endpoint, clear)
            const all = Stream.fromIterable(jobs("one", "two"))
            return yield* Stream.runCollect(Mailing.deliverMany(all, { through }))
          })
        ).pipe(Effect.provideService(Dialer.Dialer, dialer))
        expect(summary(results)).toEqual([["one", false], ["two", false]])
        expect(PostOffice.commands(seen, 0).at(-1)).toBe("one")
      }))

    it.scoped("T12: one failure says what it is, and stops nobody else", () =>
      Effect.gen(function*() {
        const { seen, through } = yield* pool(
          2,
          ({ what }) => what === "2" ? PostOffice.say("451 4.3.0 later") : PostOffice.answer
        )
        const all = [
          ...jobs("1", "2"),
          { text: "3", envelope: aliceToBob, body: Body.fromStream(Stream.die("broken")) },
          ...jobs("4")
        ]
        const results = yield* Mailing.deliverMany(Stream.fromIterable(all), {
          through,
          concurrency: 2
        }).pipe(Stream.runCollect)
        expect(summary(results)).toEqual([["1", true], ["2", false], ["3", false], ["4", true]])
        const second = Chunk.unsafeGet(results, 1).exit
        expect(yield* Effect.flip(second)).toMatchObject({ _tag: "Refused", retry: "Later" })
        expect(seen.stored.slice().sort()).toEqual(["1", "4"])
      }))

    for (const order of ["OfJobs", "AsTheyCome"] as const) {
      it.scoped(`gives results in order: ${order}`, () =>
        Effect.gen(function*() {
          const gate = yield* Effect.makeLatch()
          const { through } = yield* pool(2, ({ what }) =>
            what === "slow" ? PostOffice.wait(gate.await) : PostOffice.answer)
          const seen: Array<string> = []
          const fiber = yield* Mailing.deliverMany(Stream.fromIterable(jobs("slow", "fast")), {
            through,
            concurrency: 2,
            order
          }).pipe(
            Stream.runForEach(({ job }) =>
              Effect.sync(() => seen.push(job.text))
            ),
            Effect.fork
          )
          yield* Effect.repeatN(Effect.yieldNow(), 300)
          expect(seen).toEqual(order === "OfJobs" ? [] : ["fast"])
          yield* gate.open
          yield* Fiber.join(fiber)
          expect(seen).toEqual(order === "OfJobs" ? ["slow", "fast"] : ["fast", "slow"])
        }))
    }

    it.scoped("delivers each job as it says", () =>
      Effect.gen(function*() {
        let recipients = 0
        const { seen, through } = yield* pool(1, ({ what }) =>
          what === "RCPT" && ++recipients % 2 === 1 ? PostOffice.say("550 no") : PostOffice.answer)
        const two = envelope("alice@client.example", "nobody@mx.example", "bob@mx.example")
        const all = [
          { envelope: two, body: Body.fromString("for bob") },
          {
            envelope: two,
            body: Body.fromString("for both"),
            options: { recipients: "AllOrNothing" } as const
          }
        ]
        yield* Stream.runDrain(Mailing.deliverMany(Stream.fromIterable(all), { through }))
        expect(seen.stored).toEqual(["for bob"])
      }))

    it.scoped("takes no more jobs than it can work on", () =>
      Effect.gen(function*() {
        const gate = yield* Effect.makeLatch()
        const { through } = yield* pool(2, ({ what }) =>
          what === "DATA" ? PostOffice.wait(gate.await) : PostOffice.answer)
        let taken = 0
        const endless = Stream.repeatEffect(Effect.sync(() =>
          jobs(`${taken++}`)[0]
        ))
        const fiber = yield* Mailing.deliverMany(endless, { through, concurrency: 2 }).pipe(
          Stream.take(4),
          Stream.runDrain,
          Effect.fork
        )
        yield* Effect.repeatN(Effect.yieldNow(), 300)
        expect(taken).toBeLessThanOrEqual(6)
        yield* gate.open
        yield* Fiber.join(fiber)
      }))

    it.scoped("fails only where the jobs do", () =>
      Effect.gen(function*() {
        const { seen, through } = yield* pool(1)
        const some = Stream.concat(Stream.fromIterable(jobs("one")), Stream.fail("no more"))
        const result = yield* Mailing.deliverMany(some, { through }).pipe(
          Stream.runDrain,
          Effect.either
        )
        expect(result).toEqual(Either.left("no more"))
        expect(seen.stored).toEqual(["one"])
      }))
  })
})
