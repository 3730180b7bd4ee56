/**
 * IP addresses as text: to one canonical form, and to bytes for comparing.
 */
import * as Option from "effect/Option"
import ipaddr from "ipaddr.js"

/**
 * `Snum 3("." Snum)` of RFC 5321 section 4.1.3, without leading zeros. Read here and not by the
 * library, which takes a leading zero for octal.
 */
export const readIPv4 = (text: string): Option.Option<string> => {
  const parts = text.length <= 15 ? text.split(".") : []
  const numbers = parts.filter((part) => /^[0-9]{1,3}$/.test(part)).map(Number)
  return parts.length === 4 && numbers.length === 4 && numbers.every((number) => number <= 255)
    ? Option.some(numbers.join("."))
    : Option.none()
}

const longest = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length

/** RFC 4291 section 2.2 without a zone, to the form of RFC 5952. */
export const readIPv6 = (text: string): Option.Option<string> => {
  if (text.length > longest || !/^[0-9A-Fa-f:.]+$/.test(text)) return Option.none()
  const tail = text.lastIndexOf(":") + 1
  const whole = text.includes(".")
    ? Option.map(readIPv4(text.slice(tail)), (ipv4) => text.slice(0, tail) + ipv4)
    : Option.some(text)
  return Option.flatMap(
    whole,
    (address) =>
      ipaddr.IPv6.isValid(address)
        ? Option.some(ipaddr.IPv6.parse(address).toRFC5952String())
        : Option.none()
  )
}

/** The bytes of an address, as sortable text. */
export const sortable = (address: string): string =>
  ipaddr.isValid(address)
    ? ipaddr.parse(address).toByteArray().map((byte) => byte.toString(16).padStart(2, "0")).join("")
    : address

/** An address from its 4 or 16 bytes, in the canonical form. */
export const fromBytes = (bytes: Uint8Array): string => {
  const address = ipaddr.fromByteArray(Array.from(bytes))
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()
}

/** The 4 or 16 bytes of an address; none where the text is no address. */
export const toBytes = (text: string): Option.Option<Uint8Array> =>
  Option.map(
    Option.orElse(readIPv4(text), () => readIPv6(text)),
    (address) => Uint8Array.from(ipaddr.parse(address).toByteArray())
  )
