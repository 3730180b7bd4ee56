/**
 * ConnectionUrl: a destination as text, as it stands in configurations:
 *
 *     smtps://alice%40mx.example:sesame@mx.example
 *     smtp://alice:sesame@mx.example:2525?auth=PLAIN
 *     smtp://[2001:db8::1]?tls=none&name=client.example
 *
 * `smtps` is TLS from the first byte, on port 465 unless there is another. `smtp` is STARTTLS on port
 * 587 where there is a user, else port 25 with TLS if it is offered. What is left out is never guessed
 * to be less secure than that; `tls=` says otherwise. Names and passwords are percent-encoded (RFC 3986
 * section 2.1).
 *
 * @module
 */
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Credentials from "./Credentials.js"
import type { Destination } from "./Destination.js"
import * as Query from "./internal/urlQuery.js"

/** A part of a URL that can be wrong. */
export type Part = "text" | "scheme" | "user" | "password" | "host" | "port" | "path" | "query"

/**
 * A text is no such URL. `offset` counts UTF-16 units from its start. What the text says is not here:
 * it may hold a password.
 */
export class ConnectionUrlError extends Data.TaggedError("ConnectionUrlError")<{
  readonly part: Part
  readonly offset: number
  readonly expected: string
}> {
  override get message(): string {
    return `${this.part} of a connection URL at offset ${this.offset}: expected ${this.expected}`
  }
}

type Parsed<A> = Either.Either<A, ConnectionUrlError>

/** A piece of the text, and where it stands. */
interface Piece {
  readonly text: string
  readonly offset: number
}

const fail = (part: Part, offset: number, expected: string): Parsed<never> =>
  Either.left(new ConnectionUrlError({ part, offset, expected }))

/**
 * Reads a URL. The query may say, each at most once:
 *
 * - `tls`: `starttls`, `opportunistic` or `none`, for `smtp` only. A password is not sent under `none`;
 * - `auth`: the one mechanism to use, of those in `Credentials.passwordMechanisms`;
 * - `name`: what the client calls itself;
 * - `servername`: the name in the server's certificate, where it is not the host.
 *
 * Any other key, a path and a fragment are errors: what is written there would be without effect.
 */
export const parse = (text: string): Parsed<Destination> =>
  Either.gen(function*() {
    const odd = Array.from(text).findIndex((char) => char <= " " || char === "\x7f")
    if (odd >= 0) return yield* fail("text", odd, "no spaces and no control characters")
    const { implicit, offset } = yield* readScheme(text)
    const after = text.slice(offset).search(/[/?#]/)
    const end = after < 0 ? text.length : offset + after
    const authority = text.slice(offset, end)
    const at = authority.indexOf("@")
    const login = at < 0
      ? Option.none()
      : Option.some(yield* readLogin({ text: authority.slice(0, at), offset }))
    const { host, port } = yield* readHost({
      text: authority.slice(at + 1),
      offset: offset + at + 1
    })
    const query = yield* readQuery(text, end)
    const chosen = yield* Either.mapLeft(
      Query.read(query.text, { host, implicit, hasLogin: Option.isSome(login) }),
      ({ expected, offset }) =>
        new ConnectionUrlError({ part: "query", offset: query.offset + offset, expected })
    )
    const usual = implicit ? 465 : Option.isSome(login) ? 587 : 25
    return {
      endpoint: Endpoint.Tcp({ host, port: Option.getOrElse(port, () => usual) }),
      session: {
        security: chosen.security,
        ...(Option.isSome(chosen.name) ? { name: chosen.name.value } : {}),
        ...(Option.isSome(login)
          ? {
            credentials: Credentials.fromPassword({
              ...login.value,
              ...(Option.isSome(chosen.mechanism) ? { mechanism: chosen.mechanism.value } : {})
            })
          }
          : {})
      }
    }
  })

const readScheme = (
  text: string
): Parsed<{ readonly implicit: boolean; readonly offset: number }> => {
  const end = text.indexOf("://")
  const scheme = text.slice(0, Math.max(0, end)).toLowerCase()
  return scheme === "smtp" || scheme === "smtps"
    ? Either.right({ implicit: scheme === "smtps", offset: end + 3 })
    : fail("scheme", 0, "smtp:// or smtps://")
}

const decode = (part: Part, { offset, text }: Piece): Parsed<string> =>
  Either.mapLeft(
    Encoding.decodeUriComponent(text),
    () => new ConnectionUrlError({ part, offset, expected: "UTF-8 in percent-encoding" })
  )

const readLogin = ({ offset, text }: Piece) =>
  Either.gen(function*() {
    const colon = text.indexOf(":")
    if (colon < 0) return yield* fail("password", offset + text.length, "a password behind :")
    const username = yield* decode("user", { text: text.slice(0, colon), offset })
    if (username === "") return yield* fail("user", offset, "a user name")
    const password = yield* decode("password", {
      text: text.slice(colon + 1),
      offset: offset + colon + 1
    })
    if (password === "") return yield* fail("password", offset + colon + 1, "a password behind :")
    return { username, password: Redacted.make(password) }
  })

const readHost = ({ offset, text }: Piece) =>
  Either.gen(function*() {
    if (text.includes("@")) {
      return yield* fail("host", offset + text.indexOf("@"), "every @ before the last as %40")
    }
    const bracket = text.startsWith("[") ? text.indexOf("]") : -1
    const colon = text.indexOf(":", Math.max(0, bracket))
    const end = colon < 0 ? text.length : colon
    const bare = text.slice(0, end)
    const domain = bare.startsWith("[")
      ? bare.endsWith("]") ? Option.getRight(Domain.ipv6(bare.slice(1, -1))) : Option.none()
      : readName(yield* decode("host", { text: bare, offset }))
    if (Option.isNone(domain)) {
      return yield* fail("host", offset, "a name, an IPv4 address or an IPv6 address in brackets")
    }
    const port = colon < 0
      ? Option.none()
      : Option.some(yield* readPort({ text: text.slice(colon + 1), offset: offset + colon + 1 }))
    return { host: Domain.printBare(domain.value), port }
  })

const readName = (text: string): Option.Option<Domain.Domain> =>
  Domain.ipv4(text).pipe(
    Either.orElse(() => Domain.parseName(text, AddressMode.withUtf8(AddressMode.lenient))),
    Either.flatMap(Domain.toAscii),
    Option.getRight
  )

const readPort = ({ offset, text }: Piece): Parsed<number> => {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535
    ? Either.right(port)
    : fail("port", offset, "a number from 1 to 65535")
}

/** What is behind the question mark, with nothing of use before it or behind. */
const readQuery = (text: string, offset: number): Parsed<Piece> => {
  const start = text.startsWith("/", offset) ? offset + 1 : offset
  const rest = text.slice(start)
  if (rest !== "" && !rest.startsWith("?")) {
    return fail("path", start, "nothing but a query behind the host")
  }
  return rest.includes("#")
    ? fail("query", start + rest.indexOf("#"), "no fragment")
    : Either.right({ text: rest.slice(1), offset: start + 1 })
}

/** The destination that a variable of the configuration names; by default `SMTP_URL`. */
export const config = (name = "SMTP_URL"): Config.Config<Destination> =>
  Config.mapOrFail(Config.redacted(name), (secret) =>
    Either.mapLeft(
      parse(Redacted.value(secret)),
      (error) => ConfigError.InvalidData([], error.message)
    ))
