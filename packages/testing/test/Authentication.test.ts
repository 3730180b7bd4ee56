import * as Credentials from "@effect-smtp/client/Credentials"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Tokens from "@effect-smtp/client/Tokens"
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import * as CramMd5 from "@effect-smtp/sasl/CramMd5"
import * as Login from "@effect-smtp/sasl/Login"
import type { ClientMechanism, ClientStep, ClientTurn } from "@effect-smtp/sasl/Mechanism"
import * as OAuthBearer from "@effect-smtp/sasl/OAuthBearer"
import * as Plain from "@effect-smtp/sasl/Plain"
import * as Scram from "@effect-smtp/sasl/Scram"
import type { Hash } from "@effect-smtp/sasl/ScramKeys"
import * as XOAuth2 from "@effect-smtp/sasl/XOAuth2"
import * as Authenticator from "@effect-smtp/server/Authenticator"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/** Our client's mechanisms against our server's, each in a session under real TLS. */

const [own, alices, strangers] = await Effect.runPromise(
  Effect.all([
    NodeCertificate.selfSigned({ names: ["mx.example"] }),
    NodeCertificate.selfSigned({ names: ["alice.example"] }),
    NodeCertificate.selfSigned({ names: ["stranger.example"] })
  ])
)
const endpoint = Endpoint.Tcp({ host: "mx.example", port: 587 })

/** Everything that there is a mechanism for. `bob` may be acted as by `alice`. */
const authenticator = Effect.map(
  Authenticator.fromPasswords(
    new Map([["alice", "sesame"], ["bob", "hunter2"], ["zoë", "pässwörd"]].map(
      ([name = "", password = ""]) => [name, Redacted.make(password)]
    ))
  ),
  (passwords) =>
    Authenticator.make({
      ...passwords,
      failureDelay: 0,
      authorize: ({ actsAs, authenticated }) =>
        Effect.succeed(actsAs === authenticated || actsAs === "bob"),
      tokens: {
        verify: (token) =>
          Effect.succeed(Redacted.value(token) === "alices" ? Option.some("alice") : Option.none()),
        scope: "mail"
      },
      certificate: ({ subject }) =>
        Effect.succeed(subject === "CN=alice.example" ? Option.some("alice") : Option.none()),
      anonymous: () => Effect.succeed(Option.some("guest"))
    })
)

/** What each side sees of the connection, if that is not the same, and the client's certificate. */
interface Stage {
  readonly identity?: Tls.Identity
  readonly server?: (info: Tls.Info) => Tls.Info
  readonly client?: (info: Tls.Info) => Tls.Info
}

const seeing = (flow: Flow, see: (info: Tls.Info) => Tls.Info = (info) => info): Flow => ({
  ...flow,
  peer: { ...flow.peer, tls: Option.map(flow.peer.tls, see) },
  upgrade: (options) => Effect.map(flow.upgrade(options), (secure) => seeing(secure, see))
})

const serverTls = Tls.server({
  identity: own.identity,
  clientCertificate: "optional",
  ca: [alices.identity.certificate]
})
const clientTls = Tls.client({ serverName: "mx.example", ca: [own.identity.certificate] })

/** Logs in, and tells who the server thinks that was, or the code of its refusal. */
const login = (
  who: Pick<SmtpClient.Options, "credentials" | "mechanisms">,
  stage: Stage = {}
) =>
  Effect.gen(function*() {
    const seen: Array<Authenticator.Identity | null> = []
    const network = yield* MemoryNetwork.make({ upgrade: NodeTls.wrap })
    const listener: Listener.Shape = {
      listen: (at) =>
        Effect.map(network.listen(at), (bound) => ({
          ...bound,
          accept: Effect.map(bound.accept, (flow) => seeing(flow, stage.server))
        }))
    }
    const handler = Handler.make<never, never>({
      verify: ({ identity }) => {
        seen.push(Option.getOrNull(identity))
        return Effect.succeed(Verdict.cannotVerify)
      },
      message: () => Effect.succeed(Verdict.ok)
    })
    yield* SmtpServer.serve({
      name: Either.getOrThrow(Domain.parse("mx.example")),
      places: [{ endpoint, policy: Policy.submission(serverTls) }],
      grace: 0
    }).pipe(
      Effect.provideService(Listener.Listener, listener),
      Effect.provideService(Handler.Handler, handler),
      Effect.provideServiceEffect(Authenticator.Authenticator, authenticator),
      // Each failed login would be logged, and most fail here on purpose.
      Logger.withMinimumLogLevel(LogLevel.None)
    )
    const identity = stage.identity === undefined ? {} : { identity: stage.identity }
    const outcome = yield* SmtpClient.connect(endpoint, {
      security: Security.StartTls({ tls: { ...clientTls, ...identity } }),
      ...who
    }).pipe(
      Effect.flatMap((client) => client.verify("alice")),
      Effect.scoped,
      Effect.provideService(Dialer.Dialer, {
        dial: (to) => Effect.map(network.dial(to), (flow) => seeing(flow, stage.client))
      }),
      Effect.either
    )
    return Either.match(outcome, {
      onLeft: (error) =>
        error._tag === "AuthenticationFailed" ? error.reply?.code ?? error.reason : error,
      onRight: () => seen[0]
    })
  }).pipe(Effect.scoped)

