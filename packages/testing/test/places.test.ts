import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { existsSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const handler = Handler.make({
  recipient: () => Effect.succeed(Verdict.recipientOk),
  message: () => Effect.succeed(Verdict.ok)
})

const sockets = Layer.mergeAll(
  NodeDialer.layer(),
  NodeListener.layer(),
  Layer.succeed(Handler.Handler, handler)
)

const local = Endpoint.Tcp({ host: "127.0.0.1", port: 0 })

const greeted = [
  Script.expect("220 mx.example ESMTP"),
  Script.send("HELO client.example"),
  Script.expect("250 mx.example")
]
const addressed = [
  ...greeted,
  Script.send("MAIL FROM:<>"),
  Script.expect("250 2.1.0 Sender OK"),
  Script.send("RCPT TO:<bob@mx.example>"),
  Script.expect("250 2.1.5 Recipient OK")
]
const mail = [
  ...addressed,
  Script.send("DATA"),
  Script.expect(/^354 /),
  Script.send("Hello", "."),
  Script.expect("250 2.0.0 OK")
]

/** A server in four places, with two certificates for three names. */
const start = Effect.gen(function*() {
  const directory = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "places-"))),
    (made) => Effect.promise(() => rm(made, { recursive: true }))
  )
  const path = join(directory, "smtp")
  const standard = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
  const other = yield* NodeCertificate.selfSigned({ names: ["other.example"] })
  const tls = Tls.server({
    identity: standard.identity,
    select: (name) =>
      Effect.succeed(name === "other.example" ? Option.some(other.identity) : Option.none())
  })
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer((exit) => Scope.close(scope, exit))
  const { endpoints } = yield* SmtpServer.serve({
    name: yield* Domain.parse("mx.example"),
    places: [
      { endpoint: local, policy: Policy.exchange(tls) },
      { endpoint: local, policy: Policy.submission(tls) },
      { endpoint: local, policy: Policy.submissions(tls) },
      { endpoint: Endpoint.Unix({ path }), policy: Policy.clearText }
    ]
  }).pipe(Scope.extend(scope))
  const ca = [standard, other].map(({ identity }) => identity.certificate)
  const [exchange, submission, submissions, unix] = endpoints
  const stop = Scope.close(scope, Exit.void)
  return { ca, exchange, path, stop, submission, submissions, unix }
})

describe("places on real sockets", () => {
  it.scopedLive("each have their own policy, a Unix socket among them", () =>
    Effect.gen(function*() {
      const { ca, exchange, path, stop, submission, submissions, unix } = yield* start
      const tls = Script.startTls(Tls.client({ serverName: "mx.example", ca }))
      expect(new Set([exchange, submission, submissions, unix].map(Endpoint.print)).size).toBe(4)
      yield* ScriptedPeer.dial(exchange, mail)
      yield* ScriptedPeer.dial(submission, [
        ...greeted,
        Script.send("MAIL FROM:<>"),
        Script.expect("530 5.7.0 Must issue a STARTTLS command first"),
        Script.send("STARTTLS"),
        Script.expect("220 2.0.0 Ready to start TLS"),
        tls,
        Script.send("HELO client.example"),
        Script.expect("250 mx.example"),
        Script.send("MAIL FROM:<>"),
        Script.expect("530 5.7.0 Authentication required")
      ])
      yield* ScriptedPeer.dial(submissions, [
        tls,
        ...greeted,
        Script.send("MAIL FROM:<>"),
        Script.expect("530 5.7.0 Authentication required")
      ])
      yield* ScriptedPeer.dial(unix, mail)
      expect(existsSync(path)).toBe(true)
      yield* stop
      expect(existsSync(path)).toBe(false)
    }).pipe(Effect.provide(sockets)))

  it.scopedLive("show the certificate of the name that is asked for, or else the standard one", () =>
    Effect.gen(function*() {
      const { ca, exchange, submissions } = yield* start
      const asFor = (serverName: string) => Script.startTls(Tls.client({ serverName, ca }))
      const after = [Script.send("STARTTLS"), Script.expect("220 2.0.0 Ready to start TLS")]
      for (const name of ["mx.example", "other.example"]) {
        yield* ScriptedPeer.dial(submissions, [asFor(name), ...greeted])
        yield* ScriptedPeer.dial(exchange, [...greeted, ...after, asFor(name)])
      }
      const unknown = yield* Effect.flip(
        ScriptedPeer.dial(submissions, [asFor("unknown.example"), ...greeted])
      )
      expect(unknown.message).toContain("mx.example")
    }).pipe(Effect.provide(sockets)))

  it.scopedLive("stop in order: 421 to the idle, and the transaction that runs comes to its end", () =>
    Effect.gen(function*() {
      const { exchange, stop, unix } = yield* start
      const goodbye = [Script.expect("421 4.3.2 Shutting down"), Script.expectEnd]
      const ready = yield* Effect.replicateEffect(Deferred.make<void>(), 2)
      const gone = yield* Deferred.make<void>()
      const idle = yield* Effect.fork(Effect.zipRight(
        ScriptedPeer.dial(exchange, [
          ...greeted,
          Script.wait("both to be there", Deferred.succeed(ready[0], undefined)),
          ...goodbye
        ]),
        Deferred.succeed(gone, undefined)
      ))
      const busy = yield* Effect.fork(ScriptedPeer.dial(unix, [
        ...addressed,
        Script.wait(
          "the other to be sent away",
          Effect.zipRight(Deferred.succeed(ready[1], undefined), Deferred.await(gone))
        ),
        ...mail.slice(addressed.length),
        ...goodbye
      ]))
      yield* Effect.forEach(ready, Deferred.await)
      yield* stop
      yield* Fiber.join(idle)
      yield* Fiber.join(busy)
      const refused = yield* Effect.flip(ScriptedPeer.dial(exchange, greeted))
      expect(refused).toMatchObject({ _tag: "FlowError", reason: "Refused" })
    }).pipe(Effect.provide(sockets)))
})
