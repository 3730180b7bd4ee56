/**
 * The client's messages of SCRAM (RFC 5802 section 7). An error is a description of what was expected.
 *
 * @module
 */
import * as Either from "effect/Either"
import type * as Option from "effect/Option"
import * as Gs2 from "./gs2.js"
import * as Attributes from "./scramAttributes.js"

/** The GS2 header apart from the rest (`bare`), which is signed. */
export interface ClientFirst {
  readonly header: string
  readonly flag: string
  readonly authzid: Option.Option<string>
  readonly bare: string
  readonly username: string
  readonly nonce: string
}

/** `c`, `r` and `p`, and the message up to `p`, which is signed. `binding` is base64. */
export interface ClientFinal {
  readonly withoutProof: string
  readonly binding: string
  readonly nonce: string
  readonly proof: Uint8Array
}

/**
 * Reads the client-first-message: a GS2 header, `n` and `r`. A mandatory extension in front of them
 * (`m`) is one this side does not know; optional ones behind them are passed over.
 */
export const first = (bytes: Uint8Array): Either.Either<ClientFirst, string> =>
  Either.gen(function*() {
    const message = yield* Attributes.readText(bytes)
    const { authzid, flag, rest, text: header } = yield* Gs2.readHeader(message)
    const attributes = yield* Attributes.split(rest)
    const username = yield* Either.flatMap(
      Attributes.value(attributes, 0, "n"),
      (name) => Gs2.readSaslName(name, "a user name")
    )
    const nonce = yield* Attributes.nonce(attributes, 1)
    return { header, flag, authzid, bare: rest, username, nonce }
  })

/** Reads the client-final-message: `c` and `r`, perhaps extensions, and `p` at the end. */
export const final = (bytes: Uint8Array): Either.Either<ClientFinal, string> =>
  Either.gen(function*() {
    const text = yield* Attributes.readText(bytes)
    const attributes = yield* Attributes.split(text)
    const binding = yield* Attributes.value(attributes, 0, "c")
    const nonce = yield* Attributes.nonce(attributes, 1)
    const last = yield* Attributes.value(attributes, Math.max(2, attributes.length - 1), "p")
    const proof = yield* Attributes.base64(last, "a proof")
    return { withoutProof: text.slice(0, text.lastIndexOf(",")), binding, nonce, proof }
  })
