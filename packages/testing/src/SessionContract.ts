/**
 * SessionContract: what a mail session promises wherever it runs, as a suite to run over each
 * transport. The server is ours; the client is whoever is to be held to the contract with it.
 *
 * @module
 */
import type { Dialer } from "@effect-smtp/flow/Dialer"
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { Listener } from "@effect-smtp/flow/Listener"
import * as Authenticator from "@effect-smtp/server/Authenticator"
import * as Handler from "@effect-smtp/server/Handler"
import type { Policy } from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import type * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** A message with its envelope, as plain addresses. */
export interface Mail {
  readonly from: string
  readonly to: readonly [string, ...Array<string>]
  readonly message: Uint8Array
}

/** What the client learned: the codes for the recipients, in order, and for the message. */
export interface Learned {
  readonly accepted: ReadonlyArray<string>
  readonly rejected: ReadonlyArray<{ readonly address: string; readonly code: number }>
  readonly code: Option.Option<number>
}

/** A client with an open session. A failure has the code of the reply that caused it, if one did. */
export interface Client {
  readonly deliver: (mail: Mail) => Effect.Effect<Learned, { readonly code: Option.Option<number> }>
}

/**
 * - `endpoint`: where the server is to listen;
 * - `policy`: what it asks of its clients;
 * - `connect`: opens a session with it. When the scope closes, the client takes its leave;
 * - `long`: octets of a message that is long for this transport.
 */
export interface Platform {
  readonly layer: Layer.Layer<Dialer | Listener>
  readonly endpoint: Endpoint
  readonly policy: Policy
  readonly connect: (
    endpoint: Endpoint
  ) => Effect.Effect<Client, unknown, Dialer | Scope.Scope>
  readonly long: number
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Every octet but CR and LF, in lines that often begin with dots. */
const trying = (length: number): Uint8Array => {
  const message = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const column = i % 71
    const octet = (i * 7 + (i >> 9)) & 0xff
    message[i] = column === 69
      ? 13
      : column === 70
      ? 10
      : column < 3
      ? 46
      : octet === 10 || octet === 13
      ? 0
      : octet
  }
  message.set([13, 10], length - 2)
  return message
}

const local = (path: ForwardPath.ForwardPath): string =>
  path._tag === "Postmaster" ? "postmaster" : path.mailbox.local

/** The user that the server knows, for platforms whose policy wants clients to log in. */
export const user = { name: "alice", password: Redacted.make("sesame") }

/** What the server keeps of a message it accepted. */
interface Kept {
  readonly from: string
  readonly to: ReadonlyArray<string>
  readonly message: Uint8Array
}

/** Takes mail for everybody but `nobody`, and no message whose first octet is `!`. */
const keeping = (kept: Queue.Enqueue<Kept>) =>
  Handler.layer({
    recipient: (_client, _envelope, { path }) =>
      Effect.succeed(local(path) === "nobody" ? Verdict.noSuchMailbox : Verdict.recipientOk),
    message: (_client, envelope, incoming) =>
      Effect.gen(function*() {
        const message = yield* incoming.collect(16 * 1024 * 1024)
        if (message[0] === 33) return Verdict.insufficientStorage
        yield* Queue.offer(kept, {
          from: envelope.from._tag === "Null" ? "" : envelope.from.mailbox.local,
          to: envelope.recipients.map(({ path }) => local(path)),
          message
        })
        return Verdict.queued("contract")
      })
  })

