/**
 * Mail: a message that arrived in a test, as something to look into: its fields, its text, its parts.
 *
 * It reads what well-behaved programs write (RFC 5322, RFC 2045 to 2047), enough to find a subject or a
 * link, and never fails: what it cannot make sense of it leaves as it is. It is no judge of messages.
 *
 * @module
 */
import * as Option from "effect/Option"
import * as Mime from "./internal/mime.js"

/** A field of the header: unfolded, encoded words decoded, no white space around its value. */
export interface Field {
  readonly name: string
  readonly value: string
}

/**
 * - `fields`: the header, in order. It ends at an empty line, or before the first line that cannot be
 *   part of a header;
 * - `body`: the rest, byte for byte.
 */
export interface Mail {
  readonly fields: ReadonlyArray<Field>
  readonly body: Uint8Array
}

const LF = 0x0a

/** A field's name and what is behind the colon (RFC 5322 section 2.2). */
const fieldLine = /^([!-9;-~]+)[ \t]*:(.*)$/s

/** Reads a message, or a part of one. Lines may end in CR LF or LF. */
export const decode = (bytes: Uint8Array): Mail => {
  const fields: Array<{ readonly name: string; value: string }> = []
  let at = 0
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf(LF, at)
    const next = lineEnd < 0 ? bytes.length : lineEnd + 1
    const line = new TextDecoder().decode(bytes.subarray(at, next)).replace(/\r?\n$/, "")
    if (line === "") {
      at = next
      break
    }
    const field = fieldLine.exec(line)
    const last = fields.at(-1)
    if (last !== undefined && /^[ \t]/.test(line)) last.value += line
    else if (field !== null) fields.push({ name: field[1], value: field[2] })
    else break
    at = next
  }
  return {
    fields: fields.map(({ name, value }) => ({ name, value: Mime.unencodeWords(value.trim()) })),
    body: bytes.subarray(at)
  }
}

/** The values of the fields of that name, in any case. */
export const values = (self: Mail, name: string): ReadonlyArray<string> =>
  self.fields.flatMap((field) =>
    field.name.toLowerCase() === name.toLowerCase() ? [field.value] : []
  )

/** The value of the first field of that name. */
export const value = (self: Mail, name: string): Option.Option<string> =>
  Option.fromNullable(values(self, name)[0])

const contentType = (self: Mail): string =>
  Option.getOrElse(value(self, "Content-Type"), () => "text/plain")

/**
 * The body as text: out of its transfer encoding (quoted-printable, base64), in its charset, UTF-8 if
 * none that is known is named. The body of a multipart message is given as it is; its parts are in
 * {@link parts}.
 */
export const text = (self: Mail): string => {
  const encoding = Option.getOrElse(value(self, "Content-Transfer-Encoding"), () => "")
    .toLowerCase()
  const bytes = encoding === "quoted-printable"
    ? Mime.quotedPrintable(Mime.latin1(self.body))
    : encoding === "base64"
    ? Option.getOrElse(Mime.base64(Mime.latin1(self.body)), () => self.body)
    : self.body
  return Mime.parameter(contentType(self), "charset").pipe(
    Option.flatMap((charset) => Mime.decodeText(bytes, charset)),
    Option.getOrElse(() => new TextDecoder().decode(bytes))
  )
}

/**
 * What a multipart message is made of (RFC 2046 section 5.1), one level of it; none for any other
 * message. A message that was cut off has the parts that were there.
 */
export const parts = (self: Mail): ReadonlyArray<Mail> => {
  const type = contentType(self)
  const boundary = Mime.parameter(type, "boundary")
  if (!type.toLowerCase().startsWith("multipart/") || Option.isNone(boundary)) return []
  const delimiter = `--${boundary.value}`
  const found: Array<Array<string>> = []
  for (const line of Mime.latin1(self.body).split("\n")) {
    const trimmed = line.trimEnd()
    if (trimmed === `${delimiter}--`) break
    if (trimmed === delimiter) found.push([])
    else found.at(-1)?.push(line)
  }
  return found.map((lines) => decode(Mime.fromLatin1(lines.join("\n").replace(/\r$/, ""))))
}