const alice = { authenticated: "alice", actsAs: "alice" }

const withPassword = (
  mechanism: Credentials.PasswordMechanism,
  username = "alice",
  password = "sesame",
  authzid?: string
) => ({
  credentials: Credentials.fromPassword({
    mechanism,
    username,
    password: Redacted.make(password),
    ...(authzid === undefined ? {} : { authzid })
  })
})

const withToken = (mechanism: Credentials.TokenMechanism, token: string, username = "alice") => ({
  credentials: Credentials.fromTokens({
    mechanism,
    username,
    tokens: Tokens.fromToken(Redacted.make(token))
  })
})

/** A connection that has no such binding, or another. */
const binding = (
  change: (
    type: Tls.ChannelBindingType,
    data: Option.Option<Uint8Array>
  ) => Option.Option<Uint8Array>
) =>
(info: Tls.Info): Tls.Info => ({
  ...info,
  channelBinding: (type) => change(type, info.channelBinding(type))
})
const without = (hidden: ReadonlyArray<Tls.ChannelBindingType>) =>
  binding((type, data) => hidden.includes(type) ? Option.none() : data)
const another = binding((_, data) => Option.map(data, (bytes) => bytes.map((byte) => byte ^ 1)))

describe("Authentication", () => {
  for (const mechanism of Credentials.passwordMechanisms) {
    describe(mechanism, () => {
      it.live("lets in who knows the password", () =>
        Effect.gen(function*() {
          expect(yield* login(withPassword(mechanism))).toEqual(alice)
          expect(yield* login(withPassword(mechanism, "zoë", "pässwörd")))
            .toEqual({ authenticated: "zoë", actsAs: "zoë" })
        }))

      it.live("N15: lets in nobody else, and says the same to all", () =>
        Effect.gen(function*() {
          expect(yield* login(withPassword(mechanism, "alice", "hunter2"))).toBe(535)
          expect(yield* login(withPassword(mechanism, "carol", "sesame"))).toBe(535)
        }))
    })
  }

  for (
    const mechanism of ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"] as const
  ) {
    it.live(`N15: ${mechanism} asks the authenticator whom one may act as`, () =>
      Effect.gen(function*() {
        expect(yield* login(withPassword(mechanism, "alice", "sesame", "bob")))
          .toEqual({ authenticated: "alice", actsAs: "bob" })
        expect(yield* login(withPassword(mechanism, "bob", "hunter2", "alice"))).toBe(535)
      }))
  }

  for (const hash of ["SHA-1", "SHA-256"] as const) {
    describe(`channel binding of SCRAM-${hash}`, () => {
      it.live("is the certificate's, where there is no exporter", () =>
        Effect.gen(function*() {
          const client = without(["tls-exporter"])
          expect(yield* login(withPassword(`SCRAM-${hash}-PLUS`), { client })).toEqual(alice)
        }))

      it.live("N15: is that of the connection: nobody sits in the middle", () =>
        Effect.gen(function*() {
          const plus = withPassword(`SCRAM-${hash}-PLUS`)
          expect(yield* login(plus, { client: another })).toBe(535)
          expect(yield* login(plus, { server: another })).toBe(535)
          expect(yield* login(plus, { server: without(["tls-exporter"]) })).toBe(535)
        }))

      it.live("N15: was on offer, and so a client that saw none is told no", () =>
        Effect.gen(function*() {
          const bare = Either.getOrThrow(Scram.client({
            hash,
            username: "alice",
            password: Redacted.make("sesame"),
            nonce: "sixteen-letters!",
            binding: { _tag: "NotOffered" }
          }))
          expect(yield* login({ mechanisms: [bare] })).toBe(535)
          const server = without(["tls-exporter", "tls-server-end-point"])
          expect(yield* login({ mechanisms: [bare] }, { server })).toEqual(alice)
        }))

      it.live("is no condition", () =>
        Effect.gen(function*() {
          const client = without(["tls-exporter", "tls-server-end-point"])
          expect(yield* login(withPassword(`SCRAM-${hash}`), { client })).toEqual(alice)
        }))
    })
  }

  for (const mechanism of Credentials.tokenMechanisms) {
    describe(mechanism, () => {
      it.live("lets in whose token is good, and nobody else", () =>
        Effect.gen(function*() {
          expect(yield* login(withToken(mechanism, "alices"))).toEqual(alice)
          expect(yield* login(withToken(mechanism, "bobs"))).toBe(535)
          expect(yield* login(withToken(mechanism, "alices", "carol"))).toBe(535)
        }))
    })
  }

  describe("EXTERNAL", () => {
    const external = (authzid?: string) => ({
      credentials: Credentials.External({ authzid: Option.fromNullable(authzid) })
    })

    it.live("lets in whose certificate it is", () =>
      Effect.gen(function*() {
        const { identity } = alices
        expect(yield* login(external(), { identity })).toEqual(alice)
        expect(yield* login(external("bob"), { identity }))
          .toEqual({ authenticated: "alice", actsAs: "bob" })
        expect(yield* login(external("carol"), { identity })).toBe(535)
      }))

    it.live("N15: is not for who has no certificate, or one that nobody vouches for", () =>
      Effect.gen(function*() {
        expect(yield* login(external())).toContain("the server offers")
        expect(yield* login(external(), { identity: strangers.identity }))
          .toContain("the server offers")
      }))
  })

  describe("ANONYMOUS", () => {
    it.live("lets in anybody", () =>
      Effect.gen(function*() {
        const credentials = Credentials.Anonymous({ trace: Option.some("sirhc") })
        expect(yield* login({ credentials }))
          .toEqual({ authenticated: "guest", actsAs: "guest" })
      }))
  })

  describe("what somebody has tampered with", () => {
    const [username, password, token] = ["alice", Redacted.make("sesame"), Redacted.make("alices")]
    const scram = (hash: Hash) =>
      Scram.client({
        hash,
        username,
        password,
        nonce: "sixteen-letters!",
        binding: { _tag: "Unsupported" }
      })
    const all = [
      Plain.client({ authcid: username, password }),
      Login.client({ username, password }),
      CramMd5.client({ username, password }),
      scram("SHA-1"),
      scram("SHA-256"),
      OAuthBearer.client({ token }),
      XOAuth2.client({ username, token })
    ].map(Either.getOrThrow)

    /** One octet of the message of that number is another. */
    const tamper = (mechanism: ClientMechanism, message: number, at: number): ClientMechanism => {
      const change = (step: ClientStep, number: number): ClientStep =>
        step._tag === "SaltPassword"
          ? {
            ...step,
            next: (salted: Redacted.Redacted<Uint8Array>) => change(step.next(salted), number)
          }
          : changeTurn(step, number)
      const changeTurn = (step: ClientTurn, number: number): ClientTurn => {
        const next = (challenge: Uint8Array) =>
          Either.map(
            step.next(challenge),
            (later) => change(later, step._tag === "Await" ? number : number + 1)
          )
        if (step._tag === "Await") return { ...step, next }
        const bytes = Uint8Array.from(Redacted.value(step.bytes))
        if (number === message) {
          const place = Math.floor(at * bytes.length)
          bytes.set([(bytes[place] ?? 0) ^ 1], place)
        }
        return { ...step, bytes: Redacted.make(bytes), next }
      }
      return { ...mechanism, start: changeTurn(mechanism.start, 0) }
    }

    for (const mechanism of all) {
      const messages = ["LOGIN"].includes(mechanism.name) || mechanism.name.startsWith("SCRAM")
        ? [0, 1]
        : [0]
      it.live(`N15: ${mechanism.name} lets nobody in`, () =>
        Effect.gen(function*() {
          expect(yield* login({ mechanisms: [tamper(mechanism, -1, 0)] })).toEqual(alice)
          for (const message of messages) {
            for (const at of [0, 0.3, 0.6, 0.99]) {
              expect(yield* login({ mechanisms: [tamper(mechanism, message, at)] }))
                .toSatisfy((code) => code === 535 || code === 501 || typeof code === "string")
            }
          }
        }))
    }
  })
})
