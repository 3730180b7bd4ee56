import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import * as IpBlock from "@effect-smtp/wire/IpBlock"
import * as Option from "effect/Option"

/** IPv6 networks of 64 bits are what a single customer has at least. */
const prefixes = { ipv4: 32, ipv6: 64 }

const local: ReadonlyArray<IpBlock.IpBlock> = [
  { address: "127.0.0.0", prefix: 8 },
  { address: "::1", prefix: 128 }
]

/**
 * Whose connections are counted together: those of one IPv4 address, or one IPv6 network. None for this
 * machine itself, and where there is no address.
 */
export const ofEndpoint = (endpoint: Endpoint): Option.Option<string> => {
  if (endpoint._tag === "Unix") return Option.none()
  const [host] = endpoint.host.split("%", 1)
  if (local.some((block) => IpBlock.contains(block, host))) return Option.none()
  return Option.orElseSome(
    Option.map(IpBlock.around(host, prefixes), IpBlock.print),
    () => host.toLowerCase()
  )
}
