import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"

/** Bytes as characters of the same number, for searching. */
export const latin1 = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes)

/** Characters up to 255 as bytes of the same number. */
export const fromLatin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (char) => char.charCodeAt(0))

/** Bytes as text of a charset; none if nobody knows it. */
export const decodeText = (bytes: Uint8Array, charset: string): Option.Option<string> =>
  Option.map(
    Option.liftThrowable(() => new TextDecoder(charset))(),
    (decoder) => decoder.decode(bytes)
  )

/** Undoes `=XX`. What is no such thing stays. */
const unescapeHex = (text: string): string =>
  text.replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)))

/** Quoted-printable (RFC 2045 section 6.7), of bytes as {@link latin1} has them. */
export const quotedPrintable = (text: string): Uint8Array =>
  fromLatin1(
    text.split("\n").map((line, index, lines) => {
      const kept = line.trimEnd()
      return kept.endsWith("=")
        ? unescapeHex(kept.slice(0, -1))
        : unescapeHex(kept) + (index < lines.length - 1 ? "\r\n" : "")
    }).join("")
  )

/** Base64 (RFC 2045 section 6.8), with white space anywhere; none if it is something else. */
export const base64 = (text: string): Option.Option<Uint8Array> =>
  Either.getRight(Encoding.decodeBase64(text.replace(/\s/g, "")))

const encodedWord = /=\?([^?\s]+)\?([bq])\?([^?\s]*)\?=/gi

/** Undoes encoded words (RFC 2047); those of unknown charsets stay. */
export const unencodeWords = (text: string): string =>
  text
    .replace(/\?=[ \t]+=\?/g, "?==?")
    .replace(encodedWord, (word, charset: string, encoding: string, content: string) => {
      const bytes = encoding.toLowerCase() === "b"
        ? base64(content)
        : Option.some(fromLatin1(unescapeHex(content.replace(/_/g, " "))))
      return Option.getOrElse(
        Option.flatMap(bytes, (_) => decodeText(_, charset.split("*")[0])),
        () => word
      )
    })

/** A parameter of a field such as Content-Type (RFC 2045 section 5.1), without its quotes. */
export const parameter = (value: string, name: string): Option.Option<string> =>
  Option.map(
    Option.fromNullable(
      value.split(";").slice(1).map((_) => _.trim()).find((_) =>
        _.toLowerCase().startsWith(`${name}=`)
      )
    ),
    (found) => found.slice(name.length + 1).replace(/^"|"$/g, "")
  )
