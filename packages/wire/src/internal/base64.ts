/**
 * The base64 of SASL exchanges (RFC 4954 section 4; RFC 4648 section 4): one text for each value.
 */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"

/**
 * The bytes, if the text is base64 with its padding, nothing else in it and no stray bits at its
 * end.
 */
export const decode = (text: string): Option.Option<Uint8Array> =>
  Option.filter(
    Either.getRight(Encoding.decodeBase64(text)),
    (bytes) => Encoding.encodeBase64(bytes) === text
  )

export const encode = (bytes: Uint8Array): string => Encoding.encodeBase64(bytes)
