/**
 * Target: the server that a command talks to, and how: `--host` and what belongs to it, or a URL of the
 * configuration.
 *
 * @module
 */
import * as ConnectionUrl from "@effect-smtp/client/ConnectionUrl"
import type { Destination } from "@effect-smtp/client/Destination"
import type * as Domain from "@effect-smtp/wire/Domain"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { WrongUse } from "./CliError.js"
import * as Flag from "./internal/flag.js"
import * as Place from "./internal/place.js"
import * as Login from "./Login.js"
import * as Protection from "./Protection.js"
import * as Settings from "./Settings.js"

/** A name or an address, and the port where it was said behind it. */
export interface Host {
  readonly name: string
  readonly port: Option.Option<number>
}

/**
 * Reads `HOST`, `HOST:PORT`, `[ADDRESS]` or `[ADDRESS]:PORT`. More than one colon without brackets is an
 * IPv6 address alone.
 */
export const parseHost = (text: string): Either.Either<Host, string> => {
  const wrong = Either.left(`--host wants HOST or HOST:PORT, and got ${text}`)
  const found = /^(?:\[([^\]]*)\]|([^:]*))(?::([0-9]{1,5}))?$/.exec(text)
  if (found === null) {
    return /:.*:/.test(text) && !text.includes("[")
      ? Either.right({ name: text, port: Option.none() })
      : wrong
  }
  const name = found[1] ?? found[2]
  const port = Option.map(Option.fromNullable(found[3]), Number)
  return name === "" || Option.exists(port, (port) => port < 1 || port > 65_535)
    ? wrong
    : Either.right({ name, port })
}

/** The flags. */
export const options = {
  host: Flag.checked(Options.text("host"), parseHost).pipe(
    Options.optional,
    Options.withPseudoName("host[:port]"),
    Options.withDescription("The server: a name or an address, and perhaps a port.")
  ),
  login: Login.options,
  ...Place.options,
  ...Protection.options,
  insecure: Options.boolean("insecure").pipe(
    Options.withDescription(
      "Accept any certificate; with --tls none, show the secret to everybody on the way."
    )
  ),
  hello: Flag.domain("hello").pipe(
    Options.optional,
    Options.withDescription("What to call oneself. Default: the literal of the own address.")
  )
}

/** What the flags say. */
export interface Flags extends Place.Flags {
  readonly host: Option.Option<Host>
  readonly login: Login.Flags
  readonly tls: Option.Option<Protection.Mode>
  readonly ca: Option.Option<string>
  readonly insecure: boolean
  readonly hello: Option.Option<Domain.Domain>
}

/** Whether the flags say which server. */
export const isNamed = ({ host, socket }: Flags): boolean =>
  Option.isSome(host) || Option.isSome(socket)

/** The flags that were given and mean nothing without a `--host` or a `--socket`. */
export const dependent = (flags: Flags): ReadonlyArray<string> => {
  const { auth, clientCert, clientKey, passwordFile, tokenFile, user } = flags.login
  const given: Readonly<Record<string, boolean>> = {
    port: Option.isSome(flags.port),
    lmtp: flags.lmtp,
    tls: Option.isSome(flags.tls),
    ca: Option.isSome(flags.ca),
    insecure: flags.insecure,
    user: Option.isSome(user),
    auth: Option.isSome(auth),
    "password-file": Option.isSome(passwordFile),
    "token-file": Option.isSome(tokenFile),
    "client-cert": Option.isSome(clientCert),
    "client-key": Option.isSome(clientKey)
  }
  return Object.keys(given).filter((name) => given[name]).map((name) => `--${name}`)
}

/** The host that the flags name, else this one, and the port that was said in either way. */
export const hostAndPort = (
  flags: Pick<Flags, "host" | "port" | "socket">,
  name: string
): Effect.Effect<Host, WrongUse> => {
  const host = Option.getOrElse(flags.host, (): Host => ({ name, port: Option.none() }))
  return Option.isSome(host.port) && (Option.isSome(flags.port) || Option.isSome(flags.socket))
    ? new WrongUse({ reason: "the host has a port: --port or --socket would be another place" })
    : Effect.succeed({ name: host.name, port: Option.orElse(flags.port, () => host.port) })
}

/** The destination that the flags describe, by default on this machine. */
const described = (flags: Flags, requireTls: boolean) =>
  Effect.gen(function*() {
    const { name: host, port: chosen } = yield* hostAndPort(flags, "localhost")
    yield* Place.check({ ...flags, port: chosen })
    const credentials = yield* Login.credentials(flags.login)
    const identity = yield* Login.identity(flags.login)
    const { mode, port } = Protection.defaults({
      ...flags,
      port: chosen,
      login: Option.isSome(credentials),
      requireTls
    })
    const ca = yield* Protection.authorities(flags)
    const security = yield* Protection.security({
      ...flags,
      host,
      ca,
      credentials,
      identity,
      mode,
      requireTls
    })
    const destination: Destination = {
      endpoint: Place.endpoint(host, port, flags.socket),
      session: {
        security,
        protocol: flags.lmtp ? "Lmtp" : "Smtp",
        ...(Option.isNone(credentials) ? {} : { credentials: credentials.value })
      }
    }
    return destination
  })

/** The destination of the variable `SMTP_URL`, where there is one. */
const configured: Effect.Effect<Option.Option<Destination>, WrongUse> = Effect.flatMap(
  Settings.orVariable(Option.none(), "SMTP_URL"),
  Option.match({
    onNone: () => Effect.succeedNone,
    onSome: () =>
      Effect.mapBoth(ConnectionUrl.config(), {
        onFailure: (error) => new WrongUse({ reason: `SMTP_URL: ${error.message}` }),
        onSuccess: Option.some
      })
  })
)

/**
 * Where to go and how. A `--host` or a `--socket` decides over the variable `SMTP_URL`, and that over the
 * default, this machine. A URL says all of it: `WrongUse` for a flag that it would make void.
 */
export const read = (flags: Flags, wishes: { readonly requireTls: boolean }) =>
  Effect.gen(function*() {
    const url = isNamed(flags) ? Option.none<Destination>() : yield* configured
    const dest = yield* Option.match(url, {
      onNone: () => described(flags, wishes.requireTls),
      onSome: (found) => undisputed(found, dependent(flags))
    })
    return Option.match(flags.hello, {
      onNone: () => dest,
      onSome: (name): Destination => ({ ...dest, session: { ...dest.session, name } })
    })
  })

const undisputed = (
  found: Destination,
  flags: ReadonlyArray<string>
): Effect.Effect<Destination, WrongUse> =>
  flags.length === 0
    ? Effect.succeed(found)
    : new WrongUse({ reason: `SMTP_URL says where to and how; ${flags[0]} goes with a --host` })
