/**
 * What mailers say in comments. A comment is a list of items (words, and the comments within), and each
 * rule takes the items that it understands at one place; what no rule takes is left.
 */
import * as Option from "effect/Option"
import * as TlsFacts from "../TlsFacts.js"
import * as Address from "./address.js"
import * as Lexer from "./lexer.js"

/** Where a comment stands. Only behind `from` and `by` it can be about a host. */
export type Place = "from" | "by" | "elsewhere"

/** What has been found so far. Local to the reading of one field. */
export interface Found {
  tls: Option.Option<TlsFacts.TlsFacts>
  sender: Option.Option<string>
  user: Option.Option<string>
}

/** The same, of the host that the clause is about; `helo` is what it called itself. */
export interface FoundHost {
  helo: Option.Option<string>
  reverse: Option.Option<string>
  address: Option.Option<string>
}

interface Reading {
  readonly place: Place
  readonly items: ReadonlyArray<string>
  readonly found: Found
  readonly host: FoundHost
}

/** How many items, from the one at the index on, it understands: 0 for none. */
type Rule = (reading: Reading, at: number) => number

const item = ({ items }: Reading, at: number): string => items[at] ?? ""

const word = (reading: Reading, at: number): string => item(reading, at).toLowerCase()

const version = /^(?:TLS|SSL)[v_-]?[0-9](?:[._][0-9])?$/i

const bits = /^([0-9]{1,5})(?:\/[0-9]{1,5})?(?: ?bits)?$/

const addTls = ({ found }: Reading, facts: Partial<TlsFacts.TlsFacts>): void => {
  const before = Option.getOrElse(found.tls, () => TlsFacts.some)
  found.tls = Option.some(TlsFacts.orElse(before, { ...TlsFacts.some, ...facts }))
}

const readBits = (text: string): Option.Option<number> =>
  Option.map(Option.fromNullable(bits.exec(text)), ([, number]) => Number(number))

/** A path or mailbox, without brackets or quotes around it. */
export const bare = (text: string): string => {
  const inner = Lexer.unquote(text)
  return inner.startsWith("<") && inner.endsWith(">") ? inner.slice(1, -1) : inner
}

/** Postfix: `using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`. */
const using: Rule = (reading, at) => {
  if (word(reading, at) !== "using" || !version.test(item(reading, at + 1))) return 0
  const named = word(reading, at + 2) === "with" && word(reading, at + 3) === "cipher"
  const cipher = named ? Option.fromNullable(reading.items[at + 4]) : Option.none()
  addTls(reading, { version: Option.some(item(reading, at + 1)), cipher })
  return named ? Math.min(5, reading.items.length - at) : 2
}

/** `(256/256 bits)` behind a cipher. */
const bitsWithin: Rule = (reading, at) => {
  const inner = item(reading, at).slice(1, -1)
  const known = Option.exists(reading.found.tls, (tls) => Option.isNone(tls.bits))
  if (!known || !item(reading, at).startsWith("(") || !inner.endsWith("bits")) return 0
  const number = readBits(inner)
  addTls(reading, { bits: number })
  return Option.isSome(number) ? 1 : 0
}

/** Exim, OpenSMTPD, Courier: the version and more of it, between colons or commas; true if it is all. */
const listed = (reading: Reading, text: string): boolean => {
  const [first = "", ...rest] = text.split(/[:,]/)
  if (!version.test(first)) return false
  const numbers = rest.map(readBits)
  const others = rest.filter((part, at) => part !== "" && numbers[at]?._tag === "None")
  addTls(reading, {
    version: Option.some(first),
    cipher: Option.fromNullable(others[0]),
    bits: Option.firstSomeOf(numbers)
  })
  return others.length <= 1
}

const tlsList: Rule = (reading, at) => {
  if (listed(reading, item(reading, at))) return 1
  const headed = /^(?:tls|ssl):$/.test(word(reading, at))
  if (headed && listed(reading, item(reading, at + 1))) return 2
  if (reading.items.length !== 1 || !/^(?:tls|ssl)$/.test(word(reading, at))) return 0
  addTls(reading, {})
  return 1
}

/** qmail with TLS: `AES256-SHA encrypted`. */
const encrypted: Rule = (reading, at) => {
  if (word(reading, at + 1) !== "encrypted") return 0
  addTls(reading, { cipher: Option.some(item(reading, at)) })
  return 2
}

const setOnce = <K extends "sender" | "user">(
  { found }: Reading,
  key: K,
  text: string | undefined
): boolean => {
  if (text === undefined || Option.isSome(found[key])) return false
  found[key] = Option.some(bare(text))
  return true
}

const setHelo = ({ host, place }: Reading, text: string | undefined): boolean => {
  if (text === undefined || place !== "from" || Option.isSome(host.helo)) return false
  host.helo = Option.some(Lexer.unquote(text))
  return true
}

