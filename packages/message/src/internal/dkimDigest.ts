/** One pass over a message that is to be signed: its header, and the hashes of its body. */
import * as Measure from "@effect-smtp/wire/Measure"
import * as Octets from "@effect-smtp/wire/Octets"
import type { Canonicalization } from "../Signer.js"
import type * as Mailauth from "./mailauth.js"
import * as WireForm from "./wireForm.js"

/** Octets that a header may have. */
export const mostHeader = 1024 * 1024

/**
 * - `header`: up to and with the empty line; none where it is longer than {@link mostHeader};
 * - `hashes`: of the body, in base64, for each canonicalization that was asked for;
 * - `size`, `eightBit`: of all of the message, in wire form.
 */
export interface Digest {
  readonly header: Uint8Array | undefined
  readonly hashes: ReadonlyMap<Canonicalization, string>
  readonly size: number
  readonly eightBit: boolean
}

/** Takes the message piece by piece. */
export interface Digester {
  readonly more: (bytes: Uint8Array) => void
  readonly end: () => Digest
}

const CR = 0x0d
const LF = 0x0a

/**
 * For one pass. Of the body it holds the line that is being read, and the empty lines since the last
 * that is not empty, since those in the end do not count.
 */
export const make = (
  { dkimBody }: Mailauth.Modules,
  canonicalizations: ReadonlySet<Canonicalization>
): Digester => {
  const mender = WireForm.mender()
  const hashers = Array.from(canonicalizations, (name) => [name, dkimBody(name, "sha256")] as const)
  const header: Array<Uint8Array> = []
  let headerSize = 0
  let part: "Header" | "Body" = "Header"
  let line: "Start" | "StartCr" | "Text" = "Start"
  let held: Array<Uint8Array> = []
  let measure = Measure.start

  const takeHeader = (bytes: Uint8Array): void => {
    let end = 0
    while (end < bytes.length && part === "Header") {
      const octet = bytes[end++]
      if (octet === LF && line === "StartCr") part = "Body"
      line = octet === LF ? "Start" : octet === CR && line === "Start" ? "StartCr" : "Text"
    }
    headerSize += end
    if (headerSize <= mostHeader) header.push(bytes.subarray(0, end))
    if (end < bytes.length) takeBody(bytes.subarray(end))
  }

  /** The hashers would join what is left of a line with the next piece, over and over. */
  const takeBody = (bytes: Uint8Array): void => {
    const end = bytes.lastIndexOf(LF) + 1
    if (end > 0) {
      const lines = held.length === 0
        ? bytes.subarray(0, end)
        : Octets.concat([...held, bytes.subarray(0, end)])
      held = []
      for (const [, hasher] of hashers) hasher.update(lines)
    }
    if (end < bytes.length) held.push(bytes.subarray(end))
  }

  const take = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return
    measure = Measure.more(measure, bytes)
    if (part === "Header") takeHeader(bytes)
    else takeBody(bytes)
  }

  return {
    more: (bytes) => mender.more(bytes).forEach(take),
    end: () => {
      take(mender.end())
      return {
        header: headerSize <= mostHeader ? Octets.concat(header) : undefined,
        hashes: new Map(hashers.map(([name, hasher]) => [name, hasher.digest("base64")])),
        size: Measure.size(measure),
        eightBit: measure.eightBit
      }
    }
  }
}
