import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import * as Channel from "@effect-smtp/protocol/Channel"
import { Nonce } from "@effect-smtp/protocol/Nonce"
import { Pbkdf2 } from "@effect-smtp/protocol/Pbkdf2"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import * as Mechanism from "@effect-smtp/sasl/Mechanism"
import { SaslError } from "@effect-smtp/sasl/SaslError"
import * as ScramKeys from "@effect-smtp/sasl/ScramKeys"
import * as Command from "@effect-smtp/wire/Command"
import * as SaslLine from "@effect-smtp/wire/SaslLine"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Credentials from "../src/Credentials.js"
import * as Security from "../src/Security.js"
import * as SmtpClient from "../src/SmtpClient.js"
import * as Tokens from "../src/Tokens.js"
import * as Harness from "./harness.js"
import { clear, connect, converse, refused } from "./harness.js"

const password = Redacted.make("pencil")
const user = (options: Partial<Parameters<typeof Credentials.fromPassword>[0]> = {}) =>
  Credentials.fromPassword({ username: "user", password, ...options })

const exposed = Security.ClearText({ credentials: "ExposedToEveryone" })

/** A session with these words about AUTH in it. */
const around = (offer: string, words = "") =>
  `S: 220 mx.example ready
   C: EHLO client.example
   S: 250-mx.example
   S: 250 ${offer}
   ${words}
   C: QUIT
   S: 221 bye`

const nonce = "rOprNGfwEbeRWgbNEkqO"
const known = Effect.provideService(Nonce, Effect.succeed(nonce))

const plain = `C: AUTH PLAIN ${btoa("\0user\0pencil")}\nS: 235 2.7.0 welcome`

const both = `${nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`
const first = btoa(`n,,n=user,r=${nonce}`)
const challenged = `
  C: AUTH SCRAM-SHA-256 ${first}
  S: 334 ${btoa(`r=${both},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`)}
  C: ${btoa(`c=biws,r=${both},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`)}`

