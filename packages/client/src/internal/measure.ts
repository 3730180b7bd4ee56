const CR = 13
const LF = 10

/**
 * A message measured so far: its octets with every line end as CR LF, whether one of them is above 127,
 * and the last one.
 */
export interface Measure {
  readonly octets: number
  readonly eightBit: boolean
  readonly last: number
}

/** Nothing yet, which is the start of a line. */
export const start: Measure = { octets: 0, eightBit: false, last: LF }

/** One pass over the next bytes: a CR or an LF that stands alone becomes two octets. */
export const more = (before: Measure, bytes: Uint8Array): Measure => {
  let octets = before.octets + bytes.length
  let bits = 0
  let last = before.last
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    bits |= byte
    if (byte === LF ? last !== CR : last === CR) octets++
    last = byte
  }
  return { octets, eightBit: before.eightBit || bits > 127, last }
}

/** The octets of the whole message, with the line end that its last line may lack. */
export const size = ({ last, octets }: Measure): number =>
  last === LF ? octets : last === CR ? octets + 1 : octets + 2
