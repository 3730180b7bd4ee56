import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as Plain from "@effect-smtp/sasl/Plain"
import * as Script from "@effect-smtp/testing/Script"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Security from "../src/Security.js"
import * as SmtpClient from "../src/SmtpClient.js"
import * as Harness from "./harness.js"
import { connect, converse, play, refused } from "./harness.js"

const offer = `
  S: 220 mx.example ready
  C: EHLO client.example
  S: 250-mx.example
  S: 250-STARTTLS
  S: 250 8BITMIME
  C: STARTTLS`

const upgraded = `${offer}
  S: 220 2.0.0 go ahead
  <TLS negotiation>`

const required = Effect.map(Harness.tls, ({ client }) => ({
  security: Security.StartTls({ tls: client })
}))

const opportunistic = Effect.map(Harness.tls, ({ client }) => ({
  security: Security.Opportunistic({ tls: client })
}))

const plain = Either.getOrThrow(
  Plain.client({ authcid: "alice", password: Redacted.make("sesame") })
)

/** The transcript over TLS, as the client whose certificate authority made the server's identity. */
const secured = <A, E>(
  transcript: string,
  program: Parameters<typeof converse<A, E>>[1],
  stage?: Harness.Stage
) =>
  Effect.flatMap(
    Harness.tls,
    ({ server }) => converse(transcript, program, { ...stage, tls: server })
  )

