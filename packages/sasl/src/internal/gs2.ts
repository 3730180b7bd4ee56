import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Text from "./text.js"

/** A name in which commas and equal signs are quoted (RFC 5801 section 4, RFC 5802 section 7). */
export const saslName = (text: string, what: string): Either.Either<string, string> =>
  Either.map(
    Text.encodeName(text, what),
    () => text.replaceAll("=", "=3D").replaceAll(",", "=2C")
  )

/** What comes first in a GS2 mechanism: the channel binding flag and whom to act as. */
export const header = (
  flag: string,
  authzid: string | undefined
): Either.Either<string, string> =>
  authzid === undefined
    ? Either.right(`${flag},,`)
    : Either.map(saslName(authzid, "an authorization identity"), (name) => `${flag},a=${name},`)

/** The name that was quoted so. */
export const readSaslName = (text: string, what: string): Either.Either<string, string> => {
  if (/[,]|=(?!2C|3D)/.test(text)) return Either.left(`${what} with commas and equal signs quoted`)
  const name = text.replaceAll("=2C", ",").replaceAll("=3D", "=")
  return Either.map(Text.encodeName(name, what), () => name)
}

/** A header, `text` as it came, and what is behind it. */
export interface Header {
  readonly text: string
  readonly flag: string
  readonly authzid: Option.Option<string>
  readonly rest: string
}

/** Reads the header of a message. A mechanism that is none of GS2's own (`F`) is not understood. */
export const readHeader = (message: string): Either.Either<Header, string> =>
  Either.gen(function*() {
    const first = message.indexOf(",")
    const second = first < 0 ? -1 : message.indexOf(",", first + 1)
    if (second < 0) return yield* Either.left("a GS2 header")
    const flag = message.slice(0, first)
    if (!/^(?:[ny]|p=[A-Za-z0-9.-]+)$/.test(flag)) {
      return yield* Either.left("a channel binding flag")
    }
    const authzid = message.slice(first + 1, second)
    if (authzid !== "" && !authzid.startsWith("a=")) {
      return yield* Either.left("an authorization identity")
    }
    return {
      text: message.slice(0, second + 1),
      flag,
      authzid: authzid === ""
        ? Option.none()
        : Option.some(yield* readSaslName(authzid.slice(2), "an authorization identity")),
      rest: message.slice(second + 1)
    }
  })
