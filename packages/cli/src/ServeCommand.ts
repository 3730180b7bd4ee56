/**
 * ServeCommand: the flags of `smtp serve`.
 *
 * @module
 */
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Announcement from "./Announcement.js"
import * as Certificate from "./Certificate.js"
import { WrongUse } from "./CliError.js"
import * as Flag from "./internal/flag.js"
import * as Log from "./Log.js"
import * as Password from "./Password.js"
import * as Serve from "./Serve.js"
import * as ServeLimits from "./ServeLimits.js"

/** Where messages go unless told otherwise, in the current directory. */
export const defaultSpool = "smtp-spool"

const options = {
  host: Options.text("host").pipe(
    Options.withDefault("127.0.0.1"),
    Options.withDescription("The address to listen on.")
  ),
  port: Flag.port("port", 0).pipe(
    Options.withDefault(2525),
    Options.withDescription("Clear text, with STARTTLS on offer; 0 takes any free port.")
  ),
  tlsPort: Flag.port("tls-port", 0).pipe(
    Options.withDefault(2465),
    Options.withDescription("TLS from the first byte.")
  ),
  submissionPort: Flag.port("submission-port", 0).pipe(
    Options.optional,
    Options.withDescription("Off by default. STARTTLS and AUTH come before MAIL there.")
  ),
  lmtpPort: Flag.port("lmtp-port", 0).pipe(
    Options.optional,
    Options.withDescription("Off by default. LMTP, without TLS and AUTH: for a server near by.")
  ),
  lmtpSocket: Flag.socket("lmtp-socket").pipe(
    Options.optional,
    Options.withDescription("Off by default. LMTP on a Unix socket, which is made.")
  ),
  proxyFrom: Flag.blocks("proxy-from").pipe(
    Options.withPseudoName("address[/prefix]"),
    Options.withDescription(
      "A proxy, or a block of them: its connections must begin with a PROXY header, which is believed."
    )
  ),
  hostname: Flag.domain("hostname").pipe(
    Options.optional,
    Options.withDescription("The server's name in its greeting. Default: localhost.")
  ),
  cert: Flag.path("cert").pipe(
    Options.optional,
    Options.withDescription(
      "The certificate chain, PEM, and may be renewed. Without it one is made on the spot."
    )
  ),
  key: Flag.path("key").pipe(
    Options.optional,
    Options.withDescription("The certificate's private key, PEM.")
  ),
  user: Options.text("user").pipe(
    Options.optional,
    Options.withDescription("A user that may log in; the password is in --password-file.")
  ),
  passwordFile: Flag.passwordFile,
  usersFile: Flag.path("users-file").pipe(
    Options.optional,
    Options.withDescription("Users that may log in, as smtp hash-password prints them, in a file.")
  ),
  requireAuth: Options.boolean("require-auth").pipe(
    Options.withDescription("Take mail only from users.")
  ),
  spool: Flag.path("spool").pipe(
    Options.optional,
    Options.withDescription(
      `Where each message is stored, its envelope beside it. Default: ${defaultSpool}.`
    )
  ),
  discard: Options.boolean("discard").pipe(
    Options.withDescription("Read and drop the messages instead.")
  ),
  onMessage: Options.text("on-message").pipe(
    Options.optional,
    Options.withDescription(
      "Give each message to this command of the shell instead; its exit code is the answer."
    )
  ),
  onMessageTimeout: Flag.seconds("on-message-timeout").pipe(
    Options.withDefault(60),
    Options.withDescription("How many seconds the command may take.")
  ),
  onMessageParallel: Flag.positive("on-message-parallel").pipe(
    Options.withDefault(10),
    Options.withDescription("How many of the commands may run at once.")
  ),
  trace: Options.boolean("trace").pipe(
    Options.withDescription("Begin each message with a Received field of this server.")
  ),
  dsn: Options.boolean("dsn").pipe(
    Options.withDescription(
      "Offer DSN: what is asked for is told with each message, whose taker sends the notifications."
    )
  ),
  acceptDomains: Flag.domains("accept-domain").pipe(
    Options.withDescription("Take mail for recipients of this domain; of any by default.")
  ),
  ...ServeLimits.options,
  log: Log.option
}

const description =
  "Receives mail and stores it, or gives it to a command. Every recipient is accepted, and nothing is " +
  "ever sent on, so this is no relay; --accept-domain takes mail for some domains only. " +
  "SIGINT and SIGTERM stop it in order: running transactions have 30 seconds to finish."

type Flags = Command.Command.ParseConfig<typeof options>

const localhost = Either.getOrThrow(Domain.parseName("localhost"))

