/** What nodemailer's callers ask of delivery status notifications, as an envelope asks it (RFC 3461). */
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import type { Parameter } from "@effect-smtp/wire/Parameter"
import type { ParameterError } from "@effect-smtp/wire/ParameterError"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as Xtext from "@effect-smtp/wire/Xtext"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Envelope from "../Envelope.js"
import type { Notifications } from "../NodemailerTransport.js"

const returns: ReadonlyMap<string, string> = new Map([["HEADERS", "HDRS"], ["BODY", "FULL"]])

const given = (keyword: string, text: string): ReadonlyArray<Parameter> =>
  text === "" ? [] : [{ keyword, value: Option.some(text) }]

/**
 * An address behind its type, which is `rfc822` unless it names another. Only `utf-8` can go beyond
 * ASCII (RFC 6533 section 3).
 */
const original = (text: string): string => {
  if (text === "") return text
  const semicolon = text.indexOf(";")
  const type = semicolon < 0 ? "rfc822" : text.slice(0, semicolon)
  const address = text.slice(semicolon + 1)
  const encode = type.toLowerCase() === "utf-8" ? Xtext.encodeUnitextAscii : Xtext.encode
  return `${type};${encode(address)}`
}

const words = (notify: string | ReadonlyArray<string>): string =>
  (typeof notify === "string" ? notify.split(",") : notify).map((word) => word.trim()).join(",")

/** The same envelope, asking for these notifications. */
export const ask = (
  envelope: Envelope.Envelope,
  dsn: Notifications
): Either.Either<Envelope.Envelope, ParameterError> =>
  Either.gen(function*() {
    const wanted = (dsn.return ?? dsn.ret ?? "").toUpperCase()
    const { envid, ret } = yield* MailParameters.fromParameters([
      ...given("RET", returns.get(wanted) ?? wanted),
      ...given("ENVID", Xtext.encode(dsn.id ?? dsn.envid ?? ""))
    ])
    const { notify, orcpt } = yield* RcptParameters.fromParameters([
      ...given("NOTIFY", words(dsn.notify ?? "")),
      ...given("ORCPT", original(dsn.recipient ?? dsn.orcpt ?? ""))
    ])
    return Envelope.withParameters(Envelope.withWishes(envelope, { envid, ret }), { notify, orcpt })
  })
