/**
 * TransferEncoding: what the body of a part is written in, so that it can go over SMTP (RFC 2045 section 6).
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"

/**
 * - `QuotedPrintable`: ASCII stays readable, in lines of 76;
 * - `Base64`: any octets, in lines of 76;
 * - `SevenBit`: as it is, where that is ASCII in lines of no more than 998 octets;
 * - `EightBit`: as it is, in such lines. Octets above 127 take a server that offers 8BITMIME (RFC 6152).
 *
 * Lines that go as they are, and those of text in quoted-printable, end in CR LF, where they did in LF, too.
 */
export type TransferEncoding = "QuotedPrintable" | "Base64" | "SevenBit" | "EightBit"

const names: Readonly<Record<TransferEncoding, string>> = {
  QuotedPrintable: "quoted-printable",
  Base64: "base64",
  SevenBit: "7bit",
  EightBit: "8bit"
}

/** All of them. */
export const all: ReadonlyArray<TransferEncoding> = [
  "QuotedPrintable",
  "Base64",
  "SevenBit",
  "EightBit"
]

/** As the field Content-Transfer-Encoding has it: `quoted-printable`, `base64`, `7bit`, `8bit`. */
export const print = (encoding: TransferEncoding): string => names[encoding]

/** That is no transfer encoding that can be written. */
export class TransferEncodingError extends Data.TaggedError("TransferEncodingError")<{
  readonly expected: string
}> {
  override get message(): string {
    return `expected ${this.expected}`
  }
}

/** Reads what {@link print} gives, in any case. */
export const parse = (text: string): Either.Either<TransferEncoding, TransferEncodingError> => {
  const lower = text.toLowerCase()
  return Either.fromNullable(
    all.find((encoding) => names[encoding] === lower),
    () => new TransferEncodingError({ expected: all.map(print).join(", ") })
  )
}
