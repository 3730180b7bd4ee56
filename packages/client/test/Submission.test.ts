import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import * as Plain from "@effect-smtp/sasl/Plain"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Outcome from "../src/Outcome.js"
import * as SmtpClient from "../src/SmtpClient.js"
import * as Submission from "../src/Submission.js"
import * as Harness from "./harness.js"
import { aliceToBob, clear, hello, helloLines, script } from "./harness.js"

const alice = Either.getOrThrow(
  Plain.client({ authcid: "alice", password: Redacted.make("sesame") })
)
const name = Either.getOrThrow(Either.fromNullable(clear.name, () => "no name"))

const rest = `
  C: EHLO client.example
  S: 250-mx.example
  S: 250 AUTH PLAIN
  C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==
  S: 235 ok
  C: MAIL FROM:<alice@client.example>
  S: 250 ok
  C: RCPT TO:<bob@mx.example>
  S: 250 ok
  C: DATA
  S: 354 go ahead
  ${helloLines}
  S: 250 ok
  C: QUIT
  S: 221 bye`

const implicit = `<TLS negotiation>
  S: 220 mx.example ready
  ${rest}`

const startTls = `
  S: 220 mx.example ready
  C: EHLO client.example
  S: 250-mx.example
  S: 250 STARTTLS
  C: STARTTLS
  S: 220 go ahead
  <TLS negotiation>
  ${rest}`

const job = { envelope: aliceToBob, body: hello }

/** Sends to a server that listens on one port of `mx.example`. */
const against = <A, E>(
  port: number,
  transcript: string,
  use: (options: Submission.Options) => Effect.Effect<A, E, Dialer.Dialer>
) =>
  Effect.gen(function*() {
    const { client, server } = yield* Harness.tls
    const network = yield* MemoryNetwork.make({ upgrade: NodeTls.wrap })
    return yield* ScriptedPeer.against(
      {
        endpoint: Endpoint.Tcp({ host: "mx.example", port }),
        scripts: [script(transcript, server)]
      },
      () => use({ host: "mx.example", name, mechanisms: [alice], tls: client })
    ).pipe(
      Effect.provideService(Dialer.Dialer, network),
      Effect.provideService(Listener.Listener, network)
    )
  })

const submit = (port: number, transcript: string, options: Partial<Submission.Options> = {}) =>
  against(port, transcript, (usual) => Submission.submit({ ...usual, ...options }, job))

/** A dialer of connections that each port answers for, and what is open. */
const dialing = (ports: { readonly [port: number]: Effect.Effect<void, FlowError> }) =>
  Effect.gen(function*() {
    const opened: Array<number> = []
    const open = new Set<number>()
    const dialer: Dialer.Shape = {
      dial: (endpoint) =>
        Effect.gen(function*() {
          const port = endpoint._tag === "Tcp" ? endpoint.port : 0
          opened.push(port)
          yield* ports[port] ?? Effect.never
          yield* Effect.acquireRelease(
            Effect.sync(() => open.add(port)),
            () => Effect.sync(() => open.delete(port))
          )
          const [near] = yield* MemoryNetwork.pair()
          return near
        })
    }
    return { dialer, open, opened }
  })

const refusal = (detail: string) => new FlowError({ reason: "Refused", during: "dial", detail })

describe("Submission", () => {
  describe("submit", () => {
    it.effect("L1, L5: is TLS from the first byte where 465 is open", () =>
      Effect.map(
        submit(465, implicit),
        (outcome) => expect(Outcome.isComplete(outcome)).toBe(true)
      ))

    it.effect("L5: is STARTTLS where only 587 is open", () =>
      Effect.map(
        submit(587, startTls),
        (outcome) => expect(Outcome.isComplete(outcome)).toBe(true)
      ))

    it.effect("L1, L4: goes to the port it is told", () =>
      Effect.zipRight(
        submit(465, implicit, { port: 465 }),
        submit(587, startTls, { port: 587 })
      ))

    it.effect("L2: is STARTTLS on any other port", () => submit(2525, startTls, { port: 2525 }))

    it.effect("L1: says nothing of the user without TLS", () =>
      Effect.map(
        Effect.flip(submit(
          587,
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 250-mx.example
           S: 250 AUTH PLAIN
           C: QUIT
           S: 221 bye`
        )),
        (error) => expect(error).toMatchObject({ _tag: "NotSecure", fate: "NotDelivered" })
      ))
  })

  describe("layer", () => {
    const program = Effect.flatMap(
      SmtpClient.SmtpClient,
      ({ deliver }) => deliver(job.envelope, job.body)
    )

    it.effect("is a session as a service, from values or from a configuration", () =>
      Effect.gen(function*() {
        yield* against(
          465,
          implicit,
          (options) => Effect.provide(program, Submission.layer(options))
        )
        yield* against(587, startTls, (options) =>
          Effect.provide(
            program,
            Submission.layerConfig(Config.map(Config.string("HOST"), (host) => ({
              ...options,
              host
            })))
          )).pipe(
            Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["HOST", "mx.example"]])))
          )
      }))
  })

  describe("connect without a port", () => {
    const connect = (dialer: Dialer.Shape, options: Partial<Submission.Options> = {}) =>
      Effect.provideService(
        Effect.scoped(Submission.connect({ host: "mx.example", ...options })),
        Dialer.Dialer,
        dialer
      )

    it.effect("L5: tries 587 a quarter of a second later", () =>
      Effect.gen(function*() {
        const { dialer, opened } = yield* dialing({})
        const fiber = yield* Effect.fork(connect(dialer))
        yield* TestClock.adjust("249 millis")
        expect(opened).toEqual([465])
        yield* TestClock.adjust("1 millis")
        expect(opened).toEqual([465, 587])
        yield* Fiber.interrupt(fiber)
      }))

    it.effect("L5: tries 587 at once when 465 is refused, and tells of both", () =>
      Effect.gen(function*() {
        const { dialer, opened } = yield* dialing({
          465: Effect.fail(refusal("465 is closed")),
          587: Effect.fail(refusal("587 is closed"))
        })
        expect(yield* Effect.flip(connect(dialer))).toMatchObject({
          _tag: "ConnectionFailed",
          cause: { phase: "Connect", cause: { detail: "465 is closed; 587 is closed" } },
          fate: "NotDelivered"
        })
        expect(opened).toEqual([465, 587])
      }))

    it.effect("L2, L5: closes the one that comes second, and what is there when it is given up", () =>
      Effect.gen(function*() {
        const late = yield* Effect.makeLatch()
        const { dialer, open, opened } = yield* dialing({
          465: Effect.uninterruptible(late.await),
          587: Effect.void
        })
        const fiber = yield* Effect.fork(connect(dialer))
        yield* TestClock.adjust("250 millis")
        expect([opened, [...open]]).toEqual([[465, 587], [587]])
        yield* late.open
        yield* Effect.repeatN(Effect.yieldNow(), 50)
        expect([...open]).toEqual([587])
        yield* Fiber.interrupt(fiber)
        expect([...open]).toEqual([])
      }))

    it.effect("gives up after the time for connecting", () =>
      Effect.gen(function*() {
        const { dialer } = yield* dialing({})
        const fiber = yield* Effect.fork(Effect.exit(connect(dialer)))
        yield* TestClock.adjust("1 minute")
        const exit = yield* Fiber.join(fiber)
        expect(Exit.isFailure(exit)).toBe(true)
        expect(yield* Effect.flip(exit)).toMatchObject({ cause: { _tag: "TimedOut" } })
      }))
  })
})
