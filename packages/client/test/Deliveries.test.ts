import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Body from "../src/Body.js"
import type * as Deliveries from "../src/Deliveries.js"
import * as Metrics from "../src/Metrics.js"
import type { Fate } from "../src/SmtpError.js"
import { around, converse, play, using } from "./harness.js"
import {
  chunking,
  deliver,
  job,
  jobs,
  letter,
  letters,
  moods,
  pipelining,
  session,
  summary
} from "./mailbag.js"
import type { Setting } from "./mailbag.js"
import * as PostOffice from "./postOffice.js"

const accepted = "1 accepted, 0 rejected"
const bytes = (text: string) => new TextEncoder().encode(text)
const settled = Effect.repeatN(Effect.yieldNow(), 100)
const no = PostOffice.say("550 no")
const never = PostOffice.wait(Effect.never)

const streamed = (name: string, stream: Stream.Stream<Uint8Array, unknown>) => ({
  ...job(name),
  body: Body.fromStream(stream, { eightBit: false })
})

describe("Deliveries", () => {
  describe("a job that cannot share the way", () => {
    const kinds: ReadonlyArray<readonly [string, Deliveries.Job]> = [
      ["a body that is read while it is sent", streamed("b", Stream.make(bytes("from b\r\n")))],
      ["all recipients or none", job("b", 2, { recipients: "AllOrNothing" })],
      ["a total time", job("b", 1, { total: "1 hour" })]
    ]
    for (const extensions of [pipelining, chunking]) {
      for (const [kind, own] of kinds) {
        it.scoped(`has it for itself, in its turn: ${kind}, by ${extensions.at(-1)}`, () =>
          Effect.gen(function*() {
            const { results, seen, writes } = yield* deliver(
              [job("a"), own, job("c"), job("d")],
              { extensions }
            )
            expect(results.map(({ _tag }) => _tag)).toEqual(Array(4).fill("Success"))
            expect(seen.letters).toEqual(
              [letter("a"), letter("b", own.envelope.to.length), letter("c"), letter("d")]
            )
            expect(writes.filter((write) => /<b@/.test(write) && /<[ac]@/.test(write))).toEqual([])
            expect(writes.filter((write) => /from c[^]*<d@/.test(write)).length).toBe(1)
          }))
      }
    }

    it.effect("has it for itself where the server answers for each recipient (RFC 2033)", () =>
      Effect.gen(function*() {
        const one = (name: string) => `
          C: MAIL FROM:<${name}@client.example>
          C: RCPT TO:<${name}1@mx.example>
          C: DATA
          S: 250 OK
          S: 250 OK
          S: 354 Go ahead
          C: from ${name}
          C: .
          S: 250 2.0.0 for ${name}1`
        const { value } = yield* converse(
          around(`${one("a")}\n${one("b")}`, pipelining).replace("EHLO", "LHLO"),
          using(({ deliverAll }) => deliverAll(jobs("a", "b")), { protocol: "Lmtp" })
        )
        expect(value.map(summary)).toEqual([accepted, accepted])
      }))

    it.effect("has it for itself where it asks the server to (PRDR)", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            `C: MAIL FROM:<a@client.example> PRDR
             C: RCPT TO:<a1@mx.example>
             C: DATA
             S: 250 OK
             S: 250 OK
             S: 354 Go ahead
             C: from a
             C: .
             S: 353 for each
             S: 250 for a1
             S: 250 taken
             C: MAIL FROM:<b@client.example>
             C: RCPT TO:<b1@mx.example>
             C: DATA
             S: 250 OK
             S: 250 OK
             S: 354 Go ahead
             C: from b
             C: .
             S: 250 taken`,
            ["PIPELINING", "PRDR"]
          ),
          using(({ deliverAll }) => deliverAll([job("a", 1, { prdr: "WhereOffered" }), job("b")]))
        )
        expect(value.map(summary)).toEqual([accepted, accepted])
      }))

    it.scoped("fails alone if its body cannot be read", () =>
      Effect.gen(function*() {
        const { seen, told } = yield* deliver(
          [job("a"), streamed("b", Stream.fail("broken")), job("c")]
        )
        expect(told).toEqual([accepted, "Unsendable Content NotDelivered", accepted])
        expect(seen.letters).toEqual(letters("a", "c"))
      }))

    it.scoped("fails alone if it needs what the server does not offer", () =>
      Effect.gen(function*() {
        const { seen, told } = yield* deliver([
          job("a"),
          { ...job("b"), body: Body.fromString("fröm b") },
          job("c")
        ])
        expect(told).toEqual([accepted, "Unsupported Mail NotDelivered", accepted])
        expect(seen.letters).toEqual(letters("a", "c"))
      }))

    it.scoped("a defect in its body is its own result; no other message is in doubt", () =>
      Effect.gen(function*() {
        const { seen, told } = yield* deliver([
          job("a"),
          streamed("b", Stream.die("oops")),
          job("c")
        ])
        expect(told).toEqual([accepted, "defect", "Abandoned Mail NotDelivered"])
        expect(seen.letters).toEqual(letters("a"))
      }))
  })

  describe("MAILMAX", () => {
    for (const extensions of [pipelining, chunking]) {
      it.scoped(`in the middle of a window, by ${extensions.at(-1)}`, () =>
        Effect.gen(function*() {
          const { client, seen, told } = yield* deliver(jobs("a", "b", "c", "d"), {
            extensions: [...extensions, "LIMITS MAILMAX=2"]
          })
          const spent = "SessionSpent Mail NotDelivered"
          expect(told).toEqual([accepted, accepted, spent, spent])
          expect((yield* client.deliverAll(jobs("e"))).map(summary)).toEqual([spent])
          expect(seen.letters).toEqual(letters("a", "b"))
        }))
    }
  })

  describe("N13: a session that has ended", () => {
    it.scoped("leaves no message in doubt that it had not been given", () =>
      Effect.gen(function*() {
        const behind = streamed("b", Stream.make(bytes("from b\r\n")))
        const { client, told } = yield* deliver([job("a"), behind, job("c")], {
          mood: moods({ "from a": PostOffice.vanish })
        })
        const lost = "PeerClosed Mail NotDelivered"
        expect(told).toEqual(["PeerClosed Verdict Unknown", lost, lost])
        expect((yield* client.deliverAll(jobs("z"))).map(summary)).toEqual([lost])
        const one = yield* Effect.exit(client.deliver(job("z").envelope, job("z").body))
        expect(summary(one)).toBe(lost)
      }))
  })

  describe("an interruption", () => {
    /** What each of three jobs is told when they are interrupted while the server says nothing. */
    const interrupted = (setting: Setting, streams = false) =>
      Effect.gen(function*() {
        const told: { [name: string]: Array<Fate> } = { a: [], b: [], c: [] }
        const { client } = yield* session(setting)
        const all = ["a", "b", "c"].map((name) => ({
          ...(streams ? streamed(name, Stream.make(bytes(`from ${name}\r\n`))) : job(name)),
          options: {
            onInterrupt: (fate: Fate) => Effect.sync(() => told[name].push(fate))
          }
        }))
        const fiber = yield* Effect.fork(client.deliverAll(all))
        yield* settled
        yield* Fiber.interrupt(fiber)
        expect(yield* client.isAlive).toBe(false)
        return [told.a, told.b, told.c].map((fates) => fates.join(" and "))
      })

    const cases: ReadonlyArray<
      readonly [string, { readonly [what: string]: PostOffice.Mood }, string, string]
    > = [
      ["MAIL", { "MAIL FROM:<a@client.example>": never }, "NNN", "UUU"],
      ["RCPT", { "RCPT TO:<a1@mx.example>": never }, "NNN", "UUU"],
      ["DATA", { DATA: never }, "NNN", "UUU"],
      ["the first message", { "from a": never }, "UNN", "UUU"],
      ["the first envelope behind it", { "MAIL FROM:<b@client.example>": never }, "UNN", "UUU"],
      [
        "the second message, the first was refused",
        { "from a": no, "from b": never },
        "NUN",
        "NUU"
      ],
      [
        "the first message, nobody is left to get it",
        { "RCPT TO:<a1@mx.example>": no, "BDAT 8 LAST": never, DATA: never },
        "NNN",
        "NUU"
      ],
      [
        "the first message, its sender was refused",
        { "MAIL FROM:<a@client.example>": no, "BDAT 8 LAST": never, DATA: never },
        "NNN",
        "NUU"
      ],
      [
        "the last message, some were refused",
        {
          "from a": no,
          "RCPT TO:<b1@mx.example>": no,
          "from c": never
        },
        "NNU",
        "NNU"
      ]
    ]
    for (const [where, mood, byData, byChunks] of cases) {
      for (const extensions of [pipelining, chunking]) {
        if (where === "DATA" && extensions === chunking) continue
        const expected = extensions === pipelining ? byData : byChunks
        it.scoped(`N13: tells each, at ${where}, by ${extensions.at(-1)}: ${expected}`, () =>
          Effect.gen(function*() {
            const fates = yield* interrupted({ extensions, mood: moods(mood) })
            expect(fates.map((fate) => fate[0]).join("")).toBe(expected)
            expect(fates.every((fate) => fate === "Unknown" || fate === "NotDelivered")).toBe(true)
          }))
      }
    }

    it.scoped("N13: tells each once, where they are on their way alone", () =>
      Effect.gen(function*() {
        const setting = { extensions: pipelining, mood: moods({ "from a": no, "from b": never }) }
        expect(yield* interrupted(setting, true)).toEqual(
          ["NotDelivered", "Unknown", "NotDelivered"]
        )
      }))

    it.scoped("is counted for each", () =>
      Effect.gen(function*() {
        const { client } = yield* session({ mood: moods({ "from b": never }) })
        const tag = "an interrupted window"
        const fiber = yield* Effect.fork(
          client.deliverAll(jobs("a", "b", "c")).pipe(Effect.tagMetrics("test", tag))
        )
        yield* settled
        yield* Fiber.interrupt(fiber)
        expect(yield* counted(tag, "accepted", "2xx")).toBe(1)
        expect(yield* counted(tag, "interrupted", "none")).toBe(2)
      }))
  })

  describe("time", () => {
    const slow = (setting: Setting, all = jobs("a", "b", "c")) =>
      Effect.gen(function*() {
        const { client } = yield* session(setting)
        const fiber = yield* Effect.fork(client.deliverAll(all))
        yield* settled
        return fiber
      })
    const unknown = "TimedOut Verdict Unknown"
    const notYet = "TimedOut Mail NotDelivered"

    const cases: ReadonlyArray<
      readonly [string, string, ReadonlyArray<string>, ReadonlyArray<string>]
    > = [
      ["MAIL FROM:<a@client.example>", "5 minutes", [notYet, notYet, notYet], [
        unknown,
        unknown,
        unknown
      ]],
      ["RCPT TO:<a1@mx.example>", "5 minutes", [
        "TimedOut Recipient NotDelivered",
        "TimedOut Mail NotDelivered",
        notYet
      ], [unknown, unknown, unknown]],
      ["from a", "10 minutes", [unknown, notYet, notYet], [unknown, unknown, unknown]],
      ["MAIL FROM:<b@client.example>", "5 minutes", [accepted, notYet, notYet], [
        accepted,
        unknown,
        unknown
      ]],
      ["from c", "10 minutes", [accepted, accepted, unknown], [accepted, accepted, unknown]]
    ]
    for (const [where, patience, byData, byChunks] of cases) {
      for (const extensions of [pipelining, chunking]) {
        it.scoped(`is up after ${patience}: a stall at ${where}, by ${extensions.at(-1)}`, () =>
          Effect.gen(function*() {
            const fiber = yield* slow({ extensions, mood: moods({ [where]: never }) })
            yield* TestClock.adjust(patience === "5 minutes" ? "4 minutes" : "9 minutes")
            expect((yield* Fiber.poll(fiber))._tag).toBe("None")
            yield* TestClock.adjust("1 minute")
            expect((yield* Fiber.join(fiber)).map(summary)).toEqual(
              extensions === pipelining ? byData : byChunks
            )
          }))
      }
    }

    /** A server that takes the envelope, and no more than a little of the message. */
    const stalled = (client: Setting["client"], patience: Duration.DurationInput) =>
      Effect.gen(function*() {
        const large = { ...job("a"), body: Body.fromString("large\r\n".repeat(100_000)) }
        const fiber = yield* Effect.fork(play(
          [
            Script.send("220 mx.example"),
            Script.expect(/^EHLO/),
            Script.send("250-mx.example", "250 PIPELINING"),
            Script.expect(/^MAIL/),
            Script.expect(/^RCPT/),
            Script.expect("DATA"),
            Script.send("250 ok", "250 ok", "354 go"),
            Script.skipBytes(1000),
            Script.wait("nothing", Effect.sleep("1 day"))
          ],
          using(({ deliverAll }) => deliverAll([large, job("b")]), client)
        ))
        yield* settled
        yield* TestClock.adjust(patience)
        yield* TestClock.adjust("1 day")
        return (yield* Fiber.join(fiber)).value.map(summary)
      })

    it.effect("is up for a server that takes no more of a message", () =>
      Effect.gen(function*() {
        expect(yield* stalled({}, "3 minutes")).toEqual(
          ["TimedOut Content NotDelivered", "TimedOut Mail NotDelivered"]
        )
      }))

    it.effect("is up for a server that takes a message too slowly", () =>
      Effect.gen(function*() {
        const minimumRate = { octetsPerSecond: 100_000, grace: "5 seconds" } as const
        expect(yield* stalled({ minimumRate }, "30 seconds")).toEqual(
          ["TooSlow Content NotDelivered", "TooSlow Mail NotDelivered"]
        )
      }))
  })

  describe("metrics", () => {
    it.scoped("count each message of a window by what came of it, with the caller's labels", () =>
      Effect.gen(function*() {
        const { client } = yield* session({
          mood: moods({
            "MAIL FROM:<b@client.example>": no,
            "RCPT TO:<c1@mx.example>": no,
            "from d": PostOffice.say("451 later"),
            "from f": PostOffice.vanish
          })
        })
        const tag = "a window"
        yield* client.deliverAll([...jobs("a", "b"), job("c", 2), ...jobs("d", "e", "f", "g")])
          .pipe(
            Effect.tagMetrics("test", tag)
          )
        expect(yield* counted(tag, "accepted", "2xx")).toBe(2)
        expect(yield* counted(tag, "partly", "2xx")).toBe(1)
        expect(yield* counted(tag, "failed", "5xx")).toBe(1)
        expect(yield* counted(tag, "failed", "4xx")).toBe(1)
        expect(yield* counted(tag, "unknown", "none")).toBe(2)
        const octets = yield* Metric.value(Metric.tagged(Metrics.octets, "test", tag))
        expect(octets.count).toBe(3 * "from a".length)
        const durations = yield* Metric.value(Metric.tagged(Metrics.duration, "test", tag))
        expect(durations.count).toBe(7)
      }))
  })
})

function counted(tag: string, outcome: string, code: string) {
  return Effect.map(
    Metric.value(
      Metrics.deliveries.pipe(
        Metric.tagged("outcome", outcome),
        Metric.tagged("code", code),
        Metric.tagged("test", tag)
      )
    ),
    ({ count }) => count
  )
}
