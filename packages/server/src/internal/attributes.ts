import type { Attribute } from "@effect-smtp/wire/Command"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Attributes } from "../Told.js"

/** What may be said, and how it is read: in its canonical form, or not at all. */
type Readers = Readonly<Record<string, (value: string) => Option.Option<string>>>

const unavailable: ReadonlyArray<string> = ["[UNAVAILABLE]", "[TEMPUNAVAIL]"]

/** Visible ASCII, so that it may go anywhere. */
const word = (limit: number) => (value: string) =>
  Option.liftPredicate(
    value,
    (text) => text.length <= limit && /^[\x21-\x7e]+$/.test(text)
  )

const port = (value: string): Option.Option<string> =>
  /^[0-9]{1,5}$/.test(value) && Number(value) <= 65535
    ? Option.some(String(Number(value)))
    : Option.none()

/** `192.0.2.1` or `IPV6:2001:db8::1`. */
const address = (value: string): Option.Option<string> => {
  const text = /^ipv6:/i.test(value) ? value.slice(5) : value
  return Option.flatMap(
    Either.getRight(Domain.parseAddress(text)),
    (domain) =>
      domain._tag === "IPv4" || domain._tag === "IPv6"
        ? Option.some(domain.address)
        : Option.none()
  )
}

const protocol = (value: string): Option.Option<string> =>
  Option.liftPredicate(value.toUpperCase(), (name) => name === "SMTP" || name === "ESMTP")

const source = (value: string): Option.Option<string> =>
  Option.liftPredicate(value.toUpperCase(), (name) => name === "LOCAL" || name === "REMOTE")

/** XCLIENT's. What LOGIN may be is the authenticator's affair; it has no control characters (xtext). */
export const xclient: Readers = {
  NAME: word(255),
  ADDR: address,
  PORT: port,
  PROTO: protocol,
  HELO: word(255),
  LOGIN: (value) => Option.liftPredicate(value, (text) => text !== "" && text.length <= 255),
  DESTADDR: address,
  DESTPORT: port
}

/** XFORWARD's, where hosts and protocols need not be those of the Internet. */
export const xforward: Readers = {
  NAME: word(255),
  ADDR: word(255),
  PORT: port,
  PROTO: word(64),
  HELO: word(255),
  IDENT: word(255),
  SOURCE: source
}

/** Writes what is said over what was. A left is the name of what is unknown, wrong, or said twice. */
export const read = (
  readers: Readers,
  before: Attributes,
  said: ReadonlyArray<Attribute>
): Either.Either<Attributes, string> => {
  const after = new Map(before)
  const seen = new Set<string>()
  for (const { name, value } of said) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (reader === undefined || seen.has(name)) return Either.left(name)
    seen.add(name)
    after.delete(name)
    if (unavailable.includes(value.toUpperCase())) continue
    const fact = reader(value)
    if (Option.isNone(fact)) return Either.left(name)
    after.set(name, fact.value)
  }
  return Either.right(after)
}
