/**
 * Message: what is sent, and between whom.
 *
 * @module
 */
import * as Arr from "effect/Array"

/** Who sends each message. */
export const from = "alice@client.example"

const bob = "bob@mx.example"

/** That many different recipients, at least one. */
export const recipients = (count: number): Arr.NonEmptyReadonlyArray<string> =>
  Arr.makeBy(count, (index) => index === 0 ? bob : `bob${index}@mx.example`)

const header = [
  `From: Alice <${from}>`,
  `To: Bob <${bob}>`,
  "Subject: A message of the benchmark",
  "Date: Sat, 01 Aug 2026 12:00:00 +0000",
  "Message-ID: <1@client.example>",
  "",
  ""
].join("\r\n")

const line = "The quick brown fox jumps over the lazy dog, and does so again and again.\r\n"

/**
 * A message of exactly that many octets (at least those of the header and one line), in ASCII, with
 * lines of everyday length that end in CR LF. No line begins with a dot, so that everybody on the way
 * counts the same octets.
 */
export const make = (octets: number): Uint8Array => {
  const known = made.get(octets)
  if (known !== undefined) return known
  const message = write(octets)
  made.set(octets, message)
  return message
}

/** They are not part of what is measured: each is made once. */
const made = new Map<number, Uint8Array>()

const write = (octets: number): Uint8Array => {
  const body = line.repeat(Math.ceil(octets / line.length))
  const cut = body.slice(0, octets - header.length - 2)
  return new TextEncoder().encode(`${header}${cut.replace(/\r$/, "-")}\r\n`)
}