describe("Credentials", () => {
  describe("a password", () => {
    it.effect("M19: goes with the strongest mechanism, as in RFC 7677 section 3", () =>
      converse(
        around(
          "AUTH LOGIN PLAIN GSSAPI CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS",
          `${challenged}
           S: 334 ${btoa("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")}
           C: 
           S: 235 2.7.0 welcome`
        ),
        known(connect({ credentials: user() }))
      ))

    it.effect("is salted by whoever the program has for that", () =>
      Effect.gen(function*() {
        const asked: Array<number> = []
        yield* converse(
          around(
            "AUTH SCRAM-SHA-256",
            `${challenged}
             S: 334 ${btoa("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")}
             C: 
             S: 235 2.7.0 welcome`
          ),
          known(connect({ credentials: user() })).pipe(
            Effect.provideService(Pbkdf2, (salting, octets) =>
              Effect.sync(() => {
                asked.push(salting.iterations)
                return ScramKeys.salted(salting, octets)
              }))
          )
        )
        expect(asked).toEqual([4096])
      }))

    it.effect("is not there for a server that does not know it", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            "AUTH SCRAM-SHA-256",
            `${challenged}
             S: 334 ${btoa("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")}
             C: *
             S: 501 5.7.0 cancelled`
          ),
          known(refused({ credentials: user() }))
        )
        expect(value).toMatchObject({ _tag: "AuthenticationFailed", retry: "Never" })
        expect(value.message).toContain("a proof that the server knows the password")
      }))

    it.effect("is not there for a server that says success at once", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around("AUTH SCRAM-SHA-256", `${challenged}\nS: 235 2.7.0 welcome`),
          known(refused({ credentials: user() }))
        )
        expect(value).toMatchObject({ _tag: "AuthenticationFailed", retry: "Never" })
      }))

    it.effect("keeps SCRAM's own reason of a refusal", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            "AUTH SCRAM-SHA-256",
            `${challenged}
             S: 334 ${btoa("e=invalid-proof")}
             C: 
             S: 535 5.7.8 no`
          ),
          known(refused({ credentials: user() }))
        )
        expect(value).toMatchObject({
          reason: "535 5.7.8 no (invalid-proof)",
          reply: { code: 535 },
          refusal: { _tag: "Scram", error: "invalid-proof" }
        })
      }))

    it.effect("M19: goes with CRAM-MD5", () =>
      converse(
        around(
          "AUTH LOGIN PLAIN CRAM-MD5",
          `C: AUTH CRAM-MD5
           S: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
           C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw
           S: 235 2.7.0 welcome`
        ),
        connect({
          credentials: user({ username: "tim", password: Redacted.make("tanstaaftanstaaf") })
        })
      ))

    it.effect("goes with the mechanism that is named", () =>
      converse(
        around("AUTH PLAIN SCRAM-SHA-256", plain),
        connect({ security: exposed, credentials: user({ mechanism: "PLAIN" }) })
      ))

    it.effect("goes with one that can say whom to act as, if that is to be said", () =>
      converse(
        around(
          "AUTH LOGIN PLAIN CRAM-MD5",
          `C: AUTH PLAIN ${btoa("bob\0user\0pencil")}\nS: 235 2.7.0 welcome`
        ),
        connect({ security: exposed, credentials: user({ authzid: "bob" }) })
      ))

    it.effect("goes with PLAIN where SASLprep does not allow it", () =>
      converse(
        around(
          "AUTH PLAIN SCRAM-SHA-1",
          `C: AUTH PLAIN ${btoa("\0user\0\u0007")}\nS: 235 2.7.0 welcome`
        ),
        connect({ security: exposed, credentials: user({ password: Redacted.make("\u0007") }) })
      ))

    it.effect("N15: goes nowhere if it cannot be sent", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around("AUTH PLAIN LOGIN"),
          refused({ security: exposed, credentials: user({ password: Redacted.make("a\0b") }) })
        )
        expect(value).toMatchObject({
          _tag: "Unsendable",
          phase: "Auth",
          cause: { _tag: "SaslError", reason: "Credentials" }
        })
      }))

    for (const offer of ["SIZE", "AUTH GSSAPI PLAINER", "AUTH SCRAM-SHA-256-PLUS"]) {
      it.effect(`M14: goes nowhere under ${offer} in clear text`, () =>
        Effect.gen(function*() {
          const { value } = yield* converse(
            around(offer),
            refused({ security: exposed, credentials: user() })
          )
          expect(value).toMatchObject({ _tag: "AuthenticationFailed", retry: "Never" })
        }))
    }

    it.effect("T3: stays here in clear text, but for mechanisms that do not show it", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around("AUTH PLAIN LOGIN"),
          refused({ credentials: user() })
        )
        expect(value).toMatchObject({ _tag: "NotSecure", phase: "Auth" })
      }))

    it.effect("comes after mechanisms that are made already", () =>
      Effect.gen(function*() {
        const error = new SaslError({ mechanism: "X", reason: "Challenge", expected: "none" })
        const start = Mechanism.ClientStep.Await({ next: () => Either.left(error) })
        yield* converse(
          around("AUTH PLAIN", plain),
          connect({
            security: exposed,
            credentials: user(),
            mechanisms: [{ name: "X", needsEncryption: false, start }]
          })
        )
      }))
  })

  describe("channel binding", () => {
    /** The session after STARTTLS, when the server offers these and refuses this opening. */
    const opens = (mechanisms: string, name: string, header: string) =>
      Effect.gen(function*() {
        const { client, server } = yield* Harness.tls
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 250-mx.example
           S: 250 STARTTLS
           C: STARTTLS
           S: 220 2.0.0 go ahead
           <TLS negotiation>
           C: EHLO client.example
           S: 250-mx.example
           S: 250 AUTH ${mechanisms}
           C: AUTH ${name} ${btoa(`${header}n=user,r=${nonce}`)}
           S: 535 5.7.8 no
           C: QUIT
           S: 221 bye`,
          known(
            refused({ security: Security.StartTls({ tls: client }), credentials: user() })
          ),
          { tls: server }
        )
        expect(value).toMatchObject({ _tag: "AuthenticationFailed", mechanism: name })
      })

    it.effect("M19: is used where it is offered", () =>
      opens(
        "PLAIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS",
        "SCRAM-SHA-256-PLUS",
        "p=tls-exporter,,"
      ))

    it.effect("M19: comes before a stronger hash", () =>
      opens("SCRAM-SHA-256 SCRAM-SHA-1-PLUS", "SCRAM-SHA-1-PLUS", "p=tls-exporter,,"))

    it.effect("M19: is said to be missing where it is not", () =>
      opens("PLAIN SCRAM-SHA-256", "SCRAM-SHA-256", "y,,"))

    it.effect("is not said to be missing where only others are offered", () =>
      opens("SCRAM-SHA-256 SCRAM-SHA-512-PLUS", "SCRAM-SHA-256", "n,,"))

    it.scoped("M19: binds to what the server sees of the connection", () =>
      Effect.gen(function*() {
        const tls = yield* Harness.tls
        const [near, far] = yield* MemoryNetwork.pair({ upgrade: NodeTls.wrap })
        const say = (channel: Channel.Channel, text: string) =>
          channel.send(new TextEncoder().encode(`${text}\r\n`))

        const server = Effect.gen(function*() {
          const secure = yield* far.upgrade(tls.server)
          const channel = yield* Channel.make(secure, {
            phase: "Greeting",
            timeouts: Timeouts.defaults
          })
          yield* say(channel, "220 mx.example ready")
          yield* channel.receive(Command.decoder())
          yield* say(channel, "250-mx.example\r\n250 AUTH SCRAM-SHA-256-PLUS")
          yield* channel.receive(Command.decoder())
          yield* say(channel, `334 ${btoa(`r=${nonce}server,s=c2FsdA==,i=4096`)}`)
          const line = yield* Effect.flatten(channel.receive(SaslLine.decoder()))
          yield* say(channel, "535 5.7.8 no")
          yield* channel.receive(Command.decoder())
          yield* Effect.zipRight(say(channel, "221 bye"), channel.flush)
          const { channelBinding } = Option.getOrThrow(secure.peer.tls)
          return { line, seen: Option.getOrThrow(channelBinding("tls-exporter")) }
        })
        const client = known(SmtpClient.fromFlow(near, {
          ...clear,
          security: Security.Implicit({ tls: tls.client }),
          credentials: user()
        }))
        const [{ line, seen }] = yield* Effect.all([server, Effect.flip(client)], {
          concurrency: "unbounded"
        })
        const response = SaslLine.is("Response")(line)
          ? new TextDecoder().decode(Redacted.value(line.bytes))
          : ""
        const binding = Buffer.concat([Buffer.from("p=tls-exporter,,"), seen])
        expect(seen.length).toBe(32)
        expect(response.split(",")[0]).toBe(`c=${binding.toString("base64")}`)
      }))
  })

  describe("tokens", () => {
    const bearer = (token: string) => btoa(`n,a=alice,\x01auth=Bearer ${token}\x01\x01`)
    const xoauth2 = (token: string) => btoa(`user=alice\x01auth=Bearer ${token}\x01\x01`)

    /** Tokens `token-1`, `token-2`, ..., as alice. */
    const alice = (mechanism?: Credentials.TokenMechanism) =>
      Effect.gen(function*() {
        const count = yield* Ref.make(0)
        const tokens = yield* Tokens.make(
          Effect.map(Ref.updateAndGet(count, (n) => n + 1), (n) => ({
            value: Redacted.make(`token-${n}`)
          }))
        )
        return Credentials.fromTokens({
          username: "alice",
          tokens,
          ...(mechanism === undefined ? {} : { mechanism })
        })
      })

    const rejects = (attempt: string, status: string, dummy = "AQ==") =>
      `C: AUTH ${attempt}
       S: 334 ${btoa(`{"status":"${status}","scope":"mail"}`)}
       C: ${dummy}
       S: 535 5.7.8 no`

    it.effect("M19: go with OAUTHBEARER rather than XOAUTH2", () =>
      Effect.gen(function*() {
        yield* converse(
          around(
            "AUTH PLAIN XOAUTH2 OAUTHBEARER",
            `C: AUTH OAUTHBEARER ${bearer("token-1")}\nS: 235 2.7.0 welcome`
          ),
          connect({ security: exposed, credentials: yield* alice() })
        )
      }))

    it.effect("M19: are fetched once more when the server says they are expired", () =>
      Effect.gen(function*() {
        yield* converse(
          around(
            "AUTH OAUTHBEARER XOAUTH2",
            `${rejects(`OAUTHBEARER ${bearer("token-1")}`, "invalid_token")}
             C: AUTH OAUTHBEARER ${bearer("token-2")}
             S: 235 2.7.0 welcome`
          ),
          connect({ security: exposed, credentials: yield* alice() })
        )
      }))

    it.effect("M19: are fetched once more, and not twice", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            "AUTH XOAUTH2",
            [1, 2].map((n) => rejects(`XOAUTH2 ${xoauth2(`token-${n}`)}`, "401", "")).join("\n")
          ),
          refused({ security: exposed, credentials: yield* alice() })
        )
        expect(value).toMatchObject({
          _tag: "AuthenticationFailed",
          reason: "535 5.7.8 no (401, scope mail)",
          refusal: { _tag: "OAuth", status: "401", scope: Option.some("mail") }
        })
      }))

    it.effect("are fetched once more when the server says no without a reason", () =>
      Effect.gen(function*() {
        yield* converse(
          around(
            "AUTH XOAUTH2 OAUTHBEARER",
            `C: AUTH XOAUTH2 ${xoauth2("token-1")}
             S: 535 5.7.3 Authentication unsuccessful
             C: AUTH XOAUTH2 ${xoauth2("token-2")}
             S: 235 2.7.0 welcome`
          ),
          connect({ security: exposed, credentials: yield* alice("XOAUTH2") })
        )
      }))

    it.effect("are not fetched again where that does not help", () =>
      Effect.gen(function*() {
        const scope = yield* converse(
          around(
            "AUTH OAUTHBEARER",
            rejects(`OAUTHBEARER ${bearer("token-1")}`, "insufficient_scope")
          ),
          refused({ security: exposed, credentials: yield* alice() })
        )
        expect(scope.value).toMatchObject({ refusal: { status: "insufficient_scope" } })

        const busy = yield* converse(
          around(
            "AUTH OAUTHBEARER",
            `C: AUTH OAUTHBEARER ${bearer("token-1")}\nS: 454 4.7.0 later`
          ),
          refused({ security: exposed, credentials: yield* alice() })
        )
        expect(busy.value).toMatchObject({ _tag: "AuthenticationFailed", retry: "Later" })

        const tokens = Tokens.fromToken(Redacted.make("token-1"))
        yield* converse(
          around("AUTH OAUTHBEARER", rejects(`OAUTHBEARER ${bearer("token-1")}`, "invalid_token")),
          refused({
            security: exposed,
            credentials: Credentials.fromTokens({ username: "alice", tokens })
          })
        )
      }))

    it.effect("are missed where none is to be had: try later", () =>
      Effect.gen(function*() {
        const tokens = yield* Tokens.make(Effect.fail(new Error("away")))
        const { value } = yield* converse(
          around("AUTH XOAUTH2"),
          refused({
            security: exposed,
            credentials: Credentials.fromTokens({ username: "alice", tokens })
          })
        )
        expect(value).toMatchObject({
          _tag: "AuthenticationFailed",
          reason: "no token: away",
          retry: "Later"
        })
      }))

    it.effect("go behind the command when they are too long for it", () =>
      Effect.gen(function*() {
        const tokens = Tokens.fromToken(Redacted.make("x".repeat(2000)))
        yield* converse(
          around(
            "AUTH XOAUTH2",
            `C: AUTH XOAUTH2
             S: 334 
             C: ${xoauth2("x".repeat(2000))}
             S: 235 2.7.0 welcome`
          ),
          connect({
            security: exposed,
            credentials: Credentials.fromTokens({ username: "alice", tokens })
          })
        )
      }))

    it.effect("T3, N19: stay here in clear text, and out of errors", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around("AUTH OAUTHBEARER XOAUTH2"),
          refused({ credentials: yield* alice() })
        )
        expect(value).toMatchObject({ _tag: "NotSecure", phase: "Auth" })
        const no = yield* converse(
          around("AUTH OAUTHBEARER", `C: AUTH OAUTHBEARER ${bearer("token-1")}\nS: 534 no`),
          refused({ security: exposed, credentials: yield* alice() })
        )
        expect(JSON.stringify(no.value) + String(no.value)).not.toContain("token-1")
      }))
  })

  describe("no secret", () => {
    const external = Credentials.External({ authzid: Option.none() })
    const anonymous = Credentials.Anonymous({ trace: Option.none() })

    it.effect("M19: EXTERNAL says nothing with `=`, or whom to act as", () =>
      Effect.gen(function*() {
        yield* converse(
          around("AUTH PLAIN EXTERNAL", "C: AUTH EXTERNAL =\nS: 235 2.7.0 welcome"),
          connect({ credentials: external })
        )
        yield* converse(
          around("AUTH PLAIN EXTERNAL", "C: AUTH EXTERNAL Ym9i\nS: 235 2.7.0 welcome"),
          connect({ credentials: Credentials.External({ authzid: Option.some("bob") }) })
        )
      }))

    it.effect("M19: ANONYMOUS says nothing with `=`, or leaves a trace", () =>
      Effect.gen(function*() {
        yield* converse(
          around("AUTH ANONYMOUS", "C: AUTH ANONYMOUS =\nS: 235 2.7.0 welcome"),
          connect({ credentials: anonymous })
        )
        yield* converse(
          around("AUTH ANONYMOUS", "C: AUTH ANONYMOUS c2lyaGM=\nS: 235 2.7.0 welcome"),
          connect({ credentials: Credentials.Anonymous({ trace: Option.some("sirhc") }) })
        )
      }))

    it.effect("M14: is used where it is offered", () =>
      Effect.gen(function*() {
        for (const credentials of [external, anonymous]) {
          const { value } = yield* converse(around("AUTH PLAIN"), refused({ credentials }))
          expect(value).toMatchObject({
            _tag: "AuthenticationFailed",
            mechanism: Credentials.mechanisms(credentials)[0],
            reason: "the server offers PLAIN"
          })
        }
      }))
  })
})
