import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Limits from "@effect-smtp/protocol/Limits"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as Authenticator from "../src/Authenticator.js"
import * as Handler from "../src/Handler.js"
import * as Policy from "../src/Policy.js"
import * as SmtpServer from "../src/SmtpServer.js"
import * as Verdict from "../src/Verdict.js"
import {
  addressed,
  bytes,
  goodbye,
  greeted,
  inbox,
  mx,
  readAll,
  say,
  started,
  text
} from "./talk.js"

const port = (number: number) => Endpoint.Tcp({ host: "mx.example", port: number })
const place: SmtpServer.Place = { endpoint: port(25), policy: Policy.clearText }

/** A server on a network of its own, and the way to stop it. */
const start = (
  options: Partial<SmtpServer.Options> = {},
  decisions: Partial<Handler.Shape<unknown>> = {}
) =>
  Effect.gen(function*() {
    const network = yield* MemoryNetwork.make()
    const { decisions: handler, mails } = inbox(decisions)
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer((exit) => Scope.close(scope, exit))
    const running = yield* SmtpServer.serve({ name: mx, places: [place], ...options }).pipe(
      Scope.extend(scope),
      Effect.provideService(Listener.Listener, network),
      Effect.provideService(Handler.Handler, handler)
    )
    const dial = (number: number) =>
      Effect.map(network.dial(port(number)), (client) => ({ client }))
    return { dial, mails, running, stop: Scope.close(scope, Exit.void) }
  })

const shuttingDown = "421 4.3.2 Shutting down\r\n"
const quiet = Logger.withMinimumLogLevel(LogLevel.None)

