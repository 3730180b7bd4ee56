/**
 * SaslLine: the lines of an AUTH exchange that are no commands (RFC 4954 section 4): the client's
 * responses, and the text of the server's challenges. What they mean is up to the SASL mechanism.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Decoder from "./Decoder.js"
import * as Base64 from "./internal/base64.js"
import * as Framing from "./internal/framing.js"
import * as Text from "./internal/text.js"
import * as Line from "./Line.js"

/** The client answers a challenge (perhaps with nothing), or gives up with `*`. */
export type SaslLine = Data.TaggedEnum<{
  Response: { readonly bytes: Redacted.Redacted<Uint8Array> }
  Cancel: {}
}>

/** Constructors and matchers of {@link SaslLine}. */
export const { Response, Cancel, $is: is, $match: match } = Data.taggedEnum<SaslLine>()

/**
 * - `NotBase64`: the text is no base64 (501 5.5.2);
 * - `TooLong`: the line is longer than `limit` octets with its end (500 5.5.6);
 * - `BareLineFeed`: the line ends in LF alone (500).
 */
export type Reason = Data.TaggedEnum<{
  NotBase64: {}
  TooLong: { readonly limit: number }
  BareLineFeed: {}
}>

/** Constructors and matchers of {@link Reason}. */
export const { NotBase64, TooLong, BareLineFeed, $is: isReason, $match: matchReason } = Data
  .taggedEnum<Reason>()

const explain: (reason: Reason) => string = matchReason({
  NotBase64: () => "expected base64",
  TooLong: ({ limit }) => `expected at most ${limit} octets`,
  BareLineFeed: () => "expected CR LF, got LF alone"
})

/** The line is no part of an AUTH exchange. What it held may be a secret and is not kept. */
export class SaslLineError extends Data.TaggedError("SaslLineError")<{ readonly reason: Reason }> {
  override get message(): string {
    return `SASL line: ${explain(this.reason)}`
  }
}

const fail = (reason: Reason): Either.Either<never, SaslLineError> =>
  Either.left(new SaslLineError({ reason }))

/** The longest line of an exchange, in octets with its end (RFC 4954 section 4). */
export const limit = 12_288

/** Reads the client's line, without its end. An empty line is an empty response. */
export const parse = (line: string): Either.Either<SaslLine, SaslLineError> =>
  line === "*"
    ? Either.right(Cancel())
    : Either.map(parseChallenge(line), (bytes) => Response({ bytes: Redacted.make(bytes) }))

/** The line as transcripts show it: `*` or `<redacted>`. */
export const print: (line: SaslLine) => string = match({
  Response: ({ bytes }) => String(bytes),
  Cancel: () => "*"
})

/** The client's line as it is sent, line end included. */
export const encode = (line: SaslLine): Either.Either<Uint8Array, SaslLineError> => {
  const text = match(line, {
    Response: ({ bytes }) => Base64.encode(Redacted.value(bytes)),
    Cancel: () => "*"
  })
  return text.length > limit - 2
    ? fail(TooLong({ limit }))
    : Either.right(Text.toUtf8(`${text}\r\n`))
}

/** Reads the text of a 334 as the challenge's bytes. */
export const parseChallenge = (text: string): Either.Either<Uint8Array, SaslLineError> =>
  Option.match(Base64.decode(text), {
    onNone: () => fail(NotBase64()),
    onSome: Either.right
  })

/** The text of a 334 for a challenge. */
export const printChallenge = (bytes: Uint8Array): string => Encoding.encodeBase64(bytes)

/**
 * - `limit`: octets of one line with its end. Default {@link limit}.
 * - `discard`: how much of a line that is too long is read and dropped. Default 65536.
 * - `lineEnd`: what ends a line. Default `"crlf"`.
 */
export interface DecoderOptions {
  readonly limit?: number
  readonly discard?: number
  readonly lineEnd?: Line.LineEnd
}

/** Decodes the client's next line. */
export const decoder = (
  options?: DecoderOptions
): Decoder.Decoder<Either.Either<SaslLine, SaslLineError>, Line.LineOverflow> => {
  const { discard, lineEnd, limit: longest } = {
    limit,
    discard: 65_536,
    lineEnd: "crlf" as const,
    ...options
  }
  return Framing.decoder<Either.Either<SaslLine, SaslLineError>, Line.LineOverflow>({
    limit: longest,
    discardLimit: discard,
    lineEnd,
    read: (bytes, start, end) => parse(Text.fromLatin1(bytes, start, end)),
    tooLong: () => fail(TooLong({ limit: longest })),
    bareLineFeed: () => fail(BareLineFeed()),
    overflow: () => new Line.LineOverflow({ limit: discard })
  })
}
