/** The header of a message, field by field, looked at by rules. */
import * as Either from "effect/Either"
import * as Address from "../Address.js"
import type { Place, Severity } from "../Finding.js"
import { Rule } from "../Finding.js"
import * as Dates from "./dates.js"
import type * as Findings from "./findings.js"

/** Octets of a line, and of a field, that are looked at. What is behind them is only measured. */
const most = 64 * 1024

/** Takes a header octet by octet; line ends are told by themselves. */
export interface HeaderInspector {
  readonly octet: (octet: number) => void
  /** The end of the line that begins there. False for the empty line behind the header. */
  readonly line: (at: Place) => boolean
  /** Nothing more comes. */
  readonly end: (at: Place) => void
  /** The first line with UTF-8 beyond ASCII in it. */
  readonly utf8: () => Place | undefined
}

/** Fields that may be there once (RFC 5322 section 3.6, RFC 2045 section 3), as one writes them. */
const single: ReadonlyMap<string, string> = new Map(
  [
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding"
  ].map((name) => [name.toLowerCase(), name])
)

/** The lines of a field, the first of which begins there. */
interface Field {
  readonly at: Place
  readonly lines: Array<Uint8Array>
  size: number
}

const COLON = 0x3a

const isWhite = (octet: number): boolean => octet === 0x20 || octet === 0x09

/** What a field name is made of (RFC 5322 section 2.2). */
const isNameOctet = (octet: number): boolean => octet > 0x20 && octet < 0x7f

/** A line that was cut short may end anywhere. */
const isUtf8 = (line: Uint8Array): boolean =>
  Either.isRight(
    Either.try(() =>
      new TextDecoder("utf-8", { fatal: true }).decode(line, { stream: line.length === most })
    )
  )

const textOf = (lines: ReadonlyArray<Uint8Array>): string =>
  lines.map((line) => new TextDecoder().decode(line)).join("\r\n")

/** For one header. */
export const make = (findings: Findings.Findings): HeaderInspector => {
  const line = new Uint8Array(most)
  let length = 0
  let field: Field | undefined
  const seen = new Set<string>()
  let from: { readonly at: Place; readonly authors: number } | undefined
  let content: Place | undefined
  let utf8: Place | undefined

  const finish = (): void => {
    if (field === undefined) return
    const { at, lines } = field
    field = undefined
    const colon = lines[0].indexOf(COLON)
    const name = lines[0].subarray(0, Math.max(0, colon))
    if (colon <= 0 || !name.every(isNameOctet)) {
      findings.add(Rule.NotAField(), "Error", at)
    } else {
      const value = [lines[0].subarray(colon + 1), ...lines.slice(1)]
      take(String.fromCharCode(...name.subarray(0, 100)).toLowerCase(), value, at)
    }
  }

  const take = (name: string, value: ReadonlyArray<Uint8Array>, at: Place): void => {
    const usual = single.get(name)
    if (usual !== undefined) {
      if (seen.has(name)) return findings.add(Rule.FieldRepeated({ name: usual }), "Error", at)
      seen.add(name)
    }
    if (name.startsWith("content-")) content ??= at
    if (name === "bcc") findings.add(Rule.BccKept(), "Warning", at)
    if (name === "date" && Either.isLeft(Dates.parse(textOf(value)))) {
      findings.add(Rule.DateMalformed(), "Warning", at)
    }
    if (name === "from") {
      const { addresses, malformed } = Address.find(textOf(value))
      const authors = Address.persons(addresses).length
      if (malformed.length > 0 || authors === 0) findings.add(Rule.FromMalformed(), "Error", at)
      from = { at, authors }
    }
  }

  const missing = (name: string, severity: Severity, at: Place): void => {
    if (!seen.has(name.toLowerCase())) findings.add(Rule.FieldMissing({ name }), severity, at)
  }

  return {
    octet: (octet) => {
      if (length < most) line[length++] = octet
    },
    line: (at) => {
      const text = line.slice(0, length)
      length = 0
      if (text.some((octet) => octet > 127)) {
        if (!isUtf8(text)) findings.add(Rule.NotUtf8(), "Error", at)
        else utf8 ??= at
      }
      if (text.length > 0 && isWhite(text[0])) {
        if (field === undefined) findings.add(Rule.NotAField(), "Error", at)
        else {
          if (text.every(isWhite)) findings.add(Rule.BlankFold(), "Warning", at)
          field.size += text.length
          if (field.size <= most) field.lines.push(text)
        }
        return true
      }
      finish()
      if (text.length > 0) field = { at, lines: [text], size: text.length }
      return text.length > 0
    },
    end: (at) => {
      finish()
      missing("From", "Error", at)
      missing("Date", "Error", at)
      missing("Message-ID", "Warning", at)
      if (from !== undefined && from.authors > 1 && !seen.has("sender")) {
        findings.add(Rule.SenderMissing({ authors: from.authors }), "Error", from.at)
      }
      if (content !== undefined && !seen.has("mime-version")) {
        findings.add(Rule.MimeVersionMissing(), "Warning", content)
      }
    },
    utf8: () => utf8
  }
}
