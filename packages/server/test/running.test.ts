import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Limits from "@effect-smtp/protocol/Limits"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import * as Handler from "../src/Handler.js"
import * as Metrics from "../src/Metrics.js"
import * as Policy from "../src/Policy.js"
import * as SmtpServer from "../src/SmtpServer.js"
import * as Verdict from "../src/Verdict.js"
import { goodbye, greeted, inbox, mx, readAll, say, started } from "./talk.js"

const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })

/** A server; each connection comes from the next of these addresses. */
const start = (options: {
  readonly from?: ReadonlyArray<string>
  readonly limits?: Partial<Limits.Limits>
  readonly handler?: Partial<Handler.Shape<unknown>>
  readonly tls?: boolean
} = {}) =>
  Effect.gen(function*() {
    const network = yield* MemoryNetwork.make()
    const from = [...(options.from ?? [])]
    const listener: Listener.Shape = {
      listen: (endpoint) =>
        Effect.map(network.listen(endpoint), (bound) => ({
          ...bound,
          accept: Effect.map(bound.accept, (flow) => {
            const remote = Endpoint.Tcp({ host: from.shift() ?? "192.0.2.1", port: 1 })
            return { ...flow, peer: { ...flow.peer, remote } }
          })
        }))
    }
    const running = yield* SmtpServer.serve({
      name: mx,
      limits: Limits.make(options.limits ?? {}),
      places: [{ endpoint, policy: Policy.clearText }]
    }).pipe(
      Effect.provideService(Listener.Listener, listener),
      Effect.provideService(Handler.Handler, inbox(options.handler).decisions)
    )
    const dial = Effect.map(network.dial(endpoint), (client) => ({ client }))
    return { dial, running }
  })

const settled = Effect.repeatN(Effect.yieldNow(), 100)

const message = `${started}
  C: text
  C: .
  S: 250 2.0.0 Queued as 1`

