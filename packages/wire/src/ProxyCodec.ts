/**
 * ProxyCodec: the bytes of a {@link ProxyHeader} (haproxy's proxy-protocol.txt, sections 2.1 and 2.2).
 *
 * Whether there is one is never guessed from the bytes: who is believed must be known before.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Decoder from "./Decoder.js"
import * as Version1 from "./internal/proxyVersion1.js"
import * as Version2 from "./internal/proxyVersion2.js"
import type { ProxyHeader } from "./ProxyHeader.js"
import { ProxyHeaderError } from "./ProxyHeaderError.js"

/**
 * How many bytes a header may have: 107 in version 1; in version 2, which allows 65551, what this package
 * takes unless it is told otherwise.
 */
export const limits = { version1: Version1.limit, version2: 4096 } as const

/**
 * Reads a header of either version. Strict: whatever differs from the specification is an error, as soon as
 * it is seen, and so is a version 2 header of more than `limit` bytes (default 4096), which is not read.
 *
 * Of a header without addresses (`Local`, `Unknown`) the rest is skipped, as the specification has it.
 * A checksum is checked.
 */
export const decoder = (
  limit: number = limits.version2
): Decoder.Decoder<ProxyHeader, ProxyHeaderError> => {
  const self: Decoder.Decoder<ProxyHeader, ProxyHeaderError> = {
    held: 0,
    step: (input) =>
      input.length === 0
        ? Decoder.more(self)
        : input[0] === Version1.firstByte
        ? Version1.decoder.step(input)
        : input[0] === Version2.firstByte
        ? Version2.decoder(limit).step(input)
        : Either.left(
          new ProxyHeaderError({ expected: "a PROXY header of version 1 or 2", offset: 0 })
        )
  }
  return self
}

/**
 * How a header is written. Version 1 has no vectors, no datagrams and no Unix sockets, and says `Local` as
 * `Unknown`.
 *
 * - `checksum`: whether version 2 carries one where it has addresses; default false.
 */
export type EncodeOptions =
  | { readonly version: 1 }
  | { readonly version: 2; readonly checksum?: boolean }

/** The bytes of a header; an error where the value cannot be said in that version. */
export const encode = (
  header: ProxyHeader,
  options: EncodeOptions = { version: 2 }
): Either.Either<Uint8Array, ProxyHeaderError> =>
  options.version === 1
    ? Version1.encode(header)
    : Version2.encode(header, options.checksum ?? false)
