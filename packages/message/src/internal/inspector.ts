/** A message octet by octet, looked at by rules. */
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import type { Tag } from "@effect-smtp/wire/Extension"
import * as Measure from "@effect-smtp/wire/Measure"
import * as Option from "effect/Option"
import type { Finding, Place, Severity } from "../Finding.js"
import { Rule } from "../Finding.js"
import type { Options } from "../Lint.js"
import * as Findings from "./findings.js"
import * as HeaderInspector from "./headerInspector.js"

/** Takes a message piece by piece. */
export interface Inspector {
  readonly more: (bytes: Uint8Array) => void
  readonly end: () => ReadonlyArray<Finding>
}

const CR = 0x0d
const LF = 0x0a

/** Octets before the end of a line that must do, and characters that should (RFC 5322 section 2.1.1). */
const longest = 998
const widest = 78

/** For one message. */
export const make = ({ binary = false, server }: Options): Inspector => {
  const findings = Findings.make()
  const header = HeaderInspector.make(findings)
  let part: "Header" | "Content" = "Header"
  let measure = Measure.start
  /** Of the line that is being read. */
  let line = 1
  let start = 0
  let octets = 0
  let characters = 0
  let eightBit = false
  /** Of all of it. */
  let offset = 0
  let last = LF
  let crLf = false
  let lf: { readonly at: Place; times: number } | undefined
  let contentEightBit: Place | undefined

  const offers = (...extensions: ReadonlyArray<Tag>): boolean =>
    server !== undefined && extensions.every((tag) => Capabilities.has(server, tag))

  /** How bad it is to need that. */
  const need = (rule: Rule, at: Place, ...extensions: ReadonlyArray<Tag>): void => {
    if (offers(...extensions)) return
    findings.add(rule, server === undefined ? "Advice" : "Error", at)
  }

  /** How bad a lone CR or LF is: in what goes as it is, nobody makes a line end of it. */
  const lone: Severity = binary ? "Error" : "Warning"

  const here = (): Place => ({ line, offset })

  const add = (rule: Rule, severity: Severity, at: Place = here()): void => {
    if (part === "Header" || !binary) findings.add(rule, severity, at)
  }

  const take = (octet: number): void => {
    if (last === CR && octet !== LF) endLine("Cr")
    if (octet === LF) {
      endLine(last === CR ? "CrLf" : "Lf")
    } else if (octet !== CR) {
      octets++
      if ((octet & 0xc0) !== 0x80) characters++
      if (octet > 127) eightBit = true
      if (octet === 0) {
        add(Rule.Nul(), offers("BinaryMime", "Chunking") ? "Warning" : "Error")
      }
      if (part === "Header") header.octet(octet)
    }
    last = octet
    offset++
  }

  const endLine = (end: "CrLf" | "Cr" | "Lf" | "None"): void => {
    const at: Place = { line, offset: start }
    // A lone CR has been passed already, the end that is an octet long has not.
    if (end === "Cr") add(Rule.BareCr(), lone, { line, offset: offset - 1 })
    if (end === "CrLf") crLf = true
    if (end === "Lf" && (part === "Header" || !binary)) {
      if (lf === undefined) lf = { at: here(), times: 1 }
      else lf.times++
    }
    if (octets > longest) add(Rule.LineTooLong({ octets }), "Error", at)
    else if (characters > widest) add(Rule.LineWide({ characters }), "Advice", at)
    if (part === "Header") {
      if (!header.line(at)) {
        part = "Content"
        header.end(at)
      }
    } else if (eightBit) contentEightBit ??= at
    line++
    start = end === "Cr" ? offset : offset + 1
    octets = 0
    characters = 0
    eightBit = false
  }

  return {
    more: (bytes) => {
      measure = Measure.more(measure, bytes)
      for (let index = 0; index < bytes.length; index++) take(bytes[index])
    },
    end: () => {
      const size = binary ? offset : Measure.size(measure)
      if (last === CR) endLine("Cr")
      else if (last !== LF) {
        add(Rule.NoFinalLineEnd(), "Advice")
        endLine("None")
      }
      if (part === "Header") header.end(here())
      if (lf !== undefined && (crLf || binary)) {
        findings.add(Rule.BareLf(), lone, lf.at, lf.times)
      }
      const utf8 = header.utf8()
      if (utf8 !== undefined) need(Rule.NeedsSmtpUtf8(), utf8, "SmtpUtf8")
      if (contentEightBit !== undefined && !binary) {
        need(Rule.NeedsEightBitMime(), contentEightBit, "EightBitMime")
      }
      if (binary) need(Rule.NeedsBinaryMime(), { line: 1, offset: 0 }, "BinaryMime", "Chunking")
      const limit = server === undefined
        ? Option.none()
        : Option.flatMap(Capabilities.get(server, "Size"), (extension) => extension.limit)
      if (Option.isSome(limit) && size > limit.value) {
        const rule = Rule.TooBig({ octets: size, limit: limit.value })
        findings.add(rule, "Error", { line: 1, offset: 0 })
      }
      return findings.list()
    }
  }
}