describe("a running server", () => {
  describe("connections of one address", () => {
    const tooMany = "421 4.7.0 Too many connections from your network\r\n"

    it.scoped("N12: are served up to a number, and others all the same", () =>
      Effect.gen(function*() {
        const from = ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.1"]
        const { dial, running } = yield* start({ from, limits: { connectionsPerAddress: 2 } })
        const one = yield* dial
        yield* say(one, greeted)
        yield* say(yield* dial, greeted)
        expect(yield* readAll((yield* dial).client)).toBe(tooMany)
        yield* say(yield* dial, greeted)
        yield* say(one, goodbye)
        expect(yield* readAll(one.client)).toBe("")
        yield* say(yield* dial, greeted)
        const stats = yield* Stream.runHead(running.stats("1 second"))
        expect(Option.getOrThrow(stats).connections).toEqual({ now: 3, total: 5, refused: 1 })
      }))

    it.scoped("N12: IPv6 counts by networks of 64 bits", () =>
      Effect.gen(function*() {
        const from = ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"]
        const { dial } = yield* start({ from, limits: { connectionsPerAddress: 1 } })
        yield* say(yield* dial, greeted)
        expect(yield* readAll((yield* dial).client)).toBe(tooMany)
        yield* say(yield* dial, greeted)
      }))

    it.scoped("from this machine are not counted", () =>
      Effect.gen(function*() {
        const from = ["127.0.0.1", "::1", "127.0.0.1"]
        const { dial } = yield* start({ from, limits: { connectionsPerAddress: 1 } })
        for (const _ of from) yield* say(yield* dial, greeted)
      }))
  })

  describe("stats", () => {
    it.scoped("tell what goes on and has happened, now and when it has changed", () =>
      Effect.gen(function*() {
        const { dial, running } = yield* start({ limits: { dataLine: 10 } })
        const seen: Array<unknown> = []
        yield* running.stats("1 second").pipe(
          Stream.runForEach((stats) => Effect.sync(() => seen.push(stats))),
          Effect.forkScoped
        )
        yield* settled
        const session = yield* dial
        yield* say(session, message)
        yield* settled
        yield* TestClock.adjust("3 seconds")
        yield* say(
          session,
          `${started.slice(greeted.length)}
          C: a long line
          C: .
          S: 550 5.6.0 A line is too long: at most 10 octets`
        )
        yield* session.client.reset
        yield* settled
        yield* TestClock.adjust("3 seconds")
        const none = { now: 0, total: 0, refused: 0 }
        expect(seen).toEqual([
          { connections: none, sessions: {}, messages: { accepted: 0, refused: 0 }, octets: 0 },
          {
            connections: { now: 1, total: 1, refused: 0 },
            sessions: { Command: 1 },
            messages: { accepted: 1, refused: 0 },
            octets: 6
          },
          {
            connections: { now: 0, total: 1, refused: 0 },
            sessions: {},
            messages: { accepted: 1, refused: 1 },
            octets: 6
          }
        ])
      }))
  })

  describe("metrics", () => {
    const counted = (outcome: string, code: string) =>
      Effect.map(
        Metric.value(
          Metrics.messages.pipe(Metric.tagged("outcome", outcome), Metric.tagged("code", code))
        ),
        ({ count }) => count
      )
    const cases: ReadonlyArray<readonly [string, string, Verdict.Verdict, string]> = [
      ["accepted", "2xx", Verdict.ok, "250 2.0.0 OK"],
      ["refused", "4xx", Verdict.localError, "451 4.3.0 Local error in processing"],
      ["refused", "5xx", Verdict.noSuchMailbox, "550 5.1.1 No such mailbox"]
    ]
    for (const [outcome, code, verdict, reply] of cases) {
      it.scoped(`count messages: ${outcome}, ${code}`, () =>
        Effect.gen(function*() {
          const { dial } = yield* start({ handler: { message: () => Effect.succeed(verdict) } })
          const before = yield* counted(outcome, code)
          const octets = (yield* Metric.value(Metrics.octets)).count
          yield* say(yield* dial, `${started}\nC: text\nC: .\nS: ${reply}${goodbye}`)
          expect((yield* counted(outcome, code)) - before).toBe(1)
          expect((yield* Metric.value(Metrics.octets)).count - octets)
            .toBe(outcome === "accepted" ? 6 : 0)
        }))
    }

    it.scoped("count sessions, and time them", () =>
      Effect.gen(function*() {
        const { dial } = yield* start()
        const now = (yield* Metric.value(Metrics.sessions)).value
        const { count, sum } = yield* Metric.value(Metrics.sessionDuration)
        const session = yield* dial
        yield* say(session, greeted)
        expect((yield* Metric.value(Metrics.sessions)).value).toBe(now + 1)
        yield* TestClock.adjust("1 minute")
        yield* session.client.end
        yield* readAll(session.client)
        yield* settled
        expect((yield* Metric.value(Metrics.sessions)).value).toBe(now)
        const after = yield* Metric.value(Metrics.sessionDuration)
        expect(after.count - count).toBe(1)
        expect(after.sum - sum).toBe(60_000)
      }))
  })

  describe("spans", () => {
    it.scoped("are the session's, its commands', and the message's, where a tracer is given", () =>
      Effect.gen(function*() {
        const spans: Array<readonly [string, string, unknown]> = []
        const parent = (span: Option.Option<Tracer.AnySpan>) =>
          Option.match(span, {
            onNone: () => "none",
            onSome: (span) => span._tag === "Span" ? span.name : "external"
          })
        const native = yield* Effect.tracer
        const tracer = Tracer.make({
          span: (name, above, ...rest) => {
            const span = native.span(name, above, ...rest)
            if (name.startsWith("SmtpServer.") && name !== "SmtpServer.serve") {
              spans.push([name, parent(above), rest[4]])
            }
            return span
          },
          context: native.context
        })
        yield* Effect.gen(function*() {
          const { dial } = yield* start({
            handler: {
              message: () => Effect.withSpan(Effect.succeed(Verdict.ok), "SmtpServer.mine")
            }
          })
          yield* say(yield* dial, `${started}\nC: .\nS: 250 2.0.0 OK${goodbye}`)
        }).pipe(Effect.withTracer(tracer))
        const session = "SmtpServer.session"
        expect(spans.map(([name, above]) => [name, above])).toEqual([
          [session, "none"],
          ...["Helo", "Mail", "Rcpt", "Data"].map(() => ["SmtpServer.command", session]),
          ["SmtpServer.message", "SmtpServer.command"],
          ["SmtpServer.mine", "SmtpServer.message"],
          ...["Noop", "Quit"].map(() => ["SmtpServer.command", session])
        ])
      }))
  })

  describe("logs", () => {
    it.scoped("N14, N21: every line has its session and its peer as fields, and no word of a client", () =>
      Effect.gen(function*() {
        const lines: Array<string> = []
        const logger = Logger.map(Logger.jsonLogger, (line) => {
          lines.push(line)
        })
        let name = ""
        yield* Effect.gen(function*() {
          const { dial } = yield* start({
            handler: {
              mail: (client) => {
                name = client.session
                return Effect.fail(new Error("evil\r\nlevel=FATAL \u001b[2J"))
              }
            }
          })
          const session = yield* dial
          yield* say(
            session,
            `${greeted}
            C: MAIL FROM:<"evil timestamp=0"@client.example>
            S: 451 4.3.0 Local error in processing`
          )
          yield* session.client.reset
          yield* settled
        }).pipe(
          Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
          Logger.withMinimumLogLevel(LogLevel.Debug)
        )
        expect(name).toMatch(/^[0-9a-f]{12}$/)
        const annotations = { session: name, peer: "192.0.2.1:1" }
        expect(lines.map((line) => JSON.parse(line))).toMatchObject([
          { message: "a handler failed", annotations },
          {
            message: "session ended",
            annotations: { ...annotations, reason: "TransportFailed", phase: "Command" }
          }
        ])
        for (const line of lines) {
          expect(line).not.toMatch(/\p{Cc}/u)
          expect(line).not.toContain("timestamp=0")
        }
      }))
  })
})