describe("SmtpServer", () => {
  describe("serve", () => {
    it.scoped("listens in several places, each with its policy", () =>
      Effect.gen(function*() {
        const { dial, running } = yield* start({
          places: [
            place,
            {
              endpoint: port(0),
              policy: { ...Policy.clearText, authentication: "Required" }
            }
          ]
        })
        expect(running.endpoints[0]).toEqual(port(25))
        const other = running.endpoints[1]
        const second = other._tag === "Tcp" ? other.port : 0
        expect(second).toBeGreaterThan(0)
        yield* say(yield* dial(25), `${addressed}${goodbye}`)
        yield* say(
          yield* dial(second),
          `${greeted}
          C: MAIL FROM:<a@client.example>
          S: 530 5.7.0 Authentication required`
        )
      }))

    it.scoped("has many conversations at once", () =>
      Effect.gen(function*() {
        const { dial, mails } = yield* start()
        const clients = yield* Effect.replicateEffect(dial(25), 20)
        yield* Effect.forEach(clients, (session) => say(session, started))
        const heard = yield* Effect.forEach(clients, (session) =>
          say(session, "C: one\nC: .\nC: QUIT").pipe(Effect.zipRight(readAll(session.client))), {
          concurrency: "unbounded"
        })
        for (const replies of heard) {
          expect(replies).toMatch(/^250 2.0.0 Queued as \d+\r\n221 /)
        }
        expect(mails.length).toBe(20)
      }))

    it.scoped("offers AUTH if there is somebody to ask", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        yield* SmtpServer.serve({
          name: mx,
          places: [{
            ...place,
            policy: { ...Policy.clearText, clearTextPasswords: "ExposedToEveryone" }
          }]
        }).pipe(
          Effect.provideService(Listener.Listener, network),
          Effect.provideService(Handler.Handler, inbox().decisions),
          Effect.provide(
            Authenticator.layerPasswords(new Map([["alice", Redacted.make("sesame")]]))
          )
        )
        yield* say(
          { client: yield* network.dial(port(25)) },
          `${greeted}
          C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==
          S: 235 2.7.0 Authentication successful
          ${goodbye}`
        )
      }))

    it.scoped("fails where it cannot listen, and listens nowhere then", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        const failed = yield* SmtpServer.serve({ name: mx, places: [place, place] }).pipe(
          Effect.scoped,
          Effect.provideService(Listener.Listener, network),
          Effect.provideService(Handler.Handler, inbox().decisions),
          Effect.flip
        )
        expect(failed).toMatchObject({ reason: "Refused", during: "listen" })
        expect(yield* Effect.flip(network.dial(port(25)))).toMatchObject({ during: "dial" })
      }))
  })

  describe("connections", () => {
    it.scoped("N12: are served up to a number; more wait their turn", () =>
      Effect.gen(function*() {
        const { dial } = yield* start({ limits: Limits.make({ connections: 2 }) })
        const one = yield* dial(25)
        const two = yield* dial(25)
        yield* say(one, greeted)
        yield* say(two, greeted)
        const three = yield* dial(25)
        const waiting = yield* Effect.fork(say(three, greeted))
        yield* TestClock.adjust("1 minute")
        expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
        yield* say(one, "C: QUIT\nS: 221 2.0.0 Goodbye")
        yield* Fiber.join(waiting)
        yield* two.client.reset
        yield* say(yield* dial(25), greeted)
      }))

    it.scoped("are closed when their conversation is over", () =>
      Effect.gen(function*() {
        const { dial } = yield* start()
        const session = yield* dial(25)
        yield* say(session, `${greeted}\nC: QUIT\nS: 221 2.0.0 Goodbye`)
        expect(yield* session.client.read).toEqual(Option.none())
        expect(yield* Effect.flip(session.client.write(bytes("NOOP\r\n"))))
          .toMatchObject({ reason: "Reset" })
      }))

    it.scoped("that cannot be accepted do not keep others out, nor take their room", () =>
      quiet(Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        let failures = 0
        const shaky: Listener.Shape = {
          listen: (endpoint) =>
            Effect.map(network.listen(endpoint), (bound) => ({
              ...bound,
              accept: Effect.suspend(() =>
                failures++ % 4 < 3
                  ? Effect.fail(
                    new FlowError({ reason: "Other", during: "accept", detail: "EMFILE" })
                  )
                  : bound.accept
              )
            }))
        }
        yield* SmtpServer.serve({
          name: mx,
          places: [place],
          limits: Limits.make({ connections: 1 })
        }).pipe(
          Effect.provideService(Listener.Listener, shaky),
          Effect.provideService(Handler.Handler, inbox().decisions)
        )
        for (let i = 0; i < 5; i++) {
          const session = { client: yield* network.dial(port(25)) }
          const saying = yield* Effect.fork(
            say(session, `${greeted}\nC: QUIT\nS: 221 2.0.0 Goodbye`)
          )
          yield* TestClock.adjust("300 millis")
          yield* Fiber.join(saying)
        }
        expect(failures).toBeGreaterThanOrEqual(20)
      })))
  })

  describe("stopping", () => {
    it.scoped("X12: accepts nobody any more, and sends the idle away at once", () =>
      Effect.gen(function*() {
        const { dial, stop } = yield* start()
        const greetedOne = yield* dial(25)
        const silentOne = yield* dial(25)
        yield* say(greetedOne, greeted)
        yield* say(silentOne, "S: 220 mx.example ESMTP")
        yield* stop
        expect(yield* readAll(greetedOne.client)).toBe(shuttingDown)
        expect(yield* readAll(silentOne.client)).toBe(shuttingDown)
        expect(yield* Effect.flip(dial(25))).toMatchObject({ during: "dial" })
      }))

    it.scoped("X12: lets a transaction come to its end, and begins no other", () =>
      Effect.gen(function*() {
        const { dial, mails, stop } = yield* start()
        const sending = yield* dial(25)
        const addressing = yield* dial(25)
        yield* say(sending, `${started}\nC: half`)
        yield* say(addressing, addressed)
        const stopping = yield* Effect.fork(stop)
        yield* TestClock.adjust("10 seconds")
        expect(yield* Fiber.poll(stopping)).toEqual(Option.none())
        yield* say(addressing, "C: RCPT TO:<c@mx.example>\nS: 250 2.1.5 Recipient OK")
        yield* say(addressing, "C: RSET\nS: 250 2.0.0 OK\nS: 421 4.3.2 Shutting down")
        yield* say(
          sending,
          "C: message\nC: .\nS: 250 2.0.0 Queued as 1\nS: 421 4.3.2 Shutting down"
        )
        yield* Fiber.join(stopping)
        expect(mails.map(({ body }) => body)).toEqual(["half\r\nmessage\r\n"])
      }))

    it.scoped("waits for a handler that is about to accept", () =>
      Effect.gen(function*() {
        const gate = yield* Deferred.make<void>()
        const { dial, stop } = yield* start({}, {
          message: (_client, _envelope, message) =>
            Effect.zipRight(message.collect(1000), Deferred.await(gate)).pipe(
              Effect.as(Verdict.queued("late"))
            )
        })
        const session = yield* dial(25)
        yield* say(session, `${started}\nC: .`)
        const stopping = yield* Effect.fork(stop)
        yield* TestClock.adjust("29 seconds")
        yield* Deferred.succeed(gate, undefined)
        yield* say(session, "S: 250 2.0.0 Queued as late\nS: 421 4.3.2 Shutting down")
        yield* Fiber.join(stopping)
      }))

    it.scoped("cuts what takes longer than its grace, and nothing of that is stored", () =>
      Effect.gen(function*() {
        const { dial, mails, stop } = yield* start({ grace: "20 seconds" })
        const session = yield* dial(25)
        yield* say(session, `${started}\nC: half`)
        const stopping = yield* Effect.fork(stop)
        yield* TestClock.adjust("19999 millis")
        expect(yield* Fiber.poll(stopping)).toEqual(Option.none())
        yield* TestClock.adjust("1 millis")
        yield* Fiber.join(stopping)
        expect(yield* readAll(session.client)).toBe(shuttingDown)
        expect(mails).toEqual([])
      }))

    it.scoped("does not wait for a client that does not read", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make({ capacity: 16 })
        const scope = yield* Scope.make()
        yield* SmtpServer.serve({ name: mx, places: [place], grace: "1 second" }).pipe(
          Scope.extend(scope),
          Effect.provideService(Listener.Listener, network),
          Effect.provideService(Handler.Handler, inbox().decisions)
        )
        const client = yield* network.dial(port(25))
        yield* TestClock.adjust("1 millis")
        const stopping = yield* Effect.fork(Scope.close(scope, Exit.void))
        yield* TestClock.adjust("11 seconds")
        yield* Fiber.join(stopping)
        expect(yield* Effect.map(client.read, Option.map(text)))
          .toEqual(Option.some("220 mx.example E"))
      }))
  })

  describe("layer", () => {
    it.effect("serves as long as it lives", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        const layer = SmtpServer.layer({ name: mx, places: [place] }).pipe(
          Layer.provide(Layer.succeed(Listener.Listener, network)),
          Layer.provide(Layer.succeed(Handler.Handler, inbox().decisions))
        )
        const visit = Effect.scoped(Effect.flatMap(
          network.dial(port(25)),
          (client) => say({ client }, `${greeted}${goodbye}`)
        ))
        yield* Effect.provide(visit, layer)
        expect(yield* Effect.flip(visit)).toMatchObject({ during: "dial" })
      }))
  })
})
