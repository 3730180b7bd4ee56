import type { PeerInfo } from "@effect-smtp/flow/Flow"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Either from "effect/Either"

const loopback = Either.getOrThrow(Domain.ipv4("127.0.0.1"))

/**
 * What a client calls itself that was not told: the literal of the address on this side (RFC 5321
 * section 4.1.4); where there is none to be had, that of the loopback.
 */
export const ownName = ({ local }: PeerInfo): Domain.Domain =>
  local._tag === "Tcp"
    ? Either.getOrElse(Domain.parseAddress(local.host), () => loopback)
    : loopback
