/** Text as octets, in the charsets that a message can be written in. */
import * as Either from "effect/Either"
import type { Checked } from "./check.js"
import * as Check from "./check.js"

const field = "writing: charset"

/** A charset of which each character is one octet, with the same number. */
const single = (name: string, most: number) => (text: string): Checked<Uint8Array> => {
  const octets = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > most) return Check.fail(field, "Unfit", `characters that ${name} has`)
    octets[at] = code
  }
  return Either.right(octets)
}

const charsets: ReadonlyMap<string, (text: string) => Checked<Uint8Array>> = new Map([
  ["utf-8", (text: string): Checked<Uint8Array> => Either.right(new TextEncoder().encode(text))],
  ["iso-8859-1", single("iso-8859-1", 0xff)],
  ["us-ascii", single("us-ascii", 0x7f)]
])

/** A charset, and how to write in it. */
export interface Charset {
  readonly name: string
  readonly encode: (text: string) => Checked<Uint8Array>
}

/** The charset of that name, in any case. */
export const find = (text: string): Checked<Charset> => {
  const name = text.toLowerCase()
  const encode = charsets.get(name)
  return encode === undefined
    ? Check.fail(field, "Syntax", [...charsets.keys()].join(", "))
    : Either.right({ name, encode })
}
