/**
 * The server's messages of SCRAM (RFC 5802 section 7). An error is a description of what was expected.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Text from "./text.js"

/** `r`, `s` and `i`, and the message as it was sent, since it is signed. */
export interface ServerFirst {
  readonly text: string
  readonly nonce: string
  readonly salt: Uint8Array
  readonly iterations: number
}

/** The proof that the server knows the password too, or its reason to refuse. */
export type ServerFinal =
  | { readonly _tag: "Verifier"; readonly signature: Uint8Array }
  | { readonly _tag: "Error"; readonly error: string }

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The message's text and its attributes, each a letter and a value that is not empty. */
const split = (
  bytes: Uint8Array
): Either.Either<readonly [string, ReadonlyArray<string>], string> =>
  Either.flatMap(
    Either.try({ try: () => decoder.decode(bytes), catch: () => "a message in UTF-8" }),
    (text) => {
      const attributes = text.split(",")
      return attributes.every((attribute) => /^[A-Za-z]=[^\0]/.test(attribute))
        ? Either.right([text, attributes])
        : Either.left("attributes of one letter and a value")
    }
  )

/** The value of the attribute at that place, which has to be of that name. */
const value = (
  attributes: ReadonlyArray<string>,
  index: number,
  letter: string
): Either.Either<string, string> => {
  const attribute = attributes[index]
  return attribute !== undefined && attribute.startsWith(`${letter}=`)
    ? Either.right(attribute.slice(2))
    : Either.left(`the attribute ${letter} in place ${index + 1}`)
}

const base64 = (text: string, what: string): Either.Either<Uint8Array, string> =>
  Either.mapLeft(Encoding.decodeBase64(text), () => `${what} in base64`)

/** Printable ASCII without commas. */
export const isNonce = (text: string): boolean => /^[\x21-\x2b\x2d-\x7e]+$/.test(text)

/** A positive number without leading zeros. It is compared with bounds, so length bounds it here. */
const positive = /^[1-9][0-9]{0,9}$/

/**
 * Reads the server-first-message: `r`, `s` and `i` in this order. A mandatory extension in front of
 * them (`m`) is one this side does not know; optional ones behind them are passed over.
 */
export const first = (bytes: Uint8Array): Either.Either<ServerFirst, string> =>
  Either.gen(function*() {
    const [text, attributes] = yield* split(bytes)
    const nonce = yield* value(attributes, 0, "r")
    const salt = yield* Either.flatMap(value(attributes, 1, "s"), (_) => base64(_, "a salt"))
    const count = yield* value(attributes, 2, "i")
    if (!isNonce(nonce)) return yield* Either.left("a nonce of printable ASCII")
    if (!positive.test(count)) return yield* Either.left("a number of iterations")
    return { text, nonce, salt, iterations: Number(count) }
  })

/** Reads the server-final-message: `v`, or `e`. */
export const final = (bytes: Uint8Array): Either.Either<ServerFinal, string> =>
  Either.gen(function*() {
    const [, attributes] = yield* split(bytes)
    const error = value(attributes, 0, "e")
    if (Either.isRight(error)) {
      const known = Text.checkName(error.right, "an error")
      return { _tag: "Error", error: Either.getOrElse(known, () => "other-error") }
    }
    const signature = yield* Either.flatMap(
      value(attributes, 0, "v"),
      (_) => base64(_, "a server signature")
    )
    return { _tag: "Verifier", signature }
  })
