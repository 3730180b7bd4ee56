/**
 * Text to and from octets. Slices are given as `start` and `end` into the bytes, so nothing is
 * copied.
 */

const utf8 = new TextEncoder()
// A byte order mark is content like any other here.
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Up to this many octets a plain loop is faster than a call into the platform. */
const short = 8

/** The same of the other way, where the call is dearer, and so are the bytes of more than these. */
const line = 64

/** How many octets are turned into characters by one call; a call takes only so many arguments. */
const piece = 1024

/** Every octet as the character of the same number. */
export const fromLatin1 = (bytes: Uint8Array, start: number, end: number): string => {
  let text = ""
  if (end - start <= short) {
    for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0)
    return text
  }
  for (let at = start; at < end; at += piece) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + piece)))
  }
  return text
}

/** The octets as UTF-8, a byte order mark kept; undefined when they are not UTF-8. */
export const fromUtf8 = (bytes: Uint8Array, start: number, end: number): string | undefined => {
  if (end - start <= short) {
    let text = ""
    let at = start
    while (at < end && (bytes[at] ?? 0) < 0x80) text += String.fromCharCode(bytes[at++] ?? 0)
    if (at === end) return text
  }
  try {
    return strictUtf8.decode(bytes.subarray(start, end))
  } catch {
    return undefined
  }
}

/** The octets of the text in UTF-8. */
export const toUtf8 = (text: string): Uint8Array => {
  if (text.length > line) return utf8.encode(text)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) return utf8.encode(text)
    bytes[at] = code
  }
  return bytes
}

/** How many octets the text has in UTF-8. */
export const octets = (text: string): number => {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return utf8.encode(text).length
  }
  return text.length
}
