import type { Flow } from "@effect-smtp/flow/Flow"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Limits from "@effect-smtp/protocol/Limits"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import * as Authenticator from "@effect-smtp/server/Authenticator"
import * as Conversation from "@effect-smtp/server/Conversation"
import * as Extensions from "@effect-smtp/server/Extensions"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as Strictness from "@effect-smtp/server/Strictness"
import * as Told from "@effect-smtp/server/Told"
import * as Trust from "@effect-smtp/server/Trust"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Mutation from "../src/Mutation.js"
import * as Rechunk from "../src/Rechunk.js"
import { recordings } from "./recordings.js"

const mx = Either.getOrThrow(Domain.parse("mx.example"))

/** Small ones, so that they are reached. */
export const limits = Limits.make({
  commandLine: 600,
  saslLine: 800,
  discardedLine: 1000,
  messageSize: 2000,
  excessSize: 2000,
  recipients: 3,
  badCommands: 5,
  commands: 60
})

/** What somebody who says these bytes hears, and what is stored in the end. */
export interface Heard {
  readonly replies: ReadonlyArray<Reply.Reply>
  /** What is wrong with what was heard, if anything. */
  readonly wrong: ReadonlyArray<string>
  /** The names of the messages, as the replies have them, and as the store has. */
  readonly promised: ReadonlyArray<string>
  readonly stored: ReadonlyArray<string>
}

/** All that is said until the peer has finished. */
export const hear = (flow: Flow): Effect.Effect<Uint8Array> =>
  Effect.gen(function*() {
    const all: Array<number> = []
    for (;;) {
      const chunk = yield* Effect.orElseSucceed(flow.read, () => Option.none<Uint8Array>())
      if (Option.isNone(chunk)) return Uint8Array.from(all)
      all.push(...chunk.value)
    }
  })

/** The replies in these bytes, and whether there is anything else in them. */
export const replies = (heard: Uint8Array) => {
  const all: Array<Reply.Reply> = []
  for (let rest = heard; rest.length > 0;) {
    const step = Reply.decoder().step(rest)
    if (Either.isLeft(step)) return { all, wrong: [step.left.message] }
    if (step.right._tag === "More") return { all, wrong: ["a reply without its end"] }
    const { consumed, value } = step.right
    const text = new TextDecoder("utf-8", { fatal: true }).decode(rest.subarray(0, consumed))
    if (!/^(?:[2-5][0-5][0-9][ -][^\r\n]*\r\n)+$/.test(text)) return { all, wrong: [text] }
    // A challenge is another one each time.
    all.push(value.code === 334 ? Reply.make({ code: 334, text: "" }) : value)
    rest = rest.subarray(consumed)
  }
  return { all, wrong: [] }
}

/** The names that the server has given to messages. */
export const promised = (all: ReadonlyArray<Reply.Reply>): ReadonlyArray<string> =>
  Arr.filterMap(
    all,
    ({ lines: [line] }) => Option.fromNullable(/^Queued as (\S+)$/.exec(line)?.[1])
  )

const authenticator = Effect.map(
  Authenticator.fromPasswords(new Map([["alice", Redacted.make("sesame")]])),
  (shape) => Authenticator.make({ ...shape, failureDelay: 0 })
)

/** A server's conversation with all it can do, over a connection in memory, and what it stores. */
export const open = (options: Partial<Conversation.Manners> = {}, capacity?: number) =>
  Effect.gen(function*() {
    const [client, server] = yield* MemoryNetwork.pair(capacity === undefined ? {} : { capacity })
    const stored: Array<string> = []
    const conversation = yield* Conversation.make(server, {
      manners: {
        name: mx,
        limits,
        timeouts: Timeouts.defaults,
        lineEnd: "crlf",
        lineEndings: "strict",
        addresses: AddressMode.strict,
        strictness: Strictness.defaults,
        extensions: Extensions.defaults,
        ...options
      },
      policy: { ...Policy.clearText, clearTextPasswords: "ExposedToEveryone" },
      handler: Handler.make({
        recipient: (_client, _envelope, { path }) =>
          Effect.succeed(
            ForwardPath.print(path).includes("refused")
              ? Verdict.noSuchMailbox
              : Verdict.recipientOk
          ),
        message: (_client, _envelope, incoming) =>
          Effect.map(incoming.collect(Infinity), ({ length }) => {
            stored.push(`${stored.length}-${length}`)
            return Verdict.queued(`${stored.length - 1}-${length}`)
          }),
        verify: () => Effect.succeed(Verdict.cannotVerify),
        expand: (_client, list) => Effect.succeed(Verdict.mailboxes([`${list} <b@mx.example>`])),
        etrn: () => Effect.succeed(Verdict.ok),
        help: (_client, topic) => Effect.succeed(`about ${topic}\nand more`)
      }),
      authenticator: Option.some(yield* authenticator),
      draining: () => false,
      admit: () => Effect.succeed(true),
      report: () => {},
      trust: Trust.make({}),
      told: Told.nothing
    })
    const running = yield* Effect.forkScoped(
      Effect.scoped(conversation.run).pipe(
        Effect.annotateLogs(conversation.annotations),
        Effect.ensuring(server.end)
      )
    )
    return { client, running, stored }
  })

/** Says these bytes and finishes, hearing the server to its end. It ends, or this does not. */
export const converse = (
  said: Rechunk.Chunks,
  options: Partial<Conversation.Manners> = {}
): Effect.Effect<Heard> =>
  Effect.scoped(Effect.gen(function*() {
    const { client, running, stored } = yield* open(options)
    const hearing = yield* Effect.fork(hear(client))
    yield* Effect.ignore(Effect.forEach(said, client.write, { discard: true }))
    yield* client.end
    const { all, wrong } = replies(yield* Fiber.join(hearing))
    const exit = yield* Fiber.await(running)
    return {
      replies: all,
      wrong: Exit.isSuccess(exit) ? wrong : [...wrong, String(exit.cause)],
      promised: promised(all),
      stored
    }
  }))

/** What is not as it is in every conversation, whatever was said. */
export const complaints = (
  { promised, replies, stored, wrong }: Heard
): ReadonlyArray<string> => [
  ...wrong,
  ...(replies[0]?.code === 220 ? [] : ["no greeting"]),
  ...(promised.join(" ") === stored.join(" ")
    ? []
    : [`promised: ${promised.join(" ")}; stored: ${stored.join(" ")}`]),
  // Besides the greeting and a last word, one for each command, recipient or line of AUTH.
  ...(replies.length <= 2 * limits.commands + 2 ? [] : [`${replies.length} replies`])
]

/** A spoilt session, said whole and in pieces: the replies to it, and what was wrong. */
export const spoilt = (
  seed: number
): Effect.Effect<
  { readonly codes: ReadonlyArray<number>; readonly wrong: ReadonlyArray<string> }
> =>
  Effect.gen(function*() {
    const said = Mutation.fromSeed(seed, recordings)
    const lineEndings = seed % 2 === 0 ? "strict" : "normalise"
    const whole = yield* converse([said], { lineEndings })
    const pieces = yield* converse(Rechunk.chunksOf(said, 1 + seed % 50), { lineEndings })
    const texts = [whole, pieces].map(({ replies }) => replies.map(Reply.print).join(""))
    return {
      codes: whole.replies.map(({ code }) => code),
      wrong: [
        ...complaints(whole),
        ...complaints(pieces),
        ...(texts[0] === texts[1] ? [] : ["in pieces, it is answered otherwise"])
      ]
    }
  })
