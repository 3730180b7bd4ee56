import * as Serve from "@effect-smtp/cli/Serve"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as CommandExecutor from "@effect/platform/CommandExecutor"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

const config: Serve.Config = {
  name: Either.getOrThrow(Domain.parse("mx.example")),
  host: "mx.example",
  port: 25,
  tlsPort: 465,
  submissionPort: Option.none(),
  lmtpPort: Option.none(),
  lmtpSocket: Option.none(),
  proxyFrom: [],
  identity: { certificate: "", key: Redacted.make("") },
  users: Serve.Users.Nobody(),
  requireAuth: false,
  storage: Serve.Storage.Discard(),
  limits: { messageSize: 1000 },
  acceptDomains: []
}

const at = (port: number) => Endpoint.Tcp({ host: "mx.example", port })

/** No TLS, no files. */
const platform = Layer.mergeAll(
  MemoryNetwork.layer(),
  FileSystem.layerNoop({}),
  Layer.succeed(
    CommandExecutor.CommandExecutor,
    CommandExecutor.makeExecutor(() => Effect.dieMessage("nothing is run here"))
  ),
  Path.layer
)

const offers = (...extensions: ReadonlyArray<string>) => [
  Script.expect("250-mx.example"),
  Script.expect("250-PIPELINING"),
  Script.expect("250-8BITMIME"),
  Script.expect("250-SMTPUTF8"),
  Script.expect("250-CHUNKING"),
  Script.expect("250-ENHANCEDSTATUSCODES"),
  Script.expect("250-SIZE 1000"),
  Script.expect("250-LIMITS RCPTMAX=1000 MAILMAX=25000"),
  ...extensions.map((extension) => Script.expect(`250-${extension}`)),
  Script.expect("250 HELP")
]
const hello = (...extensions: ReadonlyArray<string>) => [
  Script.expect("220 mx.example ESMTP"),
  Script.send("EHLO client.example"),
  ...offers(...extensions)
]
const lhlo = [Script.send("LHLO client.example"), ...offers()]