const readUsers = (flags: Flags) =>
  Effect.gen(function*() {
    if (Option.isSome(flags.usersFile) && Option.isSome(flags.user)) {
      return yield* new WrongUse({ reason: "--user is one user, and --users-file has them all" })
    }
    const login = yield* Password.login(flags)
    return Option.match(login, {
      onSome: (login) => Serve.Users.One({ login }),
      onNone: () =>
        Option.match(flags.usersFile, {
          onNone: () => Serve.Users.Nobody(),
          onSome: (file) => Serve.Users.InFile({ file })
        })
    })
  })

const readStorage = (flags: Flags): Serve.Storage => {
  if (flags.discard) return Serve.Storage.Discard()
  return Option.match(flags.onMessage, {
    onNone: () =>
      Serve.Storage.Keep({ directory: Option.getOrElse(flags.spool, () => defaultSpool) }),
    onSome: (command) =>
      Serve.Storage.Give({
        command,
        timeout: Duration.seconds(flags.onMessageTimeout),
        parallel: flags.onMessageParallel
      })
  })
}

/** LMTP must not be on port 25 (RFC 2033's abstract), and nobody could log in to it. */
const checkLmtp = ({ lmtpPort, lmtpSocket, requireAuth }: Flags): Effect.Effect<void, WrongUse> =>
  Option.contains(lmtpPort, 25)
    ? new WrongUse({ reason: "--lmtp-port 25: that is SMTP's" })
    : requireAuth && (Option.isSome(lmtpPort) || Option.isSome(lmtpSocket))
    ? new WrongUse({ reason: "--require-auth with LMTP, which has no AUTH here" })
    : Effect.void

/** Seconds in which a server decides about a message, for its client waits no longer than 10 minutes. */
const longestCommand = Duration.toSeconds(Timeouts.defaults.Handler)

/** The record that the flags stand for. */
const read = (flags: Flags) =>
  Effect.gen(function*() {
    const wrong = (reason: string) => new WrongUse({ reason })
    if (Option.isSome(flags.cert) !== Option.isSome(flags.key)) {
      return yield* wrong("--cert and --key go together")
    }
    if (flags.discard && Option.isSome(flags.spool)) {
      return yield* wrong("--discard keeps nothing, and --spool says where to keep it")
    }
    if (Option.isSome(flags.onMessage) && (flags.discard || Option.isSome(flags.spool))) {
      return yield* wrong("--on-message has the messages, and goes with no --spool or --discard")
    }
    if (flags.discard && flags.dsn) {
      return yield* wrong("--dsn promises notifications, and --discard leaves nobody to send them")
    }
    if (flags.onMessageTimeout > longestCommand) {
      return yield* wrong(`--on-message-timeout wants at most ${longestCommand} seconds`)
    }
    const users = yield* readUsers(flags)
    if (flags.requireAuth && users._tag === "Nobody") {
      return yield* wrong("--require-auth without --user or --users-file: nobody could log in")
    }
    if (Option.isSome(flags.submissionPort) && users._tag === "Nobody") {
      return yield* wrong("--submission-port wants a login, and there is no --user or --users-file")
    }
    yield* checkLmtp(flags)
    const name = Option.getOrElse(flags.hostname, () => localhost)
    const certificate = yield* Option.match(Option.all([flags.cert, flags.key]), {
      onNone: () => Certificate.selfSigned([Domain.printBare(name), flags.host]),
      onSome: ([file, key]) => Certificate.watchFiles({ certificate: file, key })
    })
    const config: Serve.Config = {
      ...flags,
      name,
      users,
      identity: certificate.identity,
      storage: readStorage(flags),
      limits: ServeLimits.read(flags)
    }
    return { config, fingerprint: certificate.fingerprint }
  })

/**
 * The command. It runs until it is interrupted; `onStopped` then runs after everything has been closed,
 * so that whoever knows of the interruption can tell an orderly stop from a broken one.
 */
export const make = (onStopped: Effect.Effect<void>) =>
  Command.make("serve", options, (flags) =>
    Effect.gen(function*() {
      const { config, fingerprint } = yield* read(flags)
      const running = yield* Serve.start(config)
      yield* Effect.addFinalizer(() => Effect.logInfo("stopping"))
      const told = flags.log === "json" ? Announcement.toJson : Announcement.print
      for (const fact of Announcement.make(config, fingerprint, running)) {
        yield* Console.log(told(fact))
      }
      return yield* Effect.never
    }).pipe(Effect.scoped, Log.as(flags.log), Effect.onInterrupt(() => onStopped))).pipe(
      Command.withDescription(description)
    )
