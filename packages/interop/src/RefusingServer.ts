/**
 * RefusingServer: our server in this process, with a handler that says no at every phase to whoever asks for
 * it by name, believes in XCLIENT, and has a verdict for each recipient. No flag of `smtp serve` asks for
 * any of that; everything else is for `OurServer`.
 *
 * @module
 */
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Listener } from "@effect-smtp/flow/Listener"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as Limits from "@effect-smtp/protocol/Limits"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Trust from "@effect-smtp/server/Trust"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as HashSet from "effect/HashSet"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import * as Machine from "./Machine.js"
import { messageSize } from "./OurServer.js"
import type { Certificate, Kept } from "./OurServer.js"
import * as Port from "./Port.js"

/**
 * - `exchange`: its port, by the policy of that name; `xclient`: as `exchange`, but whoever is on this
 *   machine may say by XCLIENT who the client is;
 * - `lmtp`, `socket`: the port and the path where it speaks LMTP;
 * - `certificate`: for `mx.example`, `localhost` and 127.0.0.1, and the file that holds it;
 * - `kept`: all it accepted since it was last asked.
 */
export interface RefusingServer {
  readonly exchange: number
  readonly xclient: number
  readonly lmtp: number
  readonly socket: string
  readonly certificate: Certificate
  readonly kept: Effect.Effect<ReadonlyArray<Kept>>
}

const address = (path: string): string => path.slice(1, -1)

const local = (path: string): string => address(path).split("@")[0] ?? ""

const queueId = "4FqK1z"

const queued = Verdict.queued(queueId)

const refused = Verdict.reject(550, { subject: 7, detail: 1, text: "Not you" })

/** What becomes of a message for that recipient; `busy` holds the mailboxes that were so already. */
const fate = (
  busy: Ref.Ref<HashSet.HashSet<string>>,
  recipient: string
): Effect.Effect<Verdict.Verdict> =>
  recipient.startsWith("full@")
    ? Effect.succeed(Verdict.reject(554, { subject: 6, detail: 0, text: "Not this" }))
    : recipient.startsWith("busy@")
    ? Ref.modify(busy, (before) => [
      HashSet.has(before, recipient) ? queued : Verdict.mailboxBusy,
      HashSet.add(before, recipient)
    ])
    : Effect.succeed(queued)

/**
 * No is said to the client `refused.example`, the sender `refused`, the recipients `nobody` (for good)
 * and `later` (for now), to messages for `full` (for good), and to the first one for each `busy` (for
 * now).
 */
const decisions = (
  kept: Queue.Enqueue<Kept>,
  busy: Ref.Ref<HashSet.HashSet<string>>
): Handler.Decisions<unknown, never> => ({
  hello: (_client, name) =>
    Effect.succeed(Domain.print(name) === "refused.example" ? refused : Verdict.ok),
  mail: (_client, { from }) =>
    Effect.succeed(
      local(ReversePath.print(from)) === "refused" ? refused : Verdict.senderOk
    ),
  recipient: (_client, _envelope, { path }) => {
    const name = local(ForwardPath.print(path))
    return Effect.succeed(
      name === "nobody"
        ? Verdict.noSuchMailbox
        : name === "later"
        ? Verdict.insufficientStorage
        : Verdict.recipientOk
    )
  },
  message: (client, { from, parameters, recipients, verdicts }, incoming) =>
    Effect.gen(function*() {
      const message = yield* incoming.collect(messageSize)
      const fates = yield* Effect.forEach(recipients, ({ path }) => {
        const to = address(ForwardPath.print(path))
        return Effect.map(fate(busy, to), (verdict) => ({ to, verdict }))
      })
      const taken = fates.filter(({ verdict }) => Verdict.is("Accept")(verdict))
      if (taken.length === fates.length || verdicts === "Each" && taken.length > 0) {
        yield* Queue.offer(kept, {
          name: queueId,
          session: client.session,
          client: Endpoint.print(client.peer.remote),
          protocol: client.protocol,
          from: address(ReversePath.print(from)),
          to: taken.map(({ to }) => to),
          message: Buffer.from(message).toString("latin1"),
          smtpUtf8: parameters.smtpUtf8,
          body: parameters.body,
          user: Option.map(client.identity, ({ authenticated }) => authenticated),
          tls: Option.map(client.peer.tls, ({ version }) => version)
        })
      }
      return Verdict.each(fates.map(({ verdict }) => verdict))
    })
})

/** Who is on this machine. */
const neighbours = Either.getOrThrow(Trust.peers(["127.0.0.1"]))

const name = Either.getOrThrow(Domain.parse("mx.example"))

/** Starts the server, with decisions of the caller's instead of its own where there are some. */
export const make = (
  overrides: Partial<Handler.Decisions<unknown, never>> = {}
): Effect.Effect<
  RefusingServer,
  unknown,
  FileSystem.FileSystem | Listener | Scope.Scope
> =>
  Effect.gen(function*() {
    const { identity } = yield* NodeCertificate.selfSigned({
      names: ["mx.example", "localhost", "127.0.0.1"]
    })
    const file = yield* certificateFile(identity.certificate)
    const tls = Tls.server({ identity })
    const kept = yield* Queue.unbounded<Kept>()
    const busy = yield* Ref.make(HashSet.empty<string>())
    const socket = `${yield* Machine.folder}/lmtp`
    const { endpoints } = yield* SmtpServer.serve({
      name,
      places: [
        { endpoint: Port.endpoint(0), policy: Policy.exchange(tls) },
        {
          endpoint: Port.endpoint(0),
          policy: Policy.exchange(tls),
          trust: Trust.make({ xclient: neighbours })
        },
        { endpoint: Port.endpoint(0), policy: Policy.lmtp },
        { endpoint: Endpoint.Unix({ path: socket }), policy: Policy.lmtp }
      ],
      limits: Limits.make({ messageSize }),
      grace: "1 second"
    }).pipe(
      Effect.provide(Handler.layer({ ...decisions(kept, busy), ...overrides }))
    )
    const [exchange = 0, xclient = 0, lmtp = 0] = endpoints.map(Port.of)
    return {
      exchange,
      xclient,
      lmtp,
      socket,
      certificate: { pem: identity.certificate, file },
      kept: Effect.map(Queue.takeAll(kept), (all) => [...all])
    }
  })

const certificateFile = (
  pem: string
): Effect.Effect<string, PlatformError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const file = `${yield* Machine.folder}/certificate.pem`
    yield* Effect.flatMap(FileSystem.FileSystem, (files) => files.writeFileString(file, pem))
    return file
  })