describe("Serve", () => {
  describe("start", () => {
    it.scoped("listens where it is told, and offers what it can do", () =>
      Effect.gen(function*() {
        const running = yield* Serve.start({ ...config, submissionPort: Option.some(587) })
        expect(running).toEqual({
          plain: at(25),
          tls: at(465),
          submission: Option.some(at(587)),
          lmtp: []
        })
        yield* ScriptedPeer.dial(running.plain, hello("STARTTLS"))
        yield* ScriptedPeer.dial(at(587), hello("STARTTLS"))
      }).pipe(Effect.provide(platform)))

    it.scoped("has LMTP on a port and on a Unix socket, with or without a submission port", () =>
      Effect.gen(function*() {
        const port = { ...config, lmtpPort: Option.some(24) }
        const socket = Endpoint.Unix({ path: "/run/lmtp" })
        const both = { ...port, lmtpSocket: Option.some(socket.path) }
        const one = yield* Effect.scoped(Serve.start(port))
        expect([one.submission, one.lmtp]).toEqual([Option.none(), [at(24)]])
        const two = yield* Serve.start({ ...both, submissionPort: Option.some(587) })
        expect([two.submission, two.lmtp]).toEqual([Option.some(at(587)), [at(24), socket]])
        for (const endpoint of two.lmtp) {
          yield* ScriptedPeer.dial(endpoint, [
            Script.expect("220 mx.example LMTP"),
            Script.send("EHLO client.example"),
            Script.expect(/^50/),
            ...lhlo,
            Script.send("MAIL FROM:<>"),
            Script.expect("250 2.1.0 Sender OK"),
            Script.send("RCPT TO:<a@mx.example>"),
            Script.expect("250 2.1.5 Recipient OK"),
            Script.send("RCPT TO:<b@mx.example>"),
            Script.expect("250 2.1.5 Recipient OK"),
            Script.send("DATA"),
            Script.expect(/^354 /),
            Script.send("text", "."),
            Script.expect("250 2.0.0 Dropped"),
            Script.expect("250 2.0.0 Dropped"),
            Script.send("QUIT"),
            Script.expect(/^221 /)
          ])
        }
      }).pipe(Effect.provide(platform)))

    it.scoped("lets nobody past requireAuth by LMTP", () =>
      Effect.gen(function*() {
        const users = Serve.Users.One({ login: { user: "alice", password: Redacted.make("x") } })
        const lmtpPort = Option.some(24)
        yield* Serve.start({ ...config, users, requireAuth: true, lmtpPort })
        yield* ScriptedPeer.dial(at(24), [
          Script.expect("220 mx.example LMTP"),
          ...lhlo,
          Script.send("MAIL FROM:<>"),
          Script.expect("530 5.7.0 Authentication required")
        ])
      }).pipe(Effect.provide(platform)))

    it.scoped("takes mail for anybody, and drops it where it is to keep none", () =>
      Effect.gen(function*() {
        const { plain, submission } = yield* Serve.start(config)
        expect(submission).toEqual(Option.none())
        yield* ScriptedPeer.dial(plain, [
          ...hello("STARTTLS"),
          Script.send("MAIL FROM:<>"),
          Script.expect("250 2.1.0 Sender OK"),
          Script.send("RCPT TO:<anybody@anywhere.example>"),
          Script.expect("250 2.1.5 Recipient OK"),
          Script.send("DATA"),
          Script.expect(/^354 /),
          Script.send("text", "."),
          Script.expect("250 2.0.0 Dropped")
        ])
      }).pipe(Effect.provide(platform)))

    it.scoped("takes mail for certain domains only, where it is told so", () =>
      Effect.gen(function*() {
        const acceptDomains = ["mx.example", "b\u00fccher.example"].map((domain) =>
          Either.getOrThrow(Domain.parse(domain, AddressMode.withUtf8(AddressMode.strict)))
        )
        const { plain } = yield* Serve.start({ ...config, acceptDomains })
        const cases: ReadonlyArray<readonly [string, number]> = [
          ["bob@mx.example", 250],
          ["bob@MX.Example", 250],
          ["bob@sub.mx.example", 550],
          ["bob@elsewhere.example", 550],
          ["bob@[127.0.0.1]", 550],
          ["Postmaster", 250],
          ["postmaster@elsewhere.example", 550]
        ]
        yield* ScriptedPeer.dial(plain, [
          ...hello("STARTTLS"),
          Script.send("MAIL FROM:<>"),
          Script.expect("250 2.1.0 Sender OK"),
          ...cases.flatMap(([address, code]) => [
            Script.send(`RCPT TO:<${address}>`),
            Script.expect(
              code === 250 ? "250 2.1.5 Recipient OK" : "550 5.7.1 Relaying is not allowed"
            )
          ])
        ])
      }).pipe(Effect.provide(platform)))

    it.scoped("shows no password mechanism in clear text", () =>
      Effect.gen(function*() {
        const users = Serve.Users.One({ login: { user: "alice", password: Redacted.make("x") } })
        const { plain } = yield* Serve.start({ ...config, users, requireAuth: true })
        yield* ScriptedPeer.dial(plain, [
          ...hello("STARTTLS"),
          Script.send("MAIL FROM:<>"),
          Script.expect("530 5.7.0 Authentication required"),
          Script.send("AUTH PLAIN AGFsaWNlAHg="),
          Script.expect(/^538 /)
        ])
      }).pipe(Effect.provide(platform)))

    it.scoped("fails when an endpoint is taken", () =>
      Effect.gen(function*() {
        yield* Serve.start(config)
        const error = yield* Effect.flip(Serve.start({ ...config, tlsPort: 466 }))
        expect(error).toMatchObject({ _tag: "FlowError", reason: "Refused", during: "listen" })
      }).pipe(Effect.provide(platform)))
  })
})