describe("StartTls", () => {
  describe("an upgrade", () => {
    it.effect("T1, T2: greets again, and believes only what is said under TLS", () =>
      Effect.gen(function*() {
        const { value } = yield* secured(
          `${upgraded}
           C: EHLO client.example
           S: 250-mx.example
           S: 250 PIPELINING
           C: QUIT
           S: 221 bye`,
          connect(yield* required)
        )
        expect(Capabilities.has(value.capabilities, "Pipelining")).toBe(true)
        expect(Capabilities.has(value.capabilities, "EightBitMime")).toBe(false)
        expect(Capabilities.has(value.capabilities, "StartTls")).toBe(false)
      }))

    it.effect("T5: says whether, and how, the session is encrypted, and closes TLS in order", () =>
      Effect.gen(function*() {
        const { server } = yield* Harness.tls
        const { value } = yield* play(
          [
            ...Harness.script(upgraded, server),
            Script.expect("EHLO client.example"),
            Script.send("250 mx.example"),
            Script.expect("QUIT"),
            Script.send("221 bye"),
            Script.expectEnd
          ],
          connect(yield* required)
        )
        const tls = Option.getOrThrow(value.peer.tls)
        expect(tls.version).toBe("TLSv1.3")
        expect(tls.authorized).toBe(true)
        expect(Option.isSome(tls.peerCertificate)).toBe(true)
      }))

    it.effect("T3: credentials go over TLS alone", () =>
      Effect.gen(function*() {
        yield* secured(
          `${upgraded}
           C: EHLO client.example
           S: 250-mx.example
           S: 250 AUTH PLAIN
           C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==
           S: 235 2.7.0 welcome
           C: QUIT
           S: 221 bye`,
          connect({ ...(yield* required), mechanisms: [plain] })
        )
      }))

    it.effect("works one byte at a time", () =>
      Effect.gen(function*() {
        yield* secured(
          `${upgraded}
           C: EHLO client.example
           S: 250 mx.example
           C: QUIT
           S: 221 bye`,
          connect(yield* required),
          { chunk: 1 }
        )
      }))
  })

  describe("response injection", () => {
    for (
      const [how, steps] of [
        ["in the same segment", [Script.send("220 go ahead", "250-mx.example", "250 AUTH PLAIN")]],
        ["as half a line", [Script.sendBytes(new TextEncoder().encode("220 go ahead\r\n250"))]],
        ["as a single byte", [Script.sendBytes(new TextEncoder().encode("220 go ahead\r\n2"))]]
      ] as const
    ) {
      it.effect(`N5, T7: text behind the 220 ${how} fails the connection`, () =>
        Effect.gen(function*() {
          const { value, writes } = yield* play(
            [...Harness.script(offer), ...steps],
            refused({ ...(yield* required), mechanisms: [plain] })
          )
          expect(value).toMatchObject({
            _tag: "ConnectionFailed",
            cause: { _tag: "TextBeforeTls", phase: "StartTls" },
            fate: "NotDelivered"
          })
          expect(writes).toEqual(["EHLO client.example\r\n", "STARTTLS\r\n"])
        }))
    }

    it.effect("N5, T7: text in a segment of its own breaks the handshake", () =>
      Effect.gen(function*() {
        const { value } = yield* play(
          [
            ...Harness.script(offer),
            Script.send("220 go ahead"),
            Script.send("250-mx.example", "250 AUTH PLAIN")
          ],
          refused({ ...(yield* required), mechanisms: [plain] })
        )
        expect(value).toMatchObject({ _tag: "ConnectionFailed", cause: { phase: "Handshake" } })
      }))

    it.effect("N5: text between the EHLO reply and STARTTLS is no answer to it", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* play(
          [
            Script.send("220 mx.example ready"),
            Script.expect("EHLO client.example"),
            Script.send("250-mx.example", "250 STARTTLS", "220 go ahead")
          ],
          refused(yield* required)
        )
        expect(value).toMatchObject({ cause: { _tag: "OutOfTurn", phase: "StartTls", bytes: 14 } })
        expect(writes).toEqual(["EHLO client.example\r\n"])
      }))
  })

  describe("no TLS", () => {
    const stripped = `
      S: 220 mx.example ready
      C: EHLO client.example
      S: 250 mx.example
      C: QUIT
      S: 221 bye`

    it.effect("N6, T8: an offer that is missing ends a session that requires TLS", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(stripped, refused(yield* required))
        expect(value).toMatchObject({
          _tag: "NotSecure",
          phase: "StartTls",
          fate: "NotDelivered",
          retry: "Never"
        })
      }))

    it.effect("goes on in clear text where that was allowed", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(stripped, connect(yield* opportunistic))
        expect(value.peer.tls).toEqual(Option.none())
      }))

    const refusal = `${offer}
      S: 454 4.7.0 TLS is not available
      C: QUIT
      S: 221 bye`

    it.effect("a refusal ends a session that requires TLS", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(refusal, refused(yield* required))
        expect(value).toMatchObject({ _tag: "NotSecure", phase: "StartTls" })
        expect(value.message).toContain("454 4.7.0 TLS is not available")
      }))

    it.effect("after a refusal the offer in the clear stands where that was allowed", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(refusal, connect(yield* opportunistic))
        expect(Capabilities.has(value.capabilities, "EightBitMime")).toBe(true)
      }))

    it.effect("a server that leaves leaves nothing to go on with", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `${offer}
           S: 421 4.3.2 closing`,
          refused(yield* opportunistic)
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "StartTls", retry: "Later" })
      }))

    it.effect("T8: credentials are not sent in clear text, whatever was allowed for the mail", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 250-mx.example
           S: 250 AUTH PLAIN
           C: QUIT
           S: 221 bye`,
          refused({ ...(yield* opportunistic), mechanisms: [plain] })
        )
        expect(value).toMatchObject({ _tag: "NotSecure", phase: "Auth" })
      }))
  })

  describe("the handshake", () => {
    it.effect("T4: a certificate that nobody vouches for fails for good", () =>
      Effect.gen(function*() {
        const { server } = yield* Harness.tls
        const security = Security.StartTls({ tls: Tls.client({ serverName: "mx.example" }) })
        const error = yield* Effect.flip(
          play(Harness.script(upgraded, server), connect({ security }))
        )
        expect(error).toMatchObject({
          _tag: "ConnectionFailed",
          phase: "Handshake",
          cause: { _tag: "TransportFailed", cause: { reason: "Certificate" } },
          retry: "Never"
        })
      }))

    it.effect("T4: so does one for another name", () =>
      Effect.gen(function*() {
        const { identity } = yield* NodeCertificate.selfSigned({
          names: ["other.example"],
          notBefore: Date.now() - 86_400_000
        })
        const client = Tls.client({ serverName: "mx.example", ca: [identity.certificate] })
        const error = yield* Effect.flip(
          play(
            Harness.script(upgraded, Tls.server({ identity })),
            connect({ security: Security.Opportunistic({ tls: client }) })
          )
        )
        expect(error).toMatchObject({
          cause: { cause: { reason: "Certificate" } },
          retry: "Never"
        })
      }))

    it.effect("T4: so does one that has expired, under implicit TLS as well", () =>
      Effect.gen(function*() {
        const { identity } = yield* NodeCertificate.selfSigned({
          names: ["mx.example"],
          notBefore: Date.now() - 60 * 86_400_000,
          days: 30
        })
        const tls = Tls.client({ serverName: "mx.example", ca: [identity.certificate] })
        const server = Tls.server({ identity })
        const ways = [
          [upgraded, Security.StartTls({ tls })],
          ["<TLS negotiation>", Security.Implicit({ tls })]
        ] as const
        for (const [transcript, security] of ways) {
          const error = yield* Effect.flip(
            play(Harness.script(transcript, server), connect({ security, mechanisms: [plain] }))
          )
          expect(error).toMatchObject({
            _tag: "ConnectionFailed",
            phase: "Handshake",
            cause: { cause: { reason: "Certificate", detail: expect.stringContaining("expired") } },
            retry: "Never"
          })
        }
      }))

    it.effect("T4: a server that closes instead fails for now, and hears no QUIT in the clear", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* play(
          [...Harness.script(offer), Script.send("220 go ahead"), Script.close],
          refused(yield* required)
        )
        expect(value).toMatchObject({
          _tag: "ConnectionFailed",
          phase: "Handshake",
          retry: "Later"
        })
        expect(writes.slice(2).join("")).not.toContain("QUIT")
      }))
  })

  describe("implicit TLS", () => {
    const implicit = Effect.map(Harness.tls, ({ client }) => ({
      security: Security.Implicit({ tls: client })
    }))

    it.effect("begins with the handshake, before the greeting", () =>
      Effect.gen(function*() {
        const { value } = yield* secured(
          `<TLS negotiation>
           S: 220 mx.example ready
           C: EHLO client.example
           S: 250 mx.example
           C: QUIT
           S: 221 bye`,
          connect(yield* implicit)
        )
        expect(Option.isSome(value.peer.tls)).toBe(true)
      }))

    it.effect("N16: a server that speaks in the clear is not spoken to", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(play(
          [Script.send("220 mx.example ready"), Script.wait("ever", Effect.never)],
          connect(yield* implicit)
        ))
        expect(error).toMatchObject({
          _tag: "WrongProtection",
          server: "ClearText",
          cause: { phase: "Handshake", cause: { reason: "NotTls" } },
          message: expect.stringContaining("use STARTTLS")
        })
      }))

    it.effect("N16: a server that waits for it on port 465 is not waited for in vain", () =>
      Effect.gen(function*() {
        const network = yield* MemoryNetwork.make()
        const implicit = Endpoint.Tcp({ host: "mx.example", port: 465 })
        yield* network.listen(implicit)
        const { client } = yield* Harness.tls
        for (const security of [Security.StartTls({ tls: client }), Harness.clear.security]) {
          const opening = yield* SmtpClient.connect(implicit, { ...Harness.clear, security }).pipe(
            Effect.scoped,
            Effect.flip,
            Effect.provideService(Dialer.Dialer, network),
            Effect.fork
          )
          yield* TestClock.adjust("10 minutes")
          expect(yield* Fiber.join(opening)).toMatchObject({
            _tag: "WrongProtection",
            server: "Tls",
            cause: { _tag: "TimedOut", phase: "Greeting" },
            message: expect.stringContaining("use implicit TLS")
          })
        }
      }).pipe(Effect.scoped))
  })
})
