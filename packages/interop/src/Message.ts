/**
 * Message: messages that careless programs get wrong.
 *
 * @module
 */

/** Lines, each ended by CR LF. */
export const lines = (...texts: ReadonlyArray<string>): string =>
  texts.map((text) => `${text}\r\n`).join("")

/** Lines, each ended by LF. */
export const unix = (...texts: ReadonlyArray<string>): string =>
  texts.map((text) => `${text}\n`).join("")

const head = (subject: string): ReadonlyArray<string> => [
  `Subject: ${subject}`,
  "From: Alice <alice@client.example>",
  "To: Bob <bob@mx.example>",
  "Date: Mon, 23 Nov 2026 12:00:00 +0000",
  `Message-ID: <${subject}@client.example>`,
  "MIME-Version: 1.0",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: 8bit",
  ""
]

/** A message with this subject, a word, and these lines. */
export const make = (subject: string, ...body: ReadonlyArray<string>): string =>
  lines(...head(subject), ...body)

/** The smallest. */
export const plain: string = make("plain", "Hello.")

/** Lines that begin with dots, or are nothing else. */
export const dots: string = make(
  "dots",
  ".",
  "..",
  "...",
  ".x",
  "..x",
  "a.",
  "",
  ".",
  ".."
)

/** Lines over 998 octets, dots where some programs wrap them. */
export const long: string = make(
  "long",
  "x".repeat(998),
  `${"y".repeat(999)}.${"z".repeat(4000)}`,
  "end"
)

/** Octets above 127. */
export const eightBit: string = make("eightbit", "Grüße, 世界 🌍", ".ü")

/** A message of a bit more than `octets`, with many dots at both ends of lines. */
export const big = (octets: number): string =>
  make("big", `${".".padEnd(72, "x")}.\r\n${"x".repeat(71)}.\r\n`.repeat(Math.ceil(octets / 148)))

/** As a server keeps it that turns CR LF into LF: UTF-8 octets, as Latin-1 text. */
export const stored = (message: string): string =>
  Buffer.from(message.replaceAll("\r\n", "\n")).toString("latin1")

/** A message from its first header field that is not one of these, which servers put on top. */
export const without = (fields: ReadonlyArray<string>, message: string): string => {
  const all = message.split("\n")
  const first = all.findIndex((line) =>
    !/^[ \t]/.test(line) && !fields.some((field) => line.startsWith(`${field}:`))
  )
  return all.slice(first).join("\n")
}