/** `version=TLSv1.3`, `cipher=...`, `bits=256/256`, `helo=client.example`, `envelope-from=<a@b>`. */
const pair: Rule = (reading, at) => {
  const text = item(reading, at)
  const equals = text.indexOf("=")
  const value = text.slice(equals + 1)
  if (equals < 1 || value === "") return 0
  switch (text.slice(0, equals).toLowerCase()) {
    case "version":
      if (!/^(?:tls|ssl)/i.test(value)) return 0
      addTls(reading, { version: Option.some(value) })
      return 1
    case "cipher":
      addTls(reading, { cipher: Option.some(value) })
      return 1
    case "bits": {
      const number = Option.isSome(reading.found.tls) ? readBits(value) : Option.none()
      if (Option.isNone(number)) return 0
      addTls(reading, { bits: number })
      return 1
    }
    case "x":
      return listed(reading, value) ? 1 : 0
    case "helo":
    case "ehlo":
      return setHelo(reading, value) ? 1 : 0
    case "envelope-from":
    case "envelope-sender":
      return setOnce(reading, "sender", value) ? 1 : 0
    default:
      return 0
  }
}

/** qmail, Yahoo, CommuniGate: `HELO client.example`. */
const helo: Rule = (reading, at) =>
  /^(?:helo|ehlo|lhlo)$/.test(word(reading, at)) && setHelo(reading, reading.items[at + 1]) ? 2 : 0

/** The words that the sender, or who has logged in, stands behind. */
const headings: ReadonlyArray<readonly ["sender" | "user", ReadonlyArray<string>]> = [
  ["sender", ["envelope-from"]],
  ["sender", ["envelope-from:"]],
  ["sender", ["envelope-sender"]],
  ["sender", ["envelope", "from"]],
  ["sender", ["original", "mail", "from"]],
  ["user", ["authenticated", "sender:"]],
  ["user", ["authenticated", "user:"]],
  ["user", ["authenticated", "user"]],
  ["user", ["authenticated", "as"]],
  ["user", ["account"]]
]

const headed: Rule = (reading, at) => {
  for (const [key, words] of headings) {
    const behind = at + words.length
    if (
      words.every((expected, index) => word(reading, at + index) === expected) &&
      setOnce(reading, key, reading.items[behind])
    ) return words.length + 1
  }
  // Courier names the mechanism first.
  return word(reading, at) === "auth:" && setOnce(reading, "user", reading.items[at + 2]) ? 3 : 0
}

/** `[192.0.2.1]`, `192.0.2.1`, and with who is said to be there in front, as in `alice@192.0.2.1`. */
const addressIn = (reading: Reading, at: number): Option.Option<string> => {
  const text = item(reading, at)
  const found = Address.readLiteral(text.slice(text.lastIndexOf("@") + 1))
  const alone = reading.place === "from" || reading.items.length === 1
  return Option.isSome(found) || !alone
    ? found
    : Address.readBare(text.slice(text.lastIndexOf("@") + 1))
}

const address: Rule = (reading, at) => {
  const found = addressIn(reading, at)
  if (reading.place === "elsewhere" || Option.isSome(reading.host.address)) return 0
  reading.host.address = found
  const text = item(reading, at)
  return Option.isSome(found) && !text.includes("@") && !Address.hasPort(text) ? 1 : 0
}

/** A name from the DNS stands alone or in front of the address; so does a word that says there is none. */
const reverse: Rule = (reading, at) => {
  if (reading.place === "elsewhere" || Option.isSome(reading.host.reverse)) return 0
  const text = item(reading, at).replace(/^.*@/, "")
  const before = Option.isSome(addressIn(reading, at + 1))
  if (before && /^(?:unknown|unverified)$/i.test(text)) return 1
  if (!Address.isName(text) && !(before && /^[\p{L}\p{N}_-]{1,63}$/u.test(text))) return 0
  if (!before && (at > 0 || reading.items.length > 1)) return 0
  reading.host.reverse = Option.some(Address.withoutRoot(text))
  return text === item(reading, at) ? 1 : 0
}

const rules: ReadonlyArray<Rule> = [
  using,
  bitsWithin,
  encrypted,
  tlsList,
  pair,
  helo,
  headed,
  reverse,
  address
]

/** No regular expression: behind each comma of many it would look for the end. */
const withoutCommas = (text: string): string => {
  let end = text.length
  while (text[end - 1] === ",") end--
  return text.slice(0, end)
}

const wordsIn = (word: string): ReadonlyArray<string> =>
  Address.parted(withoutCommas(Lexer.unescape(Lexer.unquote(word))))

const itemsOf = (comment: string): ReadonlyArray<string> =>
  Lexer.lex(comment).flatMap(({ kind, text }) =>
    kind === "Comment"
      ? [`(${Lexer.unescape(text)})`]
      : kind === "Word"
      ? wordsIn(text)
      : []
  ).filter((text) => text !== "")

/** Reads one comment, and tells what is left of it; all of it as it was, if nothing was understood. */
export const read = (
  comment: string,
  place: Place,
  found: Found,
  host: FoundHost
): ReadonlyArray<string> => {
  const items = itemsOf(comment)
  const reading: Reading = { place, items, found, host }
  const left: Array<string> = []
  let at = 0
  while (at < items.length) {
    let taken = 0
    for (const rule of rules) {
      taken = rule(reading, at)
      if (taken > 0) break
    }
    if (taken === 0) left.push(item(reading, at))
    at += Math.max(taken, 1)
  }
  if (left.length === items.length) return [Lexer.unescape(comment)]
  return left.length === 0 ? [] : [left.join(" ")]
}
