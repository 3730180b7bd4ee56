import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import * as Body from "../src/Body.js"
import * as Metrics from "../src/Metrics.js"
import * as SmtpPool from "../src/SmtpPool.js"
import { aliceToBob, clear, envelope } from "./harness.js"
import * as PostOffice from "./postOffice.js"

const settled = Effect.repeatN(Effect.yieldNow(), 200)

const counted = (outcome: string, code: string) =>
  Effect.map(
    Metric.value(
      Metrics.deliveries.pipe(Metric.tagged("outcome", outcome), Metric.tagged("code", code))
    ),
    ({ count }) => count
  )

/** A pool of one session, whose server says this instead of what it would. */
const open = (
  moods: { readonly [what: string]: PostOffice.Mood } = {},
  extensions: ReadonlyArray<string> = []
) =>
  Effect.gen(function*() {
    const { dialer, seen } = yield* PostOffice.make(
      ({ what }) => moods[what] ?? PostOffice.answer,
      extensions
    )
    const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })
    const pool = yield* SmtpPool.make({ endpoint, session: clear, connections: 1 }).pipe(
      Effect.provideService(Dialer.Dialer, dialer)
    )
    return { pool, seen }
  })

const no = PostOffice.say("550 no")

describe("Metrics", () => {
  describe("deliveries", () => {
    const cases: ReadonlyArray<
      readonly [string, string, { readonly [what: string]: PostOffice.Mood }]
    > = [
      ["accepted", "2xx", {}],
      ["refused", "5xx", { RCPT: no }],
      ["failed", "5xx", { MAIL: no }],
      ["failed", "4xx", { hello: PostOffice.say("451 later") }],
      ["failed", "none", { RCPT: PostOffice.vanish }],
      ["unknown", "none", { hello: PostOffice.vanish }]
    ]
    for (const [outcome, code, moods] of cases) {
      it.scoped(`are counted: ${outcome}, ${code}`, () =>
        Effect.gen(function*() {
          const { pool } = yield* open(moods)
          const before = yield* counted(outcome, code)
          yield* Effect.exit(pool.deliver(aliceToBob, Body.fromString("hello")))
          expect((yield* counted(outcome, code)) - before).toBe(1)
        }))
    }

    it.scoped("are counted: partly, interrupted and defect", () =>
      Effect.gen(function*() {
        let first = true
        const { dialer } = yield* PostOffice.make(({ what }) => {
          if (what !== "RCPT" || !first) {
            return what === "slow" ? PostOffice.wait(Effect.never) : PostOffice.answer
          }
          first = false
          return no
        })
        const pool = yield* SmtpPool.make({
          endpoint: Endpoint.Tcp({ host: "mx.example", port: 25 }),
          session: clear
        }).pipe(Effect.provideService(Dialer.Dialer, dialer))
        const read = Effect.all([
          counted("partly", "2xx"),
          counted("interrupted", "none"),
          counted("defect", "none")
        ])
        const before = yield* read
        yield* pool.deliver(
          envelope("alice@client.example", "bob@mx.example", "carol@mx.example"),
          Body.fromString("hello")
        )
        const slow = yield* Effect.fork(pool.deliver(aliceToBob, Body.fromString("slow")))
        yield* settled
        yield* Fiber.interrupt(slow)
        const broken = Body.fromStream(Stream.die("broken"), { eightBit: false })
        yield* Effect.exit(pool.deliver(aliceToBob, broken))
        expect((yield* read).map((count, index) => count - before[index])).toEqual([1, 1, 1])
      }))
  })

  describe("duration, octets and waits", () => {
    it.scoped("say how long and how much", () =>
      Effect.gen(function*() {
        const { pool } = yield* open({ slow: PostOffice.wait(Effect.sleep("3 seconds")) })
        const wait = Metric.tagged(Metrics.poolWait, "endpoint", "mx.example:25")
        const read = Effect.all([
          Effect.map(Metric.value(Metrics.duration), ({ sum }) => sum),
          Effect.map(Metric.value(Metrics.octets), ({ count }) => count),
          Effect.map(Metric.value(wait), ({ sum }) => sum)
        ])
        const before = yield* read
        const slow = yield* Effect.fork(pool.deliver(aliceToBob, Body.fromString("slow")))
        yield* settled
        const next = yield* Effect.fork(pool.deliver(aliceToBob, Body.fromString("next one")))
        yield* TestClock.adjust("3 seconds")
        yield* Fiber.joinAll([slow, next])
        expect((yield* read).map((now, index) => now - before[index])).toEqual([3000, 12, 3000])
      }))
  })

  describe("poolSessions", () => {
    it.scoped("says what the sessions do", () =>
      Effect.gen(function*() {
        const gate = yield* Effect.makeLatch()
        const sessions = Metric.tagged(Metrics.poolSessions, "endpoint", "mx.example:25")
        const read = Effect.all([
          Effect.map(Metric.value(Metric.tagged(sessions, "state", "busy")), ({ value }) => value),
          Effect.map(Metric.value(Metric.tagged(sessions, "state", "idle")), ({ value }) => value)
        ])
        yield* Effect.scoped(Effect.gen(function*() {
          const { pool } = yield* open({ slow: PostOffice.wait(gate.await) })
          const slow = yield* Effect.fork(pool.deliver(aliceToBob, Body.fromString("slow")))
          yield* settled
          expect(yield* read).toEqual([1, 0])
          yield* gate.open
          yield* Fiber.join(slow)
          expect(yield* read).toEqual([0, 1])
        }))
        expect(yield* read).toEqual([0, 0])
      }))
  })

  describe("spans", () => {
    const spans = <A, E>(
      extensions: ReadonlyArray<string>,
      work: (pool: SmtpPool.Shape) => Effect.Effect<A, E>
    ) =>
      Effect.gen(function*() {
        const names: Array<string> = []
        const plain = yield* Effect.tracer
        const tracer = Tracer.make({
          context: plain.context,
          span: (name, ...rest) => {
            names.push(name)
            return plain.span(name, ...rest)
          }
        })
        const { pool } = yield* open({}, extensions)
        yield* Effect.withTracer(work(pool), tracer)
        return names.filter((name) => name.startsWith("Smtp"))
      })
    const hello = Body.fromString("hello")
    const opening = ["SmtpClient.connect", "SmtpClient.greeting", "SmtpClient.hello"]

    it.scoped("are there for the delivery, its session and each group of commands", () =>
      Effect.gen(function*() {
        expect(yield* spans([], (pool) => pool.deliver(aliceToBob, hello))).toEqual([
          "SmtpPool.deliver",
          ...opening,
          "SmtpClient.deliver",
          "SmtpClient.envelope",
          "SmtpClient.content",
          "SmtpClient.verdict"
        ])
      }))

    it.scoped("are there for messages that are on their way together", () =>
      Effect.gen(function*() {
        const job = { envelope: aliceToBob, body: hello }
        expect(yield* spans(["PIPELINING"], (pool) => pool.deliverAll([job, job]))).toEqual([
          "SmtpPool.deliverAll",
          ...opening,
          "SmtpClient.deliverAll",
          "SmtpClient.window"
        ])
      }))
  })
})
