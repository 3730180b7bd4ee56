/**
 * Inbox: a whole mail server for tests, which takes mail for everybody and keeps it to be looked at. It
 * is our own server on any listener: on the in-memory network ({@link layerMemory}) nothing leaves the
 * process, and all time is the `Clock`'s.
 *
 * ```ts
 * Effect.gen(function*() {
 *   const inbox = yield* Inbox.Inbox
 *   yield* inbox.refuse(Refusal.Recipient({ verdict: Verdict.localError, times: 1 }))
 *   yield* theProgram
 *   const message = yield* inbox.waitFor(({ to }) => to.includes("bob@mx.example"))
 *   expect(Header.subject(message.mail.header)).toEqual(Option.some("Hello"))
 * }).pipe(Effect.provide(Inbox.layerMemory()))
 * ```
 *
 * With an `Authenticator` at hand when the layer is built it offers AUTH, like any server of ours.
 *
 * @module
 */
import type { Dialer } from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import type { Listener } from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Header from "@effect-smtp/message/Header"
import * as Mail from "@effect-smtp/message/Message"
import type { ClientInfo } from "@effect-smtp/server/ClientInfo"
import type { Envelope } from "@effect-smtp/server/Envelope"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { Moment, Refusal } from "./Refusal.js"
import { isFor } from "./Refusal.js"

/**
 * A message that was accepted.
 *
 * - `at`: when, in milliseconds of the `Clock`;
 * - `from`, `to`: its addresses, as text; the null sender is empty, the bare postmaster `postmaster`;
 * - `envelope`, `client`: all that was said about it, and by whom;
 * - `bytes`, `mail`: the message as it came, and as something to look into: its header, text and
 *   attachments. Of one that is over the limits of `Message.decode` only the header is there.
 */
export interface Message {
  readonly at: number
  readonly from: string
  readonly to: ReadonlyArray<string>
  readonly envelope: Envelope
  readonly client: ClientInfo
  readonly bytes: Uint8Array
  readonly mail: Mail.Message
}

/**
 * - `endpoints`: where the server really listens, in the order of its places;
 * - `messages`: those accepted so far, in order;
 * - `waitFor`: the first message of this kind: one that is there, or the next to come;
 * - `clear`: forgets the messages, not the refusals;
 * - `refuse`: from now on these, too. Of several that fit the earliest is done.
 */
export interface Shape {
  readonly endpoints: Arr.NonEmptyReadonlyArray<Endpoint.Endpoint>
  readonly messages: Effect.Effect<ReadonlyArray<Message>>
  readonly waitFor: (predicate: (message: Message) => boolean) => Effect.Effect<Message>
  readonly clear: Effect.Effect<void>
  readonly refuse: (...refusals: ReadonlyArray<Refusal>) => Effect.Effect<void>
}

/** The server's mail. */
export class Inbox extends Context.Tag("@effect-smtp/testing/Inbox")<Inbox, Shape>() {}

/**
 * Those of `SmtpServer`, of which none is needed:
 *
 * - `name`: default `mx.example`;
 * - `places`: default `mx.example`, port 25, in clear text;
 * - `grace`: default none: with the scope all sessions end;
 * - `refusals`: there from the start. Default none.
 */
export interface Options extends Partial<SmtpServer.Options> {
  readonly refusals?: ReadonlyArray<Refusal>
}

/** Port 25 of `mx.example`, where an inbox is unless told otherwise. */
export const endpoint: Endpoint.Endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })

const from = ({ from }: Envelope): string =>
  Option.match(ReversePath.toMailbox(from), { onNone: () => "", onSome: Mailbox.print })

const to = (path: ForwardPath.ForwardPath): string =>
  Option.match(ForwardPath.toMailbox(path), { onNone: () => "postmaster", onSome: Mailbox.print })

