import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import * as Rechunk from "@effect-smtp/testing/Rechunk"
import type { Script } from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as Transcript from "@effect-smtp/testing/Transcript"
import * as Domain from "@effect-smtp/wire/Domain"
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import * as Body from "../src/Body.js"
import * as Envelope from "../src/Envelope.js"
import * as Security from "../src/Security.js"
import type { Options, Shape } from "../src/SmtpClient.js"
import * as SmtpClient from "../src/SmtpClient.js"

export const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })

/** A session without TLS and credentials. */
export const clear: Options = {
  security: Security.ClearText({ credentials: "Refused" }),
  name: Either.getOrThrow(Domain.parse("client.example"))
}

const made = Effect.runSync(Effect.cached(
  NodeCertificate.selfSigned({ names: ["mx.example"], notBefore: Date.now() - 86_400_000 })
))

/** What both sides of a TLS session with `mx.example` need. Made once for each test file. */
export const tls = Effect.map(made, ({ identity }) => ({
  client: Tls.client({ serverName: "mx.example", ca: [identity.certificate] }),
  server: Tls.server({ identity })
}))

/** A flow, and the secure one it becomes, that notes each write. */
export const record = (flow: Flow, writes: Array<string>): Flow => ({
  ...flow,
  write: (bytes) =>
    Effect.suspend(() => {
      writes.push(new TextDecoder().decode(bytes))
      return flow.write(bytes)
    }),
  upgrade: (options) => Effect.map(flow.upgrade(options), (secure) => record(secure, writes))
})

/** What a program came to, and what the client wrote meanwhile, write by write. */
export interface Played<A> {
  readonly value: A
  readonly writes: ReadonlyArray<string>
}

/** Where a script is played, apart from where to. */
export interface Stage {
  /** Bytes that go through at once. */
  readonly chunk?: number
  /** Bytes that each direction holds. */
  readonly capacity?: number
}

/** Runs the program while a server plays the script. */
export const play = <A, E>(
  script: Script,
  program: Effect.Effect<A, E, Dialer.Dialer | Scope.Scope>,
  { capacity = 65_536, chunk }: Stage = {}
) =>
  Effect.gen(function*() {
    const network = yield* MemoryNetwork.make({ capacity, upgrade: NodeTls.wrap })
    const writes: Array<string> = []
    const cut = (flow: Flow) => chunk === undefined ? flow : Rechunk.withChunks(flow, chunk)
    const dial = (to: Endpoint.Endpoint) =>
      Effect.map(network.dial(to), (flow) => record(cut(flow), writes))
    const value = yield* ScriptedPeer.against(
      { endpoint, scripts: [script] },
      () => Effect.scoped(program)
    ).pipe(
      Effect.provideService(Dialer.Dialer, { dial }),
      Effect.provideService(Listener.Listener, network)
    )
    const played: Played<A> = { value, writes }
    return played
  })

/** A transcript as the server's side of it. */
export const script = (transcript: string, options?: Tls.ServerOptions): Script =>
  Either.getOrThrow(
    Either.flatMap(Transcript.parse(transcript), (_) => Transcript.toServerScript(_, options))
  )

/** Every byte that the client says in a transcript. */
const said = (transcript: string): string =>
  Either.getOrThrow(Transcript.parse(transcript)).flatMap((entry) =>
    entry._tag === "Line" && entry.from === "client" ? [`${entry.text}\r\n`] : []
  ).join("")

/** The conversation is the transcript: word for word, and nothing else is said. */
export const converse = <A, E>(
  transcript: string,
  program: Effect.Effect<A, E, Dialer.Dialer | Scope.Scope>,
  options: Stage & { readonly tls?: Tls.ServerOptions } = {}
) =>
  Effect.map(play(script(transcript, options.tls), program, options), (played) => {
    expect(played.writes.join("")).toBe(said(transcript))
    return played
  })

/** Opens a session. */
export const connect = (options: Partial<Options> = {}) =>
  SmtpClient.connect(endpoint, { ...clear, ...options })

/** Opens a session that is expected to fail. */
export const refused = (options: Partial<Options> = {}) => Effect.flip(connect(options))

/** Opens a session for this. */
export const using = <A, E, R>(
  use: (client: Shape) => Effect.Effect<A, E, R>,
  options: Partial<Options> = {}
) => Effect.flatMap(connect(options), use)

/** An envelope of addresses that are right. */
export const envelope = (from: string, first: string, ...others: ReadonlyArray<string>) =>
  Either.getOrThrow(Envelope.parse({ from, to: [first, ...others] }))

/** From alice to bob. */
export const aliceToBob = envelope("alice@client.example", "bob@mx.example")

/** A message that needs nothing special. */
export const hello = Body.fromString("Subject: hi\r\n\r\nhello\r\n")

/** The lines of a session around a transaction, to be filled in. */
export const around = (transaction: string, extensions: ReadonlyArray<string> = []): string =>
  [
    "S: 220 mx.example ready",
    "C: EHLO client.example",
    ...["mx.example", ...extensions].map((line, index) =>
      `S: 250${index === extensions.length ? " " : "-"}${line}`
    ),
    transaction,
    "C: QUIT",
    "S: 221 bye"
  ].join("\n")

/** The content of {@link hello}, as lines of a transcript. */
export const helloLines = `
  C: Subject: hi
  C:
  C: hello
  C: .`
