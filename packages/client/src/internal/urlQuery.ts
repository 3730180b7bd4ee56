import * as Tls from "@effect-smtp/flow/Tls"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import type { PasswordMechanism } from "../Credentials.js"
import { passwordMechanisms } from "../Credentials.js"
import * as Security from "../Security.js"

/** What the parts of a URL before its query say. */
export interface Context {
  readonly host: string
  readonly implicit: boolean
  readonly hasLogin: boolean
}

/** What a query decides. */
export interface Chosen {
  readonly security: Security.Security
  readonly name: Option.Option<Domain.Domain>
  readonly mechanism: Option.Option<PasswordMechanism>
}

interface Fault {
  readonly offset: number
  readonly expected: string
}

const keys = ["tls", "auth", "name", "servername"] as const

type Key = typeof keys[number]

/** A value and where its key stands. */
interface Setting {
  readonly key: Key
  readonly value: string
  readonly offset: number
}

/** Reads a query without its question mark; offsets count from there. */
export const read = (query: string, context: Context): Either.Either<Chosen, Fault> =>
  Either.gen(function*() {
    const settings = yield* split(query)
    const setting = (key: Key) => Arr.findFirst(settings, (setting) => setting.key === key)
    const serverName = Option.match(setting("servername"), {
      onNone: () => context.host,
      onSome: ({ value }) => value
    })
    const security = yield* protect(setting("tls"), context, Tls.client({ serverName }))
    const name = yield* optional(
      setting("name"),
      "a domain name or an address literal",
      (value) => Option.getRight(Domain.parse(value))
    )
    const mechanism = yield* optional(
      Option.filter(setting("auth"), () => context.hasLogin),
      `one of ${passwordMechanisms.join(", ")}`,
      (value) => Arr.findFirst(passwordMechanisms, (known) => known === value.toUpperCase())
    )
    const idle = Option.filter(setting("auth"), () => !context.hasLogin)
    return Option.isSome(idle)
      ? yield* fault(idle.value.offset, "auth only with a user and a password")
      : { security, name, mechanism }
  })

const fault = (offset: number, expected: string): Either.Either<never, Fault> =>
  Either.left({ offset, expected })

const split = (query: string): Either.Either<ReadonlyArray<Setting>, Fault> =>
  Either.gen(function*() {
    const settings: Array<Setting> = []
    let offset = 0
    for (const text of query === "" ? [] : query.split("&")) {
      const equals = text.indexOf("=")
      const key = keys.find((key) => key === text.slice(0, Math.max(0, equals)))
      if (key === undefined) {
        return yield* fault(offset, `one of ${keys.map((key) => `${key}=`).join(", ")}`)
      }
      if (settings.some((setting) => setting.key === key)) {
        return yield* fault(offset, `${key} only once`)
      }
      const value = Either.getOrElse(
        Encoding.decodeUriComponent(text.slice(equals + 1)),
        () => ""
      )
      if (value === "") return yield* fault(offset, `a value of ${key}, in percent-encoding`)
      settings.push({ key, value, offset })
      offset += text.length + 1
    }
    return settings
  })

const optional = <A>(
  setting: Option.Option<Setting>,
  expected: string,
  parse: (value: string) => Option.Option<A>
): Either.Either<Option.Option<A>, Fault> => {
  if (Option.isNone(setting)) return Either.right(Option.none())
  const value = parse(setting.value.value)
  return Option.isSome(value)
    ? Either.right(value)
    : fault(setting.value.offset, `${setting.value.key} to be ${expected}`)
}

const protect = (
  setting: Option.Option<Setting>,
  { hasLogin, implicit }: Context,
  tls: Tls.ClientOptions
): Either.Either<Security.Security, Fault> => {
  if (Option.isNone(setting)) {
    return Either.right(
      implicit
        ? Security.Implicit({ tls })
        : hasLogin
        ? Security.StartTls({ tls })
        : Security.Opportunistic({ tls })
    )
  }
  const { offset, value } = setting.value
  if (implicit) return fault(offset, "no tls, since smtps decides it")
  switch (value.toLowerCase()) {
    case "starttls":
      return Either.right(Security.StartTls({ tls }))
    case "opportunistic":
      return Either.right(Security.Opportunistic({ tls }))
    case "none":
      return Either.right(Security.ClearText({ credentials: "Refused" }))
    default:
      return fault(offset, "tls to be starttls, opportunistic or none")
  }
}
