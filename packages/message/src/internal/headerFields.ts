/** The header of a message, field by field, as octets. */

import * as Octets from "./octets.js"

const CR = 0x0d
const LF = 0x0a
const COLON = 0x3a

/**
 * - `name`: what is before the colon and the white space before that;
 * - `key`: the name in small letters;
 * - `line`: all of the field without its last line end, a character for each octet.
 */
export interface HeaderField {
  readonly name: string
  readonly key: string
  readonly line: string
}

/** Where the next line begins: lines end in CR LF. */
const afterLine = (bytes: Uint8Array, from: number): number => {
  const at = bytes.indexOf(LF, from)
  return at < 0 ? bytes.length : at + 1
}

const isWhite = (octet: number | undefined): boolean => octet === 0x20 || octet === 0x09

/** The fields of a header whose lines end in CR LF. What has no colon is no field, and passed over. */
export const split = (header: Uint8Array): ReadonlyArray<HeaderField> => {
  const fields: Array<HeaderField> = []
  let start = 0
  while (start < header.length) {
    let end = afterLine(header, start)
    while (isWhite(header[end])) end = afterLine(header, end)
    const octets = header.subarray(start, endOfText(header, start, end))
    const colon = octets.indexOf(COLON)
    if (colon > 0) {
      const name = Octets.latin1(octets.subarray(0, endOfName(octets, colon)))
      fields.push({ name, key: name.toLowerCase(), line: Octets.latin1(octets) })
    }
    start = end
  }
  return fields
}

const endOfText = (bytes: Uint8Array, start: number, end: number): number => {
  let last = end
  while (last > start && (bytes[last - 1] === LF || bytes[last - 1] === CR)) last--
  return last
}

const endOfName = (bytes: Uint8Array, colon: number): number => {
  let last = colon
  while (last > 0 && isWhite(bytes[last - 1])) last--
  return last
}
