import { Flow } from "@effect-smtp/flow/Flow"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Limits from "@effect-smtp/protocol/Limits"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as Transcript from "@effect-smtp/testing/Transcript"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Authenticator from "../src/Authenticator.js"
import * as Conversation from "../src/Conversation.js"
import type { Envelope } from "../src/Envelope.js"
import * as Extensions from "../src/Extensions.js"
import * as Handler from "../src/Handler.js"
import * as Policy from "../src/Policy.js"
import * as Strictness from "../src/Strictness.js"
import * as Told from "../src/Told.js"
import * as Trust from "../src/Trust.js"
import * as Verdict from "../src/Verdict.js"

/** The server's name in all of these tests. */
export const mx = Either.getOrThrow(Domain.parse("mx.example"))

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (all: Uint8Array): string => new TextDecoder().decode(all)

/** A message that was accepted. */
export interface Mail {
  readonly from: string
  readonly to: ReadonlyArray<string>
  readonly body: string
}

/** A handler that takes everything and keeps it. */
export interface Inbox {
  readonly decisions: Handler.Shape<unknown>
  readonly mails: Array<Mail>
}

export const toMail = (envelope: Envelope, body: Uint8Array): Mail => ({
  from: ReversePath.print(envelope.from),
  to: envelope.recipients.map(({ path }) => ForwardPath.print(path)),
  body: text(body)
})

export const inbox = (decisions: Partial<Handler.Shape<unknown>> = {}): Inbox => {
  const mails: Array<Mail> = []
  return {
    mails,
    decisions: Handler.make<unknown, never>({
      recipient: () => Effect.succeed(Verdict.recipientOk),
      message: (_client, envelope, message) =>
        Effect.map(message.collect(1_000_000), (body) => {
          mails.push(toMail(envelope, body))
          return Verdict.queued(`${mails.length}`)
        }),
      ...decisions
    })
  }
}

/** What one test wants otherwise than usual. */
export interface Setup {
  readonly policy?: Policy.Policy
  readonly authenticator?: Authenticator.Shape
  readonly handler?: Partial<Handler.Shape<unknown>>
  readonly limits?: Partial<Limits.Limits>
  readonly timeouts?: Partial<Timeouts.Timeouts>
  readonly extensions?: Partial<Extensions.Extensions>
  readonly manners?: Partial<Conversation.Manners>
  readonly strictness?: Partial<Strictness.Strictness>
  readonly trust?: Partial<Trust.Trust>
  readonly report?: Conversation.Options["report"]
  readonly network?: MemoryNetwork.Options
  readonly tls?: Tls.ClientOptions
}

/** One conversation, and the client's end of it. */
export interface Session {
  readonly client: MemoryNetwork.MemoryFlow
  readonly conversation: Conversation.Conversation
  readonly run: Fiber.RuntimeFiber<void>
  readonly mails: ReadonlyArray<Mail>
  /** What the server wrote, write by write. */
  readonly writes: ReadonlyArray<string>
}

export const manners = (setup: Setup): Conversation.Manners => ({
  name: mx,
  limits: Limits.make(setup.limits ?? {}),
  timeouts: Timeouts.make(setup.timeouts ?? {}),
  lineEnd: "crlf",
  lineEndings: "strict",
  addresses: AddressMode.strict,
  strictness: Strictness.make(setup.strictness ?? {}),
  extensions: Extensions.make(setup.extensions ?? {}),
  ...setup.manners
})

/** Starts a conversation in a scope of its own, which is closed as soon as it ends. */
export const open = (setup: Setup = {}) =>
  Effect.gen(function*() {
    const [client, server] = yield* MemoryNetwork.pair(setup.network)
    const { decisions, mails } = inbox(setup.handler)
    const writes: Array<string> = []
    const counting: Flow = {
      ...server,
      write: (all) => {
        writes.push(text(all))
        return server.write(all)
      }
    }
    const conversation = yield* Conversation.make(counting, {
      manners: manners(setup),
      policy: setup.policy ?? Policy.clearText,
      handler: decisions,
      authenticator: Option.fromNullable(setup.authenticator),
      draining: () => false,
      admit: () => Effect.succeed(true),
      report: setup.report ?? (() => {}),
      trust: Trust.make(setup.trust ?? {}),
      told: Told.nothing
    })
    const run = yield* Effect.forkScoped(
      Effect.scoped(conversation.run).pipe(
        Effect.annotateLogs(conversation.annotations),
        Effect.ensuring(server.end)
      )
    )
    const session: Session = { client, conversation, run, mails, writes }
    return session
  })

/** Says and expects all of this, word for word. */
export const say = (
  session: Pick<Session, "client">,
  transcript: string,
  tls?: Tls.ClientOptions
) =>
  Either.flatMap(Transcript.parse(transcript), (parsed) => Transcript.toClientScript(parsed, tls))
    .pipe(
      Effect.flatMap(ScriptedPeer.run),
      Effect.provideService(Flow, session.client)
    )

/** A whole conversation: said, hung up, and over on both sides. What was stored is told. */
export const talk = (setup: Setup, transcript: string) =>
  Effect.scoped(Effect.gen(function*() {
    const session = yield* open(setup)
    yield* say(session, transcript, setup.tls)
    yield* session.client.end
    yield* Fiber.join(session.run)
    return session
  }))

/** Up to here, every conversation is the same. */
export const greeted = `
  S: 220 mx.example ESMTP
  C: HELO client.example
  S: 250 mx.example
`

/** A transaction up to its message. */
export const addressed = `${greeted}
  C: MAIL FROM:<a@client.example>
  S: 250 2.1.0 Sender OK
  C: RCPT TO:<b@mx.example>
  S: 250 2.1.5 Recipient OK
`

/** The message may begin. */
export const started = `${addressed}
  C: DATA
  S: 354 End with a dot on a line by itself
`

/** The session still lives, and ends. */
export const goodbye = `
  C: NOOP
  S: 250 2.0.0 OK
  C: QUIT
  S: 221 2.0.0 Goodbye
`

/** Everything until the peer has finished. */
export const readAll = (flow: Flow): Effect.Effect<string> =>
  Effect.gen(function*() {
    let all = ""
    for (;;) {
      const chunk = yield* Effect.orElseSucceed(flow.read, () => Option.none<Uint8Array>())
      if (Option.isNone(chunk)) return all
      all += text(chunk.value)
    }
  })

/** Says these bytes and nothing more, and hears the server to the end. */
export const shout = (setup: Setup, said: Uint8Array | string) =>
  Effect.scoped(Effect.gen(function*() {
    const session = yield* open(setup)
    const hearing = yield* Effect.fork(readAll(session.client))
    yield* Effect.ignore(session.client.write(typeof said === "string" ? bytes(said) : said))
    yield* session.client.end
    const heard = yield* Fiber.join(hearing)
    yield* Fiber.join(session.run)
    return { ...session, heard: heard.split("\r\n").slice(0, -1) }
  }))
