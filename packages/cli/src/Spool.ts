/**
 * Spool: a directory of messages, and the handler that fills it.
 *
 * A message is `NAME.eml`, its exact bytes as they came after un-stuffing; beside it lies `NAME.json`,
 * its envelope ({@link Stored}). Names begin with the time and sort by it. Both are written under
 * `tmp/`, synced, and renamed, the envelope first, before the client is told 250: a message that can be
 * seen is whole and has its envelope, and survives a power failure as far as the platform keeps its
 * word. What cannot be stored is answered 452 (no room) or 451 (anything else), and leaves nothing
 * behind; so does what could not be stored in the time that a handler has, even where its files had
 * their last names already. What a killed process left under `tmp/` may be deleted.
 *
 * @module
 */
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { ClientInfo } from "@effect-smtp/server/ClientInfo"
import type { Envelope } from "@effect-smtp/server/Envelope"
import * as Handler from "@effect-smtp/server/Handler"
import type { Incoming, IncomingError } from "@effect-smtp/server/Incoming"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import * as Octets from "@effect-smtp/wire/Octets"
import * as Parameter from "@effect-smtp/wire/Parameter"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { codeOf } from "./internal/codeOf.js"
import { refuse } from "./internal/refusal.js"

/**
 * An envelope as it is stored.
 *
 * - `receivedAt`: when the message began to arrive, ISO 8601 in UTC;
 * - `from`: the sender's address, empty for the null sender; `parameters`: those of MAIL, as written;
 * - `to`: the recipients' addresses; `toParameters`: those of each RCPT, as written, in the same order;
 * - `size`: octets of the message;
 * - `client`: the other end, what it calls itself, the TLS version, and who it has proved to be.
 */
export const Stored = Schema.Struct({
  receivedAt: Schema.String,
  from: Schema.String,
  parameters: Schema.Array(Schema.String),
  to: Schema.Array(Schema.String),
  toParameters: Schema.Array(Schema.Array(Schema.String)),
  size: Schema.Number,
  client: Schema.Struct({
    session: Schema.String,
    remote: Schema.String,
    protocol: Schema.Literal("SMTP", "ESMTP", "LMTP"),
    name: Schema.NullOr(Schema.String),
    tls: Schema.NullOr(Schema.String),
    user: Schema.NullOr(Schema.String)
  })
})

/** The value of {@link Stored}. */
export type Stored = typeof Stored.Type

const encodeStored = Schema.encode(Schema.parseJson(Stored, { space: 2 }))

/** The two files of a message. */
export interface Files {
  readonly message: string
  readonly envelope: string
}

/** Where the message of that name lies, or will lie. */
export const files = (
  directory: string,
  name: string
): Effect.Effect<Files, never, Path.Path> =>
  Effect.map(Path.Path, (path) => ({
    message: path.join(directory, `${name}.eml`),
    envelope: path.join(directory, `${name}.json`)
  }))

/** The names of the messages in a spool, the oldest first. */
export const list = (
  directory: string
): Effect.Effect<ReadonlyArray<string>, PlatformError, FileSystem.FileSystem> =>
  Effect.map(
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readDirectory(directory)),
    (entries) =>
      entries.filter((entry) => entry.endsWith(".eml")).map((entry) => entry.slice(0, -4)).sort()
  )

/**
 * The handler that stores every message for every recipient, in that directory, which is made if it is
 * not there. Nothing is ever sent on, so accepting all recipients relays nothing.
 */
export const handler = (
  directory: string
): Effect.Effect<Handler.Shape<IncomingError>, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const temporary = path.join(directory, "tmp")
    yield* fs.makeDirectory(temporary, { recursive: true, mode: 0o700 })
    const context = yield* Effect.context<FileSystem.FileSystem | Path.Path>()

    return Handler.make({
      recipient: () => Effect.succeed(Verdict.recipientOk),
      message: (client, envelope, message) =>
        store({ directory, temporary }, client, envelope, message).pipe(
          Effect.provide(context),
          Effect.catchTags({ SystemError: refuse, BadArgument: refuse })
        )
    })
  })

interface Place {
  readonly directory: string
  readonly temporary: string
}

/**
 * The draft, its last names, and then the verdict. Where this is interrupted the client hears of a refusal,
 * perhaps before the system is done: so that is looked at last, with nothing behind it to be waited for,
 * and what has been published is withdrawn.
 */
