import * as Dialer from "@effect-smtp/flow/Dialer"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import * as Login from "@effect-smtp/sasl/Login"
import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as Body from "../src/Body.js"
import * as Security from "../src/Security.js"
import * as SmtpClient from "../src/SmtpClient.js"
import * as Harness from "./harness.js"
import {
  aliceToBob,
  around,
  clear,
  connect,
  converse,
  endpoint,
  hello,
  helloLines,
  play,
  script,
  using
} from "./harness.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const ever = Script.wait("ever", Effect.never)

/** A dialer of one flow, its other side, and how often the flow was closed. */
const dialed = Effect.gen(function*() {
  const closed = yield* Ref.make(0)
  const scope = yield* Scope.make()
  const [near, far] = yield* Scope.extend(MemoryNetwork.pair(), scope)
  const dial = () =>
    Effect.acquireRelease(Effect.succeed(near), () => Ref.update(closed, (count) => count + 1))
  return { dialer: { dial }, far, closed: Ref.get(closed) }
})

const transaction = `
  C: MAIL FROM:<alice@client.example>
  S: 250 ok
  C: RCPT TO:<bob@mx.example>
  S: 250 ok
  C: DATA
  S: 354 go ahead
  ${helloLines}
  S: 250 ok`

describe("SmtpClient", () => {
  describe("connect", () => {
    it.effect("says that nobody is there", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        const error = yield* connect().pipe(
          Effect.provideService(Dialer.Dialer, network),
          Effect.scoped,
          Effect.flip
        )
        expect(error).toMatchObject({
          _tag: "ConnectionFailed",
          cause: { _tag: "TransportFailed", phase: "Connect", cause: { reason: "NotFound" } },
          fate: "NotDelivered",
          retry: "Later"
        })
      }))

    it.effect("gives up on a dialer that does not, after a minute", () =>
      Effect.gen(function*() {
        const fiber = yield* connect().pipe(
          Effect.provideService(Dialer.Dialer, { dial: () => Effect.never }),
          Effect.scoped,
          Effect.flip,
          Effect.fork
        )
        yield* TestClock.adjust("59 seconds")
        expect(fiber.unsafePoll()).toBe(null)
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(fiber)).toMatchObject({
          _tag: "ConnectionFailed",
          cause: { _tag: "TimedOut", phase: "Connect" },
          retry: "Later"
        })
      }))

    it.scoped("hangs up when opening fails, whatever scope it was called in", () =>
      Effect.gen(function*() {
        const { closed, dialer, far } = yield* dialed
        yield* far.write(bytes("554 no\r\n"))
        const fiber = yield* Effect.fork(
          Effect.flip(connect().pipe(Effect.provideService(Dialer.Dialer, dialer)))
        )
        expect(yield* far.read).toEqual(Option.some(bytes("QUIT\r\n")))
        yield* far.write(bytes("221 bye\r\n"))
        expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "Refused" })
        expect(yield* closed).toBe(1)
      }))

    it.scoped("N13: hangs up when opening is interrupted, without another word", () =>
      Effect.gen(function*() {
        const { closed, dialer, far } = yield* dialed
        yield* far.write(bytes("220 hi\r\n"))
        const fiber = yield* Effect.fork(
          connect().pipe(Effect.provideService(Dialer.Dialer, dialer))
        )
        yield* far.read
        yield* Fiber.interrupt(fiber)
        expect(yield* closed).toBe(1)
      }))

    it.scoped("keeps the connection for as long as the scope is open", () =>
      Effect.gen(function*() {
        const { closed, dialer, far } = yield* dialed
        yield* far.write(bytes("220 hi\r\n"))
        const scope = yield* Scope.make()
        const fiber = yield* Effect.fork(
          connect().pipe(Effect.provideService(Dialer.Dialer, dialer), Scope.extend(scope))
        )
        yield* far.read
        yield* far.write(bytes("250 hi\r\n"))
        yield* Fiber.join(fiber)
        expect(yield* closed).toBe(0)
        yield* far.end
        yield* Scope.close(scope, yield* Effect.exit(Effect.void))
        expect(yield* closed).toBe(1)
        expect(yield* far.read).toEqual(Option.some(bytes("QUIT\r\n")))
      }))
  })

  describe("fromFlow and layer", () => {
    it.scoped("open a session on a connection that is there already", () =>
      Effect.gen(function*() {
        const [near, far] = yield* MemoryNetwork.pair()
        yield* far.write(bytes("220 hi\r\n"))
        const fiber = yield* Effect.fork(SmtpClient.fromFlow(near, clear))
        yield* far.read
        yield* far.write(bytes("250 mx.example\r\n"))
        const client = yield* Fiber.join(fiber)
        expect(client.capabilities.greeting).toBe("mx.example")
        expect(client.peer.remote).toEqual(near.peer.remote)
        yield* far.end
      }))

    it.effect("a session is a service, too", () =>
      converse(
        around("C: NOOP\nS: 250 ok"),
        Effect.flatMap(SmtpClient.SmtpClient, ({ noop }) => noop).pipe(
          Effect.provide(SmtpClient.layer(endpoint, clear))
        )
      ))
  })

  describe("the transaction", () => {
    const stages: ReadonlyArray<
      readonly [string, (tls: Effect.Effect.Success<typeof Harness.tls>) => Security.Security]
    > = [
      ["in clear text", () => Security.ClearText({ credentials: "Refused" })],
      ["under implicit TLS", ({ client }) => Security.Implicit({ tls: client })],
      ["after STARTTLS", ({ client }) => Security.StartTls({ tls: client })],
      ["after STARTTLS, if offered", ({ client }) => Security.Opportunistic({ tls: client })]
    ]
    const greeting = "S: 220 mx.example ready"
    const again = "C: EHLO client.example"
    const before = {
      ClearText: greeting,
      Implicit: `<TLS negotiation>\n${greeting}`,
      StartTls: `
        ${greeting}
        ${again}
        S: 250-mx.example
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 go ahead
        <TLS negotiation>`,
      Opportunistic: ""
    }
    for (const [title, make] of stages) {
      it.effect(`T9, T14: is the same ${title}`, () =>
        Effect.gen(function*() {
          const tls = yield* Harness.tls
          const security = make(tls)
          yield* converse(
            `${before[security._tag] || before.StartTls}
             ${again}
             S: 250 mx.example
             ${transaction.replace("C: hello", "C: ..hello")}
             C: QUIT
             S: 221 bye`,
            using(
              ({ deliver }) => deliver(aliceToBob, Body.fromBytes(dotted)),
              { security }
            ),
            { tls: tls.server }
          )
        }))
    }
    const dotted = bytes("Subject: hi\r\n\r\n.hello")
  })

  describe("an interruption", () => {
    it.effect("N13: in the middle of an exchange ends the conversation", () =>
      Effect.gen(function*() {
        const said = yield* Effect.makeLatch()
        const { value, writes } = yield* play(
          [
            ...script(`
              S: 220 mx.example ready
              C: EHLO client.example
              S: 250 mx.example
              C: MAIL FROM:<alice@client.example>`),
            Script.wait("the interruption", said.open),
            Script.expectEnd
          ],
          using((client) =>
            Effect.gen(function*() {
              const fiber = yield* Effect.fork(client.deliver(aliceToBob, hello))
              yield* said.await
              yield* Fiber.interrupt(fiber)
              return yield* Effect.forEach(
                [
                  client.deliver(aliceToBob, hello),
                  client.noop,
                  client.reset,
                  client.verify("jones"),
                  client.help(Option.none())
                ],
                (call) => Effect.flip<unknown, unknown, never>(call)
              )
            })
          )
        )
        expect(value.length).toBe(5)
        for (const error of value) {
          expect(error).toMatchObject({
            _tag: "ConnectionFailed",
            cause: { _tag: "Abandoned" },
            fate: "NotDelivered",
            retry: "Later"
          })
        }
        expect(writes.at(-1)).toBe("MAIL FROM:<alice@client.example>\r\n")
      }))

    it.effect("while waiting for one's turn changes nothing", () =>
      Effect.gen(function*() {
        const said = yield* Effect.makeLatch()
        const answer = yield* Effect.makeLatch()
        yield* play(
          [
            ...script(`
              S: 220 mx.example ready
              C: EHLO client.example
              S: 250 mx.example
              C: NOOP`),
            Script.wait("the interruption", Effect.zipRight(said.open, answer.await)),
            ...script("S: 250 ok\nC: NOOP\nS: 250 ok\nC: QUIT\nS: 221 bye"),
            Script.expectEnd
          ],
          using((client) =>
            Effect.gen(function*() {
              const first = yield* Effect.fork(client.noop)
              yield* said.await
              const second = yield* Effect.fork(client.reset)
              yield* Effect.yieldNow()
              yield* Fiber.interrupt(second)
              yield* answer.open
              yield* Fiber.join(first)
              yield* client.noop
            })
          )
        )
      }))
  })

  describe("a server that falls silent", () => {
    const open = "S: 220 mx.example ready\nC: EHLO client.example\n"
    const opened = `${open}S: 250-mx.example\nS: 250-STARTTLS\nS: 250 AUTH LOGIN\n`
    const mail = `${opened}C: MAIL FROM:<alice@client.example>\n`
    const rcpt = `${mail}S: 250 ok\nC: RCPT TO:<bob@mx.example>\n`
    const login = Either.getOrThrow(
      Login.client({ username: "alice", password: Redacted.make("sesame") })
    )
    const exposed = {
      security: Security.ClearText({ credentials: "ExposedToEveryone" }),
      mechanisms: [login]
    } as const
    const required = Effect.map(Harness.tls, ({ client }) => ({
      security: Security.StartTls({ tls: client })
    }))
    const deliver = using(({ deliver }) => deliver(aliceToBob, hello))

    const table: ReadonlyArray<
      readonly [Phase, number, string, Effect.Effect<unknown, unknown, Dialer.Dialer | Scope.Scope>]
    > = [
      ["Hello", 300, open, connect()],
      ["StartTls", 120, `${opened}C: STARTTLS`, Effect.flatMap(required, connect)],
      [
        "Handshake",
        60,
        `${opened}C: STARTTLS\nS: 220 go ahead`,
        Effect.flatMap(required, connect)
      ],
      ["Auth", 120, `${opened}C: AUTH LOGIN`, connect(exposed)],
      ["Auth", 120, `${opened}C: AUTH LOGIN\nS: 334 \nC: YWxpY2U=`, connect(exposed)],
      ["Mail", 300, mail, deliver],
      ["Recipient", 300, rcpt, deliver],
      ["Data", 120, `${rcpt}S: 250 ok\nC: DATA`, deliver],
      ["Reset", 300, `${rcpt}S: 550 no\nC: RSET`, deliver],
      ["Reset", 300, `${opened}C: RSET`, using(({ reset }) => reset)],
      ["Noop", 300, `${opened}C: NOOP`, using(({ noop }) => noop)],
      ["Verify", 300, `${opened}C: VRFY jones`, using(({ verify }) => verify("jones"))],
      ["Help", 300, `${opened}C: HELP`, using(({ help }) => help(Option.none()))]
    ]
    for (const [phase, seconds, transcript, program] of table) {
      it.effect(`M15: in ${phase} is waited for ${seconds} seconds`, () =>
        Effect.gen(function*() {
          const fiber = yield* Effect.fork(
            Effect.flip(play([...script(transcript), ever], program))
          )
          yield* TestClock.adjust(`${seconds - 1} seconds`)
          expect(fiber.unsafePoll()).toBe(null)
          yield* TestClock.adjust("1 second")
          expect(yield* Fiber.join(fiber)).toMatchObject({
            _tag: "ConnectionFailed",
            cause: { _tag: "TimedOut", phase },
            fate: "NotDelivered",
            retry: "Later"
          })
        }))
    }

    it.effect("N13: is not asked again, and its late reply is the answer to nothing", () =>
      Effect.gen(function*() {
        const late = yield* Effect.makeLatch()
        const there = yield* Effect.makeLatch()
        const fiber = yield* Effect.fork(play(
          [
            ...script(`${opened}C: NOOP`),
            Script.wait("the timeout", late.await),
            Script.send("250 ok"),
            Script.wait("its being there", there.open),
            Script.expectEnd
          ],
          using(({ noop, reset }) =>
            Effect.all([
              Effect.flip(noop),
              Effect.zipRight(Effect.zipRight(late.open, there.await), Effect.flip(reset))
            ])
          )
        ))
        yield* TestClock.adjust("5 minutes")
        const { value, writes } = yield* Fiber.join(fiber)
        expect(value).toMatchObject([
          { cause: { _tag: "TimedOut", phase: "Noop" } },
          { cause: { _tag: "TimedOut", phase: "Noop" } }
        ])
        expect(writes.at(-1)).toBe("NOOP\r\n")
      }))

    it.effect("is waited for as long as the options say", () =>
      Effect.gen(function*() {
        const timeouts = Timeouts.make({ Noop: "3 seconds" })
        const fiber = yield* Effect.fork(Effect.flip(play(
          [...script(`${opened}C: NOOP`), ever],
          using(({ noop }) => noop, { timeouts })
        )))
        yield* TestClock.adjust("3 seconds")
        expect(yield* Fiber.join(fiber)).toMatchObject({
          cause: { _tag: "TimedOut", phase: "Noop" }
        })
      }))
  })
})
