/**
 * The server's messages of SCRAM (RFC 5802 section 7). An error is a description of what was expected.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Attributes from "./scramAttributes.js"
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

/** A positive number without leading zeros. It is compared with bounds, so length bounds it here. */
const positive = /^[1-9][0-9]{0,9}$/

/**
 * Reads the server-first-message: `r`, `s` and `i` in this order. A mandatory extension in front of
 * them (`m`) is one this side does not know; optional ones behind them are passed over.
 */
export const first = (bytes: Uint8Array): Either.Either<ServerFirst, string> =>
  Either.gen(function*() {
    const text = yield* Attributes.readText(bytes)
    const attributes = yield* Attributes.split(text)
    const nonce = yield* Attributes.nonce(attributes, 0)
    const salt = yield* Either.flatMap(
      Attributes.value(attributes, 1, "s"),
      (_) => Attributes.base64(_, "a salt")
    )
    const count = yield* Attributes.value(attributes, 2, "i")
    if (!positive.test(count)) return yield* Either.left("a number of iterations")
    return { text, nonce, salt, iterations: Number(count) }
  })

/** Reads the server-final-message: `v`, or `e`. */
export const final = (bytes: Uint8Array): Either.Either<ServerFinal, string> =>
  Either.gen(function*() {
    const attributes = yield* Either.flatMap(Attributes.readText(bytes), Attributes.split)
    const error = Attributes.value(attributes, 0, "e")
    if (Either.isRight(error)) {
      const known = Text.checkName(error.right, "an error")
      return { _tag: "Error", error: Either.getOrElse(known, () => "other-error") }
    }
    const signature = yield* Either.flatMap(
      Attributes.value(attributes, 0, "v"),
      (_) => Attributes.base64(_, "a server signature")
    )
    return { _tag: "Verifier", signature }
  })
