/**
 * IpBlock: a block of IP addresses, as `10.0.0.0/8` or `2001:db8::/32` (CIDR, RFC 4632 section 3.1 and RFC
 * 4291 section 2.3): whom a server trusts, or counts together.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Ip from "./internal/ip.js"

/**
 * - `address`: the first address of the block, in its canonical form;
 * - `prefix`: how many of its bits the block's addresses have in common: 0 to 32, or to 128.
 */
export interface IpBlock {
  readonly address: string
  readonly prefix: number
}

/** The text is no block of addresses; the fault is with whoever wrote it. */
export class IpBlockError extends Data.TaggedError("IpBlockError")<{
  readonly expected: string
}> {
  override get message(): string {
    return `expected ${this.expected}`
  }
}

const fail = (expected: string) => Either.left(new IpBlockError({ expected }))

const syntax = "an IP address, perhaps with a slash and the length of a prefix"

/** The block that the address lies in; the bits behind the prefix do not matter. */
export const make = (
  address: string,
  prefix: number
): Either.Either<IpBlock, IpBlockError> =>
  Option.match(Ip.toBytes(address), {
    onNone: () => fail(syntax),
    onSome: (bytes) => {
      const bits = bytes.length * 8
      return Number.isInteger(prefix) && prefix >= 0 && prefix <= bits
        ? Either.right({ address: Ip.fromBytes(masked(bytes, prefix)), prefix })
        : fail(`a prefix of 0 to ${bits} bits`)
    }
  })

/** Reads `address/prefix`; an address alone is a block of one. */
export const parse = (text: string): Either.Either<IpBlock, IpBlockError> => {
  const slash = text.indexOf("/")
  const address = slash === -1 ? text : text.slice(0, slash)
  const length = text.slice(address.length + 1)
  return slash === -1
    ? make(address, address.includes(":") ? 128 : 32)
    : /^(?:0|[1-9][0-9]{0,2})$/.test(length)
    ? make(address, Number(length))
    : fail(syntax)
}

/** As {@link parse} reads it, always with the prefix. */
export const print = ({ address, prefix }: IpBlock): string => `${address}/${prefix}`

/**
 * Whether the address lies in the block. An IPv4 address that is written as an IPv6 one
 * (`::ffff:192.0.2.1`) is the IPv4 address. What is no address lies in none.
 */
export const contains = ({ address, prefix }: IpBlock, host: string): boolean => {
  const block = Option.getOrUndefined(Ip.toBytes(address))
  const bytes = Option.getOrUndefined(Option.map(Ip.toBytes(host), unmapped))
  if (block === undefined || bytes === undefined || block.length !== bytes.length) return false
  return masked(bytes, prefix).every((byte, at) => byte === block[at])
}

/**
 * The block of that size around a host's address, for counting together whoever is in it. An IPv4 address
 * that is written as an IPv6 one is the IPv4 address. None where the host is no address.
 */
export const around = (
  host: string,
  prefixes: { readonly ipv4: number; readonly ipv6: number }
): Option.Option<IpBlock> =>
  Option.map(Option.map(Ip.toBytes(host), unmapped), (bytes) => {
    const prefix = bytes.length === 4 ? prefixes.ipv4 : prefixes.ipv6
    return { address: Ip.fromBytes(masked(bytes, prefix)), prefix }
  })

const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff)

const unmapped = (bytes: Uint8Array): Uint8Array =>
  bytes.length === 16 && mapped.every((byte, at) => byte === bytes[at])
    ? bytes.subarray(12)
    : bytes

const masked = (bytes: Uint8Array, prefix: number): Uint8Array =>
  bytes.map((byte, at) => {
    const kept = Math.min(8, Math.max(0, prefix - at * 8))
    return byte & (0xff << (8 - kept))
  })
