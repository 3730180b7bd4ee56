import type { Field, Header } from "../Header.js"

const CR = 0x0d
const LF = 0x0a

/**
 * How far the start of a message has come: how many octets of it, what there is of the line they end in
 * (nothing, a CR, more than that), and whether the empty line after the header is among them.
 */
export interface Progress {
  readonly octets: number
  readonly line: "Start" | "Cr" | "Text"
  readonly ended: boolean
}

/** Nothing yet; a line begins here. */
export const start: Progress = { octets: 0, line: "Start", ended: false }

/** With the next octets. */
export const more = ({ octets, ...before }: Progress, bytes: Uint8Array): Progress => {
  let { ended, line } = before
  for (let at = 0; at < bytes.length && !ended; at++) {
    if (bytes[at] === LF) {
      ended = line !== "Text"
      line = "Start"
    } else line = bytes[at] === CR && line === "Start" ? "Cr" : "Text"
  }
  return { octets: octets + bytes.length, line, ended }
}

/** How long the header is, with the empty line after it. */
export const length = (bytes: Uint8Array): number => {
  let line = 0
  for (;;) {
    const end = bytes.indexOf(LF, line)
    if (end < 0) return bytes.length
    if (end === line || (end === line + 1 && bytes[line] === CR)) return end + 1
    line = end + 1
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const windows1252 = new TextDecoder("windows-1252")

/** The text, and in what it was written. */
const decode = (
  bytes: Uint8Array
): { readonly text: string; readonly charset: "Ascii" | "Utf8" | "Windows1252" } => {
  try {
    const text = utf8.decode(bytes)
    return { text, charset: text.length === bytes.length ? "Ascii" : "Utf8" }
  } catch {
    return { text: windows1252.decode(bytes), charset: "Windows1252" }
  }
}

const fieldName = /^([!-9;-~]+)[ \t]*:/

/** Its fields, each with the lines that go on with it, and what is no field. */
export const fields = (bytes: Uint8Array): Omit<Header, "length"> => {
  const found: Array<Field> = []
  const malformed: Array<Header["malformed"][number]> = []
  const charsets = new Set<string>()
  let offset = 0
  while (offset < bytes.length) {
    let end = offset
    do {
      const lineEnd = bytes.indexOf(LF, end)
      end = lineEnd < 0 ? bytes.length : lineEnd + 1
    } while (bytes[end] === 0x20 || bytes[end] === 0x09)
    const written = decode(bytes.subarray(offset, end))
    charsets.add(written.charset)
    const text = written.text.replace(/\r?\n/g, "").replace(/\r/g, " ")
    const name = fieldName.exec(text)
    if (name !== null) {
      const value = trim(text.slice(name[0].length))
      found.push({ name: name[1], value, offset })
    } else if (text !== "") malformed.push({ text, offset })
    offset = end
  }
  return { fields: found, malformed, utf8: charsets.has("Utf8") && !charsets.has("Windows1252") }
}

/** Without the white space of headers around it, and no other. */
const trim = (text: string): string => {
  let start = 0
  let end = text.length
  const isWhite = (at: number) => text[at] === " " || text[at] === "\t"
  while (start < end && isWhite(start)) start++
  while (end > start && isWhite(end - 1)) end--
  return text.slice(start, end)
}
