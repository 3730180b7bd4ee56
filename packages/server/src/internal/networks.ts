import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import * as Option from "effect/Option"

/**
 * Whose connections are counted together: those of one IPv4 address, or one IPv6 network of 64 bits,
 * which is what a single customer has at least. None for this machine itself, and where there is no
 * address.
 */
export const ofEndpoint = (endpoint: Endpoint): Option.Option<string> => {
  if (endpoint._tag === "Unix") return Option.none()
  const host = endpoint.host.toLowerCase()
  const address = mappedV4.exec(host)?.[1] ?? host.split("%", 1)[0]
  const isLocal = address.startsWith("127.") || address === "::1"
  return isLocal ? Option.none() : Option.some(address.includes(":") ? network(address) : address)
}

/** An IPv4 address as a socket for both families has it (RFC 4291 section 2.5.5.2). */
const mappedV4 = /^::ffff:(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})$/

/** The first four of the eight groups of an IPv6 address (RFC 4291 section 2.2). */
const network = (address: string): string => {
  const [before, after] = address.split("::", 2)
  const front = groups(before)
  const back = after === undefined ? [] : groups(after)
  const zeros = Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0")
  return [...front, ...zeros, ...back]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")
}

/** An IPv4 address at the end stands for two groups. */
const groups = (text: string): ReadonlyArray<string> =>
  text === "" ? [] : text.split(":").flatMap((group) => group.includes(".") ? [group, ""] : [group])
