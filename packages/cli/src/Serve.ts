/**
 * Serve: the server behind `smtp serve`, as a function of a record. It stores what it gets, or drops
 * it; it never sends anything on.
 *
 * @module
 */
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import type * as Listener from "@effect-smtp/flow/Listener"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodePasswordFile from "@effect-smtp/node/NodePasswordFile"
import * as Limits from "@effect-smtp/protocol/Limits"
import * as Authenticator from "@effect-smtp/server/Authenticator"
import * as Extensions from "@effect-smtp/server/Extensions"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as StoredKeys from "@effect-smtp/server/StoredKeys"
import * as Trust from "@effect-smtp/server/Trust"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import type { IpBlock } from "@effect-smtp/wire/IpBlock"
import type * as CommandExecutor from "@effect/platform/CommandExecutor"
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Arr from "effect/Array"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { BadFile } from "./CliError.js"
import { stamped } from "./internal/stamped.js"
import { unreadable } from "./internal/unreadable.js"
import * as OnMessage from "./OnMessage.js"
import type { Login } from "./Password.js"
import * as Spool from "./Spool.js"

/**
 * What becomes of a message: kept in a directory (see `Spool`), given to a command (see `OnMessage`), or
 * dropped.
 */
export type Storage = Data.TaggedEnum<{
  Keep: { readonly directory: string }
  Give: OnMessage.Options
  Discard: {}
}>

/** Constructors and matchers of {@link Storage}. */
export const Storage = Data.taggedEnum<Storage>()

/**
 * Who may log in: nobody, so that AUTH is not offered; one user; those of a file (`NodePasswordFile` of
 * `node`), which is read again when it changes.
 */
export type Users = Data.TaggedEnum<{
  Nobody: {}
  One: { readonly login: Login }
  InFile: { readonly file: string }
}>

/** Constructors and matchers of {@link Users}. */
export const Users = Data.taggedEnum<Users>()

/**
 * - `host`: the address all ports are bound on;
 * - `port`: clear text, with STARTTLS on offer; `tlsPort`: TLS from the first byte; `submissionPort`:
 *   STARTTLS and AUTH come before MAIL, so it is of use only with `users`. 0 takes any free port;
 * - `lmtpPort`, `lmtpSocket`: LMTP (RFC 2033) on a port and on a Unix socket, without TLS and AUTH: for a
 *   server near by, where nobody else can reach them;
 * - `proxyFrom`: the proxies, each connection of which begins with a PROXY header that is believed
 *   (haproxy's proxy-protocol.txt); one without is closed. Everybody else is a client like any other;
 * - `identity`: the certificate and its key;
 * - `users`: who may log in;
 * - `requireAuth`: AUTH must come before MAIL everywhere, so that LMTP takes no mail;
 * - `limits`: those that differ from the defaults of `protocol`'s `Limits`;
 * - `acceptDomains`: the recipients' domains that mail is taken for; of any, if there are none here;
 * - `trace`: whether each message begins with a `Received:` field of this server (RFC 5321 section 4.4), so
 *   that it is no more what was sent, octet by octet. Default no;
 * - `dsn`: whether DSN is offered (RFC 3461). Nothing here sends a notification, so whoever takes the messages
 *   has to: the parameters are kept with them, or given to the command. Default no;
 * - `grace`: how long running transactions may go on when the server stops. Default 30 seconds.
 */
export interface Config {
  readonly name: Domain.Domain
  readonly host: string
  readonly port: number
  readonly tlsPort: number
  readonly submissionPort: Option.Option<number>
  readonly lmtpPort: Option.Option<number>
  readonly lmtpSocket: Option.Option<string>
  readonly proxyFrom: ReadonlyArray<IpBlock>
  readonly identity: Tls.ServerOptions["identity"]
  readonly users: Users
  readonly requireAuth: boolean
  readonly storage: Storage
  readonly limits: Partial<Limits.Limits>
  readonly acceptDomains: ReadonlyArray<Domain.Domain>
  readonly trace?: boolean
  readonly dsn?: boolean
  readonly grace?: Duration.DurationInput
}

/** Where it listens, with the real ports; `lmtp`: the port, then the Unix socket. */
export interface Running {
  readonly plain: Endpoint.Endpoint
  readonly tls: Endpoint.Endpoint
  readonly submission: Option.Option<Endpoint.Endpoint>
  readonly lmtp: ReadonlyArray<Endpoint.Endpoint>
}

