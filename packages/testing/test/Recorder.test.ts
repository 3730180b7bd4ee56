import * as Body from "@effect-smtp/client/Body"
import * as Credentials from "@effect-smtp/client/Credentials"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Inbox from "../src/Inbox.js"
import * as Recorder from "../src/Recorder.js"
import * as ScriptedPeer from "../src/ScriptedPeer.js"
import * as Transcript from "../src/Transcript.js"
import * as TranscriptDiff from "../src/TranscriptDiff.js"

const endpoint = Inbox.endpoint
const name = Either.getOrThrow(Domain.parse("client.example"))
const read = (text: string) => Either.getOrThrow(Transcript.parse(text))

/** Sends a message, and tells what the server said to it. */
const send = (options: Partial<SmtpClient.Options> = {}, text = "Subject: hi\n\nhello\n") =>
  Effect.scoped(Effect.gen(function*() {
    const envelope = yield* Envelope.parse({
      from: "alice@client.example",
      to: ["bob@mx.example"]
    })
    const client = yield* SmtpClient.connect(endpoint, {
      security: Security.ClearText({ credentials: "ExposedToEveryone" }),
      name,
      ...options
    })
    const { reply } = yield* client.deliver(envelope, Body.fromString(text))
    return Option.map(reply, ({ lines }) => lines)
  }))

/** Everything that is said here is said again, by a peer that only has the record. */
const replay = <A, E>(
  recorded: Transcript.Transcript,
  program: Effect.Effect<A, E, Dialer.Dialer>,
  tls?: Tls.ServerOptions
) =>
  Effect.flatMap(
    Transcript.toServerScript(recorded, tls),
    (script) => ScriptedPeer.against({ endpoint, scripts: [script] }, () => program)
  )

const recorded = <A, E>(
  server: string,
  program: Effect.Effect<A, E, Dialer.Dialer>,
  tls?: Tls.ServerOptions
) => Effect.zipRight(replay(read(server), program, tls), Recorder.transcripts)

const memory = MemoryNetwork.layer({ upgrade: NodeTls.wrap })
const dialing = Recorder.dialer.pipe(Layer.provideMerge(memory))

const login = Credentials.fromPassword({
  username: "alice",
  password: Redacted.make("open sesame")
})

describe("Recorder", () => {
  it.effect("writes down what our client and our server say, and what it wrote can be played", () =>
    Effect.gen(function*() {
      const said = yield* send()
      const [transcript] = yield* Recorder.transcripts
      const printed = Transcript.print(transcript)
      expect(printed).toContain("C: RCPT TO:<bob@mx.example>\n")
      expect(printed).toContain("C: <22 bytes of message>\n")

      const kept = read(printed)
      expect(kept).toEqual(transcript)
      const [again, other] = yield* Effect.provide(
        Effect.zip(replay(kept, send()), Recorder.transcripts),
        dialing
      )
      expect(again).toEqual(said)
      expect(TranscriptDiff.print(TranscriptDiff.make(kept, other[0]))).toBe("")

      const changed = yield* Effect.provide(
        Effect.flip(replay(kept, send({ name: Either.getOrThrow(Domain.parse("x.example")) }))),
        memory
      )
      expect(changed.message).toContain("+ received \"EHLO x.example\"")
    }).pipe(
      Effect.provide(Recorder.dialer.pipe(Layer.provideMerge(Inbox.layerMemory())))
    ))

  it.effect("has a transcript for each connection, of a listener, too", () =>
    Effect.gen(function*() {
      yield* send()
      yield* send()
      const transcripts = yield* Recorder.transcripts
      expect(transcripts).toHaveLength(2)
      expect(TranscriptDiff.print(TranscriptDiff.make(transcripts[0], transcripts[1]))).toBe("")
      expect(Transcript.print(transcripts[1])).toMatch(/^S: 220 [^]*\nC: QUIT\nS: 221 /)
    }).pipe(
      Effect.provide(
        Inbox.layer().pipe(Layer.provideMerge(Recorder.listener), Layer.provideMerge(memory))
      )
    ))

  it.effect("N19: keeps no password, and plays the session all the same", () =>
    Effect.gen(function*() {
      const server = `
        S: 220 mx.example
        C: EHLO client.example
        S: 250-mx.example
        S: 250 AUTH PLAIN
        C: AUTH PLAIN <redacted>
        S: 235 2.7.0 welcome
        C: MAIL FROM:<alice@client.example>
        S: 250 ok
        C: RCPT TO:<bob@mx.example>
        S: 250 ok
        C: DATA
        S: 354 go on
        C: <22 bytes of message>
        S: 250 queued
        C: QUIT
        S: 221 bye
      `
      const [transcript] = yield* recorded(server, send({ credentials: login }))
      expect(Transcript.print(transcript)).not.toContain("AGFsaWNl")
      expect(TranscriptDiff.print(TranscriptDiff.make(read(server), transcript))).toBe("")
      yield* Effect.provide(replay(transcript, send({ credentials: login })), memory)
    }).pipe(Effect.provide(dialing)))

  it.live("follows a session into TLS, and chunks of a message", () =>
    Effect.gen(function*() {
      const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
      const tls = Tls.client({ serverName: "mx.example", ca: [identity.certificate] })
      const server = `
        S: 220 mx.example
        C: EHLO client.example
        S: 250-mx.example
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 go
        <TLS negotiation>
        C: EHLO client.example
        S: 250-mx.example
        S: 250-PIPELINING
        S: 250 CHUNKING
        C: MAIL FROM:<alice@client.example>
        C: RCPT TO:<bob@mx.example>
        C: BDAT 22 LAST
        C: <22 bytes of message>
        S: 250 ok
        S: 250 ok
        S: 250 queued
        C: QUIT
        S: 221 bye
      `
      const program = send({ security: Security.StartTls({ tls }) })
      const [transcript] = yield* recorded(server, program, Tls.server({ identity }))
      expect(TranscriptDiff.print(TranscriptDiff.make(read(server), transcript))).toBe("")
    }).pipe(Effect.provide(dialing)))

  it.effect("writes down connections as far as they got", () =>
    Effect.gen(function*() {
      const { dial } = yield* Dialer.Dialer
      const { listen } = yield* Listener.Listener
      expect(yield* Recorder.transcripts).toEqual([])
      const other = Endpoint.Tcp({ host: "mx.example", port: 26 })
      yield* Effect.scoped(Effect.gen(function*() {
        const bound = yield* listen(other)
        const client = yield* dial(other)
        const server = yield* bound.accept
        yield* server.write(new TextEncoder().encode("220 hi\r\n421 no"))
        yield* client.read
        expect((yield* Recorder.transcripts).map(Transcript.print)).toEqual(["S: 220 hi\n"])
      }))
      expect((yield* Recorder.transcripts).map(Transcript.print)).toEqual([
        "S: 220 hi\nS: 421 no\n# closed\n"
      ])
    }).pipe(Effect.provide(dialing)))
})