/** Registers the contract's tests under the name. */
export const suite = (name: string, platform: Platform): void => {
  /** A server, a client, and what the server has kept so far. */
  const session = <A, E>(
    test: (
      client: Client,
      kept: Queue.Dequeue<Kept>,
      endpoint: Endpoint
    ) => Effect.Effect<A, E, Dialer | Scope.Scope>
  ) =>
    Effect.gen(function*() {
      const kept = yield* Queue.unbounded<Kept>()
      const { endpoints } = yield* SmtpServer.serve({
        name: yield* Domain.parse("mx.example"),
        places: [{ endpoint: platform.endpoint, policy: platform.policy }],
        grace: "1 second"
      }).pipe(
        Effect.provide(keeping(kept)),
        Effect.provide(Authenticator.layerPasswords(new Map([[user.name, user.password]])))
      )
      return yield* Effect.flatMap(
        platform.connect(endpoints[0]),
        (client) => test(client, kept, endpoints[0])
      )
    }).pipe(Effect.scoped, Effect.provide(platform.layer))

  const live = <A, E>(title: string, test: Parameters<typeof session<A, E>>[0]) =>
    it.live(title, () => session(test), 20_000)

  const greeting = bytes("Subject: hello\r\n\r\nHello.\r\n")

  describe(`SessionContract over ${name}`, () => {
    live(
      "carries a message to its recipients, and says who is none",
      (client, kept) =>
        Effect.gen(function*() {
          const learned = yield* client.deliver({
            from: "alice@client.example",
            to: ["bob@mx.example", "nobody@mx.example", "carol@mx.example"],
            message: greeting
          })
          expect(learned).toEqual({
            accepted: ["bob@mx.example", "carol@mx.example"],
            rejected: [{ address: "nobody@mx.example", code: 550 }],
            code: Option.some(250)
          })
          expect(yield* Queue.takeAll(kept).pipe(Effect.map((all) => [...all]))).toEqual([
            { from: "alice", to: ["bob", "carol"], message: greeting }
          ])
        })
    )

    live("sends nothing when no recipient is left", (client, kept) =>
      Effect.gen(function*() {
        const learned = yield* client.deliver({
          from: "",
          to: ["nobody@mx.example"],
          message: greeting
        })
        expect(learned.accepted).toEqual([])
        expect(learned.code).toEqual(Option.none())
        expect(yield* Queue.size(kept)).toBe(0)
      }))

    live(
      "carries every octet, dots and long bodies included",
      (client, kept) =>
        Effect.gen(function*() {
          for (const length of [71, 4096, platform.long]) {
            const message = trying(length)
            yield* client.deliver({ from: "", to: ["bob@mx.example"], message })
            const arrived = yield* Queue.take(kept)
            expect(arrived.message.length).toBe(length)
            expect(arrived.message.every((octet, i) => octet === message[i])).toBe(true)
          }
        })
    )

    live(
      "carries one message after another, refused ones too",
      (client, kept) =>
        Effect.gen(function*() {
          for (let i = 0; i < 5; i++) {
            const refused = yield* Effect.flip(client.deliver({
              from: "",
              to: ["bob@mx.example"],
              message: bytes("!\r\n")
            }))
            expect(refused.code).toEqual(Option.some(452))
            const message = bytes(`${i}\r\n`)
            yield* client.deliver({ from: "", to: ["bob@mx.example"], message })
            expect((yield* Queue.take(kept)).message).toEqual(message)
          }
        })
    )

    live("carries addresses beyond ASCII", (client, kept) =>
      Effect.gen(function*() {
        yield* client.deliver({
          from: "grün@bücher.example",
          to: ["用户@mx.example"],
          message: bytes("Subject: ü\r\n\r\n")
        })
        expect(yield* Queue.take(kept)).toMatchObject({ from: "grün", to: ["用户"] })
      }))

    live("serves several clients at a time", (_client, kept, endpoint) =>
      Effect.gen(function*() {
        yield* Effect.forEach(
          [1, 2, 3, 4],
          (i) =>
            Effect.scoped(Effect.flatMap(platform.connect(endpoint), (client) =>
              client.deliver({
                from: `sender${i}@client.example`,
                to: ["bob@mx.example"],
                message: trying(platform.long)
              }))),
          { concurrency: "unbounded", discard: true }
        )
        const senders = yield* Stream.fromQueue(kept).pipe(
          Stream.take(4),
          Stream.map(({ from }) => from),
          Stream.runCollect
        )
        expect([...senders].sort()).toEqual(["sender1", "sender2", "sender3", "sender4"])
      }))
  })
}
