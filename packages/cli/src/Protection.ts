/**
 * Protection: how `smtp send` and `smtp probe` come to a port and to a `Security`, from flags that may
 * say little.
 *
 * @module
 */
import * as Credentials from "@effect-smtp/client/Credentials"
import * as Security from "@effect-smtp/client/Security"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Options from "@effect/cli/Options"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { BadFile, WrongUse } from "./CliError.js"
import * as Flag from "./internal/flag.js"
import { readText } from "./internal/readText.js"

/** The values of `--tls`: those of `Security`, in one word each. */
export const modes = ["implicit", "starttls", "opportunistic", "none"] as const

/** One of {@link modes}. */
export type Mode = typeof modes[number]

/** The flags of both. */
export const options = {
  tls: Options.choice("tls", modes).pipe(
    Options.optional,
    Options.withDescription("How the session is protected. Default: see below.")
  ),
  ca: Flag.path("ca").pipe(
    Options.optional,
    Options.withDescription(
      "Certificates to trust instead of the system's, PEM: a file, or a directory of them."
    )
  )
}

/** The text of the certificates to trust, if there are any. Of a directory, that of all files that have some. */
export const authorities = (
  { ca }: { readonly ca: Option.Option<string> }
): Effect.Effect<Option.Option<string>, BadFile, FileSystem.FileSystem> =>
  Option.match(ca, {
    onNone: () => Effect.succeedNone,
    onSome: (path) => Effect.asSome(certificates(path))
  })

const what = "certificates"

const certificates = (
  path: string
): Effect.Effect<string, BadFile, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const names = yield* Effect.option(fs.readDirectory(path))
    if (Option.isNone(names)) return yield* readText(what, path)
    const texts = yield* Effect.forEach(
      names.value.map((name) => `${path}/${name}`),
      (file) => Effect.orElseSucceed(fs.readFileString(file), () => "")
    )
    const some = texts.filter((text) => text.includes("-----BEGIN CERTIFICATE-----"))
    return some.length > 0
      ? Array.from(new Set(some)).join("\n")
      : yield* new BadFile({ what, file: path, reason: "expected a file with some in it" })
  })

/** What is not said follows from what is; for the help text. */
export const rules = [
  "--tls implicit makes it port 465, a login (--user, --auth) port 587, anything else port 25.",
  "Port 465 makes it --tls implicit; port 587, a login or --require-tls --tls starttls; anything " +
  "else --tls opportunistic.",
  "Opportunistic goes on in clear text where the server offers no STARTTLS. There send accepts any " +
  "certificate unless there is a --ca or a login; probe checks every one, and goes on past a bad one."
] as const

/** Port and mode by the {@link rules}, a port that was given deciding over everything else. */
export const defaults = (flags: {
  readonly port: Option.Option<number>
  readonly tls: Option.Option<Mode>
  readonly login: boolean
  readonly requireTls: boolean
}): { readonly port: number; readonly mode: Mode } => {
  const { login, requireTls } = flags
  const port = Option.getOrElse(
    flags.port,
    () => Option.contains(flags.tls, "implicit") ? 465 : login ? 587 : 25
  )
  const mode = Option.getOrElse(
    flags.tls,
    () =>
      port === 465
        ? "implicit"
        : port === 587 || login || requireTls
        ? "starttls"
        : "opportunistic"
  )
  return { port, mode }
}

/** What `--insecure` is worth saying about. */
export const warning = "smtp: --insecure: anybody on the way can read and change everything"

/** Mechanisms that say the secret itself, or as good as. */
const telling: ReadonlyArray<string> = ["PLAIN", "LOGIN", ...Credentials.tokenMechanisms]

/**
 * What a session is to be protected with. What would show a secret (of `credentials`) in clear text wants
 * `insecure`. `identity` is for the client's side of the handshake. `requireTls` wants a certificate that
 * was checked (RFC 8689 section 4.2.1).
 */
export interface Wanted {
  readonly mode: Mode
  readonly ca: Option.Option<string>
  readonly insecure: boolean
  readonly credentials: Option.Option<Credentials.Credentials>
  readonly identity: Option.Option<Tls.Identity>
  readonly requireTls: boolean
}

