/**
 * Measure: what has to be known of a message before its first octet is sent: how long it will be
 * (RFC 1870 section 5), whether it needs 8BITMIME (RFC 6152), and whether it can go as it is. One
 * pass, over pieces that may be cut anywhere.
 *
 * @module
 */
import * as Scan from "./internal/scan.js"

/**
 * A message measured so far. A line ends at CR LF, and at a CR or an LF that stands alone.
 *
 * - `octets`: how many it has with every line end as CR LF, before dots are doubled;
 * - `eightBit`: whether one of its octets is above 127;
 * - `bare`: whether a CR or an LF stands alone; of a CR in the end only more can tell;
 * - `dotted`: whether a line begins with a dot;
 * - `last`: its last octet; before the first, LF, since a line begins there.
 */
export interface Measure {
  readonly octets: number
  readonly eightBit: boolean
  readonly bare: boolean
  readonly dotted: boolean
  readonly last: number
}

const CR = 0x0d
const LF = 0x0a
const DOT = 0x2e

/** Nothing yet. */
export const start: Measure = {
  octets: 0,
  eightBit: false,
  bare: false,
  dotted: false,
  last: LF
}

/** With the next octets. */
export const more = (before: Measure, bytes: Uint8Array): Measure => {
  const scan = Scan.make(bytes)
  let { dotted, last } = before
  let bare = 0
  let at = 0
  while (at < bytes.length) {
    const octet = bytes[at]
    if (octet === LF) {
      if (last !== CR) bare++
      last = LF
      at++
      continue
    }
    if (last === CR) bare++
    if (octet === CR) {
      last = CR
      at++
    } else {
      if (octet === DOT && (last === LF || last === CR)) dotted = true
      at = Scan.lineEnd(scan, at)
      last = bytes[at - 1]
    }
  }
  return {
    octets: before.octets + bytes.length + bare,
    eightBit: before.eightBit || Scan.seenEightBit(scan),
    bare: before.bare || bare > 0,
    dotted,
    last
  }
}

/** The octets of the whole message, with the line end that its last line may lack. */
export const size = ({ last, octets }: Measure): number =>
  last === LF ? octets : last === CR ? octets + 1 : octets + 2

/**
 * Whether the whole message is in wire form already: every line, the last one too, ends in CR LF.
 * Where `dotted` is false as well, what is sent after DATA is these octets and the dot line.
 */
export const isWire = ({ bare, last }: Measure): boolean => !bare && last === LF
