import * as Domain from "@effect-smtp/wire/Domain"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

const prefix = /^ipv6:/i

/** An IPv6 address may name the interface that it is behind. */
const zoned = /^([^%]{2,45})(%[A-Za-z0-9._-]{1,32})$/

/** An IPv4 address that IPv6 sockets report, and one that its port stands behind. */
const mapped = /^::ffff:(?=[0-9]{1,3}\.)/i
const ported = /^([0-9.]{7,15}):[0-9]{1,5}$/

/** What may be an address at all; most words are none, and to be told so by an error is dear. */
const likely =
  /^(?:[0-9]{1,3}\.[0-9.]{5,11}(?::[0-9]{1,5})?|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+(?:%.+)?)$/

/** An IP address that stands by itself, in the canonical form. */
export const readBare = (text: string): Option.Option<string> => {
  if (text.length > 80 || !likely.test(text)) return Option.none()
  const found = zoned.exec(text)
  const address = (found?.[1] ?? text).replace(mapped, "").replace(ported, "$1")
  const zone = found?.[2] ?? ""
  return Option.map(
    Either.getRight(Domain.parseAddress(address)),
    (domain) => `${Domain.printBare(domain)}${zone}`
  )
}

/** An IP address in its brackets, with `IPv6:` or without; a port may follow. */
export const readLiteral = (text: string): Option.Option<string> => {
  const found = text.length > 90 ? null : /^\[([^\][]+)\](?::[0-9]{1,5})?$/.exec(text)
  return Option.flatMap(
    Option.fromNullable(found?.[1]),
    (inner) => readBare(inner.replace(prefix, ""))
  )
}

/** Either of them. */
export const read = (text: string): Option.Option<string> =>
  text.startsWith("[") ? readLiteral(text) : readBare(text)

/** Whether a port stands behind the address. */
export const hasPort = (text: string): boolean =>
  /\]:[0-9]{1,5}$|^\[?[0-9.]{7,15}:[0-9]{1,5}\]?$/.test(text)

/** `client.example[192.0.2.1]` are two words. */
export const parted = (word: string): ReadonlyArray<string> => {
  const bracket = word.indexOf("[")
  return bracket > 0 && Option.isSome(readLiteral(word.slice(bracket)))
    ? [word.slice(0, bracket), word.slice(bracket)]
    : [word]
}

/** As RFC 5321 section 4.1.3 writes it. */
export const print = (address: string): string =>
  address.includes(":") ? `[IPv6:${address}]` : `[${address}]`

/** Whether the text looks like a name in the DNS: two labels at least, and the last begins with a letter. */
export const isName = (text: string): boolean =>
  text.length <= 255 &&
  /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.\p{L}[\p{L}\p{N}\p{M}-]*\.?$/u.test(text)

/** A name without the dot of the root. */
export const withoutRoot = (name: string): string =>
  name.length > 1 && name.endsWith(".") ? name.slice(0, -1) : name
