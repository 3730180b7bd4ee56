import * as MimeFuncs from "nodemailer/lib/mime-funcs"
import { decodeWords } from "postal-mime"
import * as Octets from "./octets.js"

/** Whether a text is visible ASCII and spaces. */
export const isPrintable = (text: string): boolean => !/[^ -~]/.test(text)

/** Whether a text is ASCII. */
export const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)

/** What no line of a header may hold, encoded or not: controls, line separators, lone surrogates. */
const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u

/** Whether a text can stand in one line of a header, once it is encoded. */
export const isSafe = (text: string): boolean => !unsafe.test(text)

/** The longest word that goes as it is, so that no line comes near the 998 octets it may have. */
const longest = 200

/** Whether a text holds nothing that is read as an encoded word, and no word too long for a line. */
const isPlain = (text: string): boolean =>
  !text.includes("=?") && text.split(" ").every((word) => word.length <= longest)

/**
 * Whether the text may go as it is: printable, or, where the header is in UTF-8, safe (RFC 6532
 * section 3.2), and nothing in it that would come back as something else.
 */
export const goesBare = (text: string, utf8: boolean): boolean =>
  (utf8 ? isSafe(text) : isPrintable(text)) && isPlain(text)

/** How long an encoded word may be (RFC 2047 section 2), less a margin for what stands around it. */
const wordLimit = 60

/** As encoded words with a space between, in whichever of Q and B is the shorter one to be expected. */
export const encode = (text: string): string => {
  const letters = text.length - text.replace(/[A-Za-z]/g, "").length
  const others = text.length - text.replace(/[^\x20-\x7e]/g, "").length
  return MimeFuncs.encodeWord(text, others < letters ? "Q" : "B", wordLimit)
}

/** An encoded word as mailers write it: with anything in it but question marks. */
const encodedWord = /=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=/gi

/** The octets of an encoded word, a character for each. What is no base64 in one of B is passed over. */
const octetsOf = (encoding: string, text: string): string => {
  if (encoding.toLowerCase() === "b") {
    const digits = text.replace(/[^A-Za-z0-9+/]/g, "")
    return atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits)
  }
  return Octets.latin1(new TextEncoder().encode(text.replace(/_/g, " ")))
    .replace(/=([0-9A-F]{2})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16)))
}

/** Encoded words of one charset, with nothing but white space between them. */
interface Run {
  readonly charset: string
  readonly octets: Array<string>
}

/** As one, since a character may begin in one word and end in the next; else each by itself. */
const decodeRun = ({ charset, octets }: Run): string => {
  const one = (octets: string) => decodeWords(`=?${charset}?B?${btoa(octets)}?=`)
  const whole = one(octets.join(""))
  return whole.includes("\ufffd") ? octets.map(one).join("") : whole
}

/**
 * With every encoded word decoded; those of unknown charsets become what they can. postal-mime reads the
 * charsets; which words belong together is told here, in time that grows with the text and no faster.
 */
export const decode = (text: string): string => {
  let decoded = ""
  let run: Run | undefined
  let end = 0
  for (const word of text.matchAll(encodedWord)) {
    const [whole, charset, encoding, encoded] = word
    const between = text.slice(end, word.index)
    const follows = run !== undefined && isWhite(between)
    if (run !== undefined && !(follows && run.charset === charset.toLowerCase())) {
      decoded += decodeRun(run)
      run = undefined
    }
    if (!follows) decoded += between
    run ??= { charset: charset.toLowerCase(), octets: [] }
    run.octets.push(octetsOf(encoding, encoded))
    end = word.index + whole.length
  }
  return decoded + (run === undefined ? "" : decodeRun(run)) + text.slice(end)
}

/** Whether there is nothing but white space of headers. */
const isWhite = (text: string): boolean => /^[ \t\r\n]*$/.test(text)

/** How long a line should be at most, without its end (RFC 5322 section 2.1.1). */
const lineLimit = 76

/**
 * A field, folded before spaces so that its lines are no longer than they should be where that can be
 * (RFC 5322 section 2.2.3). The value neither begins nor ends with a space, and its first word stays
 * on the line of the name.
 */
export const fold = (name: string, value: string): string => {
  const lines: Array<string> = []
  let line = `${name}:`
  for (const [word] of ` ${value}`.matchAll(/ +[^ ]+/g)) {
    if (line.length + word.length > lineLimit && line.length > name.length + 1) {
      lines.push(line)
      line = word
    } else {
      line += word
    }
  }
  return [...lines, line].join("\r\n")
}