const make = Effect.fnUntraced(function*({ refusals = [], ...options }: Options) {
  const name = options.name ?? (yield* Effect.orDie(Domain.parse("mx.example")))
  const messages = yield* SubscriptionRef.make<ReadonlyArray<Message>>([])
  const scripted = yield* Ref.make(refusals)

  const verdict = (moment: Moment, otherwise: Verdict.Verdict): Effect.Effect<Verdict.Verdict> =>
    Ref.modify(
      scripted,
      (all) =>
        Option.match(Arr.findFirstIndex(all, (refusal) => isFor(refusal, moment)), {
          onNone: () => [otherwise, all] as const,
          onSome: (index) => [all[index].verdict, spend(all, index)] as const
        })
    )

  const handler = Handler.make({
    connect: () => verdict({ phase: "Connect", from: "", to: [] }, Verdict.ok),
    hello: () => verdict({ phase: "Hello", from: "", to: [] }, Verdict.ok),
    mail: (_client, envelope) =>
      verdict({ phase: "Mail", from: from(envelope), to: [] }, Verdict.senderOk),
    recipient: (_client, envelope, { path }) =>
      verdict(
        { phase: "Recipient", from: from(envelope), to: [to(path)] },
        Verdict.recipientOk
      ),
    message: (client, envelope, incoming) =>
      Effect.gen(function*() {
        const bytes = yield* incoming.collect(Infinity)
        const addresses = {
          from: from(envelope),
          to: envelope.recipients.map(({ path }) => to(path))
        }
        const decided = yield* verdict({ phase: "Message", ...addresses }, Verdict.ok)
        if (Verdict.is("Accept")(decided)) {
          const at = yield* Clock.currentTimeMillis
          const mail = yield* Effect.orElse(Mail.decode(bytes), () => headerOnly(bytes))
          yield* SubscriptionRef.update(
            messages,
            Arr.append({ at, ...addresses, envelope, client, bytes, mail })
          )
        }
        return decided
      })
  })

  const { endpoints } = yield* Effect.provideService(
    SmtpServer.serve({
      grace: 0,
      places: [{ endpoint, policy: Policy.clearText }],
      ...options,
      name
    }),
    Handler.Handler,
    handler
  )

  return Inbox.of({
    endpoints,
    messages: SubscriptionRef.get(messages),
    waitFor: Effect.fn("Inbox.waitFor")((predicate: (message: Message) => boolean) =>
      messages.changes.pipe(
        Stream.filterMap(Arr.findFirst(predicate)),
        Stream.runHead,
        Effect.flatten,
        Effect.orDie
      )
    ),
    clear: SubscriptionRef.set(messages, []),
    refuse: (...more) => Ref.update(scripted, (all) => [...all, ...more])
  })
})

/** A message whose parts nobody wants to read. */
const headerOnly = (bytes: Uint8Array): Effect.Effect<Mail.Message> =>
  Effect.map(Effect.orDie(Header.decode(bytes, bytes.length)), (header) => ({
    header,
    text: Option.none(),
    html: Option.none(),
    attachments: []
  }))

/** The refusals after the one at the index was done once more. */
const spend = (refusals: ReadonlyArray<Refusal>, index: number): ReadonlyArray<Refusal> => {
  const { times = Infinity, ...refusal } = refusals[index]
  return times > 1
    ? Arr.replace(refusals, index, { ...refusal, times: times - 1 })
    : Arr.remove(refusals, index)
}

/** An inbox on the listener at hand. */
export const layer = (options: Options = {}): Layer.Layer<Inbox, FlowError, Listener> =>
  Layer.scoped(Inbox, make(options))

/** An inbox on an in-memory network of its own, with the network for those who write to it. */
export const layerMemory = (
  options: Options & { readonly network?: MemoryNetwork.Options } = {}
): Layer.Layer<
  Inbox | Dialer | Listener | MemoryNetwork.MemoryNetwork,
  FlowError
> => Layer.provideMerge(layer(options), MemoryNetwork.layer(options.network))