const discard = Handler.make({
  recipient: () => Effect.succeed(Verdict.recipientOk),
  message: () => Effect.succeed(Verdict.accept(250, { subject: 0, detail: 0, text: "Dropped" }))
})

const passwordFile = (file: string) =>
  Effect.mapError(NodePasswordFile.make(file, StoredKeys), ({ expected, line }) =>
    new BadFile({
      what: "a users file",
      file,
      reason: Option.match(line, {
        onNone: () => `expected ${expected}`,
        onSome: (line) => `line ${line}: expected ${expected}`
      })
    }))

/** The same for recipients of these domains alone, if there are any; `Postmaster` is of each. */
const within = (domains: Config["acceptDomains"], handler: Handler.Shape): Handler.Shape =>
  domains.length === 0 ? handler : {
    ...handler,
    recipient: (client, envelope, recipient) =>
      Option.exists(
          ForwardPath.toMailbox(recipient.path),
          ({ domain }) => !domains.some((accepted) => Domain.Equivalence(accepted, domain))
        )
        ? Effect.succeed(Verdict.relayDenied)
        : handler.recipient(client, envelope, recipient)
  }

/** Whom it believes who its clients are. */
const trusting = (proxies: Config["proxyFrom"]): Trust.Trust =>
  proxies.length === 0 ? Trust.none : Trust.make({
    proxy: Option.some({ from: { blocks: proxies, unixSockets: false }, others: "Welcome" })
  })

/** Where it is to listen, in the order of {@link Running}. */
const placesOf = (config: Config): SmtpServer.Options["places"] => {
  const tls = Tls.server({ identity: config.identity })
  const authentication = config.requireAuth ? "Required" : "Optional"
  const trust = trusting(config.proxyFrom)
  const tcp = (port: number) => Endpoint.Tcp({ host: config.host, port })
  const place = (policy: Policy.Policy) => (endpoint: Endpoint.Endpoint): SmtpServer.Place => ({
    endpoint,
    policy,
    trust
  })
  const lmtp = [
    ...Option.toArray(config.lmtpPort).map(tcp),
    ...Option.toArray(config.lmtpSocket).map((path) => Endpoint.Unix({ path }))
  ]
  return [
    place({ ...Policy.exchange(tls), authentication })(tcp(config.port)),
    place({ ...Policy.submissions(tls), authentication })(tcp(config.tlsPort)),
    ...Option.toArray(config.submissionPort).map(tcp).map(place(Policy.submission(tls))),
    ...lmtp.map(place({ ...Policy.lmtp, authentication }))
  ]
}

/**
 * Starts the server in the caller's scope; closing it stops the server in order (`SmtpServer.serve`).
 * It fails when an endpoint cannot be bound, the spool's directory cannot be made, or the file of users
 * cannot be used.
 */
export const start = (
  config: Config
): Effect.Effect<
  Running,
  FlowError | PlatformError | BadFile,
  | Listener.Listener
  | CommandExecutor.CommandExecutor
  | FileSystem.FileSystem
  | Path.Path
  | Scope.Scope
> =>
  Effect.gen(function*() {
    const storing = yield* Storage.$match(config.storage, {
      Keep: ({ directory }) =>
        Effect.mapError(Spool.handler(directory), unreadable("a spool", directory)),
      Give: OnMessage.handler,
      Discard: () => Effect.succeed(discard)
    })
    const taking = within(config.acceptDomains, storing)
    const handler = config.trace === true ? stamped(config.name, taking) : taking
    const serving = SmtpServer.serve({
      name: config.name,
      limits: Limits.make(config.limits),
      extensions: Extensions.make({ dsn: config.dsn === true }),
      places: placesOf(config),
      ...(config.grace === undefined ? {} : { grace: config.grace })
    })
    const [plain, tls, ...more] = yield* Users.$match(config.users, {
      Nobody: () => serving,
      One: ({ login: { password, user } }) =>
        Effect.provide(serving, Authenticator.layerPasswords(new Map([[user, password]]))),
      InFile: ({ file }) =>
        Effect.flatMap(
          passwordFile(file),
          (users) =>
            Effect.provide(
              serving,
              Authenticator.layer({
                ...StoredKeys.abilities(users),
                checkPassword: users.checkPassword
              })
            )
        )
    }).pipe(
      Effect.provideService(Handler.Handler, handler),
      Effect.map(({ endpoints }) => endpoints)
    )
    const [submission, lmtp] = Arr.splitAt(more, Option.isSome(config.submissionPort) ? 1 : 0)
    return { plain, tls, submission: Arr.head(submission), lmtp }
  })