const store = (place: Place, client: ClientInfo, envelope: Envelope, message: Incoming) =>
  Effect.uninterruptibleMask((restore) =>
    restore(draft(place, client, envelope, message)).pipe(
      Effect.tap(({ drafted, final }) => publish(place.directory, drafted, final)),
      Effect.scoped,
      Effect.tap(({ final }) => Effect.onInterrupt(restore(Effect.void), () => withdraw(final))),
      Effect.tap(({ name, size }) =>
        Effect.logInfo("message stored").pipe(
          Effect.annotateLogs({ name, size, recipients: envelope.recipients.length })
        )
      ),
      Effect.map(({ name }) => Verdict.queued(name))
    )
  )

/** The message and its envelope, whole, under `tmp/`, until the scope closes. */
const draft = (
  { directory, temporary }: Place,
  client: ClientInfo,
  envelope: Envelope,
  message: Incoming
) =>
  Effect.gen(function*() {
    const now = new Date(yield* Clock.currentTimeMillis).toISOString()
    const random = yield* Random.nextIntBetween(0, 2 ** 48)
    const name = `${now.replace(/[-:.]/g, "")}-${random.toString(16).padStart(12, "0")}`
    const drafted = yield* files(temporary, name)
    const final = yield* files(directory, name)

    const size = yield* write(drafted.message, message.stream)
    const json = yield* Effect.orDie(encodeStored(describe(now, size, client, envelope)))
    yield* write(drafted.envelope, Stream.make(new TextEncoder().encode(`${json}\n`)))
    return { name, size, drafted, final }
  })

/** Writes and syncs a new file, and tells its size. It is removed at the end of the scope. */
const write = <E>(
  file: string,
  content: Stream.Stream<Uint8Array, E>
): Effect.Effect<number, E | PlatformError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(file, { force: true })))
    return yield* Effect.scoped(Effect.gen(function*() {
      const handle = yield* fs.open(file, { flag: "wx", mode: 0o600 })
      // The system goes on with a write that nobody waits for, and must not with a closed descriptor.
      const size = yield* Stream.runFoldEffect(
        Stream.chunks(content),
        0,
        (before, chunk) =>
          Effect.uninterruptible(Effect.as(
            handle.writeAll(Octets.concat(Chunk.toReadonlyArray(chunk))),
            Chunk.reduce(chunk, before, (total, bytes) => total + bytes.length)
          ))
      )
      yield* Effect.uninterruptible(handle.sync)
      return size
    }))
  })

/** Both files appear, or neither. */
const publish = (
  directory: string,
  drafted: Files,
  final: Files
): Effect.Effect<void, PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.rename(drafted.envelope, final.envelope).pipe(
      Effect.zipRight(fs.rename(drafted.message, final.message)),
      Effect.zipRight(syncDirectory(fs, directory)),
      Effect.onError(() => withdraw(final)),
      Effect.uninterruptible
    ))

/** The message first: it is not to be seen without its envelope. */
const withdraw = ({ envelope, message }: Files) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.forEach(
      [message, envelope],
      (file) => Effect.ignore(fs.remove(file, { force: true })),
      { discard: true }
    ))

/** Makes the new names last, on platforms whose directories can be synced. */
const syncDirectory = (fs: FileSystem.FileSystem, directory: string) =>
  fs.open(directory).pipe(
    Effect.flatMap((handle) => handle.sync),
    Effect.scoped,
    Effect.catchIf(
      (error) => ["EISDIR", "EPERM", "EINVAL", "ENOTSUP"].includes(codeOf(error)),
      () => Effect.void
    )
  )

/** An envelope as it is stored. */
export const describe = (
  receivedAt: string,
  size: number,
  { identity, name, peer, protocol, session }: ClientInfo,
  { from, parameters, recipients }: Envelope
): Stored => ({
  receivedAt,
  from: Option.match(ReversePath.toMailbox(from), { onNone: () => "", onSome: Mailbox.print }),
  parameters: MailParameters.toParameters(parameters).map(Parameter.print),
  to: recipients.map((recipient) =>
    Option.match(ForwardPath.toMailbox(recipient.path), {
      onNone: () => "Postmaster",
      onSome: Mailbox.print
    })
  ),
  toParameters: recipients.map(({ parameters }) =>
    RcptParameters.toParameters(parameters).map(Parameter.print)
  ),
  size,
  client: {
    session,
    remote: Endpoint.print(peer.remote),
    protocol,
    name: Option.getOrNull(Option.map(name, Domain.print)),
    tls: Option.getOrNull(Option.map(peer.tls, ({ version }) => version)),
    user: Option.getOrNull(Option.map(identity, ({ actsAs }) => actsAs))
  }
})
