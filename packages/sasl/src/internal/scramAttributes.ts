import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"

/** The most octets of a message: names at their longest, and nonces nobody has that long. */
const maxMessage = 8192

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** A message as text. */
export const readText = (bytes: Uint8Array): Either.Either<string, string> =>
  bytes.length > maxMessage
    ? Either.left(`a message of at most ${maxMessage} octets`)
    : Either.try({ try: () => decoder.decode(bytes), catch: () => "a message in UTF-8" })

/** The attributes, each a letter and a value that is not empty. */
export const split = (text: string): Either.Either<ReadonlyArray<string>, string> => {
  const attributes = text.split(",")
  return attributes.every((attribute) => /^[A-Za-z]=[^\0]/.test(attribute))
    ? Either.right(attributes)
    : Either.left("attributes of one letter and a value")
}

/** The value of the attribute at that place, which has to be of that name. */
export const value = (
  attributes: ReadonlyArray<string>,
  index: number,
  letter: string
): Either.Either<string, string> => {
  const attribute = attributes[index]
  return attribute !== undefined && attribute.startsWith(`${letter}=`)
    ? Either.right(attribute.slice(2))
    : Either.left(`the attribute ${letter} in place ${index + 1}`)
}

/** Octets of base64. */
export const base64 = (text: string, what: string): Either.Either<Uint8Array, string> =>
  Either.mapLeft(Encoding.decodeBase64(text), () => `${what} in base64`)

/** Printable ASCII without commas. */
export const isNonce = (text: string): boolean => /^[\x21-\x2b\x2d-\x7e]+$/.test(text)

/** The attribute `r` at that place. */
export const nonce = (
  attributes: ReadonlyArray<string>,
  index: number
): Either.Either<string, string> =>
  Either.filterOrLeft(
    value(attributes, index, "r"),
    isNonce,
    () => "a nonce of printable ASCII"
  )