/**
 * The `Security` for a mode. Opportunistic TLS would go on in clear text without any certificate, so it
 * takes a bad one, too, unless a `ca` or a login shows that it matters.
 */
export const security = (
  flags: Wanted & { readonly host: string }
): Either.Either<Security.Security, WrongUse> =>
  Either.map(forAny(flags), (security) => security(flags.host))

/** The same for whichever host it comes to. */
export const forAny = (
  flags: Wanted
): Either.Either<(host: string) => Security.Security, WrongUse> => {
  const { ca, credentials, identity, insecure, mode, requireTls } = flags
  const wrong = (reason: string) => Either.left(new WrongUse({ reason }))
  if (insecure && Option.isSome(ca)) {
    return wrong("--ca says whom to trust, and --insecure to trust everybody")
  }
  if (requireTls && insecure) {
    return wrong("--require-tls wants a good certificate, and --insecure takes any")
  }
  if (requireTls && (mode === "none" || mode === "opportunistic")) {
    return wrong(`--require-tls wants TLS, and --tls ${mode} can do without`)
  }
  if (mode === "none") {
    if (Option.isSome(ca)) return wrong("--ca is for TLS, and --tls none is without")
    if (Option.isSome(identity)) {
      return wrong("--client-cert is for TLS, and --tls none is without")
    }
    const tells = Option.exists(
      credentials,
      (some) => Credentials.mechanisms(some).some((name) => telling.includes(name))
    )
    if (tells && !insecure) {
      return wrong(
        "--tls none would show the secret to everybody on the way; --insecure says that it may"
      )
    }
    const clear = Security.ClearText({ credentials: insecure ? "ExposedToEveryone" : "Refused" })
    return Either.right(() => clear)
  }
  const careless = mode === "opportunistic" && Option.isNone(ca) && Option.isNone(credentials)
  return Either.right((host) =>
    withTls(
      mode,
      Tls.client({
        serverName: host,
        verify: insecure || careless ? "none" : "full",
        ...(Option.isNone(ca) ? {} : { ca: [ca.value] }),
        ...(Option.isNone(identity) ? {} : { identity: identity.value })
      })
    )
  )
}

const withTls = (mode: Exclude<Mode, "none">, tls: Tls.ClientOptions): Security.Security => {
  switch (mode) {
    case "implicit":
      return Security.Implicit({ tls })
    case "starttls":
      return Security.StartTls({ tls })
    case "opportunistic":
      return Security.Opportunistic({ tls })
  }
}

/**
 * The `Security` of a probe, which looks at a certificate whatever the mode, and has a flag of its own
 * (`exposed`) for secrets. `serverName`: the name in the certificate, where it is not the host's;
 * `version`, `ciphers`: what alone is to be spoken.
 */
export const forProbe = (flags: {
  readonly host: string
  readonly serverName: Option.Option<string>
  readonly version: Option.Option<Tls.Version>
  readonly ciphers: Option.Option<string>
  readonly mode: Mode
  readonly ca: Option.Option<string>
  readonly identity: Option.Option<Tls.Identity>
  readonly exposed: boolean
}): Either.Either<Security.Security, WrongUse> => {
  const { ca, ciphers, exposed, host, identity, mode, serverName, version } = flags
  if (mode !== "none") {
    return Either.right(withTls(
      mode,
      Tls.client({
        serverName: Option.getOrElse(serverName, () => host),
        ...(Option.isNone(ca) ? {} : { ca: [ca.value] }),
        ...(Option.isNone(identity) ? {} : { identity: identity.value }),
        ...(Option.isNone(version)
          ? {}
          : { minVersion: version.value, maxVersion: version.value }),
        ...(Option.isNone(ciphers) ? {} : { ciphers: ciphers.value })
      })
    ))
  }
  return [ca, identity, serverName, version, ciphers].some((given) => Option.isSome<unknown>(given))
    ? Either.left(
      new WrongUse({
        reason:
          "--ca, --client-cert, --server-name, --tls-version and --tls-ciphers are for TLS, " +
          "and --tls none is without"
      })
    )
    : Either.right(Security.ClearText({ credentials: exposed ? "ExposedToEveryone" : "Refused" }))
}
